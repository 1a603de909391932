import { discover } from '../discovery/discover.ts'
import type { Diagnostic } from '../types.ts'
import { createProject } from './project.ts'

export interface Found {
  functions: string[]
  diagnostics: Diagnostic[]
}

/** Functions as `name: METHODS route source#exported:line`. */
export async function find(files: Record<string, string>, functions: string | string[] = 'functions'): Promise<Found> {
  using project = createProject(files)
  const found = await discover({ root: project.root, functions, external: [], loadTimeoutMs: 50_000 })
  return {
    functions: found.functions.map(
      ({ name, trigger, source, exported, line }) =>
        `${name}: ${trigger.methods?.join('|') ?? '*'} ${trigger.route} ${source}#${exported}:${line}`,
    ),
    diagnostics: found.diagnostics,
  }
}

/** The first line of a file of functions. */
export const imported: string = "import { http } from 'isobar'\n"

/** A handler's source. */
export const handler: string = '() => new Response()'
