import { discover } from '../discovery/discover.ts'
import type { Diagnostic, PlannedFunction } from '../types.ts'
import { createProject } from './project.ts'

export interface Found {
  functions: string[]
  diagnostics: Diagnostic[]
}

/** Functions as `name: METHODS route source#exported:line`; of an event its kind and trigger stand in the middle. */
export async function find(files: Record<string, string>, functions: string | string[] = 'functions'): Promise<Found> {
  using project = createProject(files)
  const found = await discover({ root: project.root, functions, external: [], loadTimeoutMs: 50_000 })
  return {
    functions: found.functions.map(
      (one) => `${one.name}: ${triggerText(one)} ${one.source}#${one.exported}:${one.line}`,
    ),
    diagnostics: found.diagnostics,
  }
}

function triggerText(planned: PlannedFunction): string {
  if (planned.kind !== 'http') return `${planned.kind} ${JSON.stringify(planned.trigger)}`
  return `${planned.trigger.methods?.join('|') ?? '*'} ${planned.trigger.route}`
}

/** The first line of a file of functions. */
export const imported: string = "import { http } from 'isobar'\n"

/** A handler's source. */
export const handler: string = '() => new Response()'
