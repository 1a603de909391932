import { readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'

import { parse, printParseErrorCode, type ParseError } from 'jsonc-parser'

import { readEventSettings, type EventSettings } from './events/settings.ts'
import type { Json } from './json.ts'
import type { WorkerModule } from './protocol.ts'

/** What the host reads of `wrangler.jsonc`. https://developers.cloudflare.com/workers/wrangler/configuration/ */
export interface WorkerConfiguration {
  name: string
  main: string
  compatibilityDate?: string
  compatibilityFlags: string[]
  vars: Record<string, Json>
  events: EventSettings
}

// https://developers.cloudflare.com/workers/wrangler/bundling/#including-non-javascript-modules. JavaScript is not among them:
// https://github.com/cloudflare/workers-sdk/blob/main/packages/wrangler/src/deployment-bundle/rules.ts
const moduleTypes: Record<string, Exclude<WorkerModule['type'], 'ESModule'>> = {
  '.wasm': 'CompiledWasm',
  '.txt': 'Text',
  '.html': 'Text',
  '.sql': 'Text',
  '.bin': 'Data',
}

/** @throws Error that says what `wrangler.jsonc` lacks. */
export async function readConfiguration(directory: string): Promise<WorkerConfiguration> {
  const file = join(directory, 'wrangler.jsonc')
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new Error(`A Cloudflare Workers target needs a wrangler.jsonc in ${directory}.`, { cause })
  })
  const errors: ParseError[] = []
  const value: Partial<Record<string, Json>> = parse(text, errors, { allowTrailingComma: true }) ?? {}
  const [error] = errors
  if (error !== undefined) {
    const line = text.slice(0, error.offset).split('\n').length
    throw new Error(`${file}:${line} is not JSON with comments: ${printParseErrorCode(error.error)}.`)
  }
  const { name, main, compatibility_date: date, compatibility_flags: flags, vars } = value
  if (typeof main !== 'string') throw new Error(`${file} has no "main": it must name the worker's module.`)
  return {
    name: typeof name === 'string' ? name : 'worker',
    main,
    compatibilityFlags: Array.isArray(flags) ? flags.filter((flag) => typeof flag === 'string') : [],
    vars: typeof vars === 'object' && vars !== null && !Array.isArray(vars) ? vars : {},
    events: readEventSettings(value, file),
    ...(typeof date === 'string' && { compatibilityDate: date }),
  }
}

/** The worker's modules, the entry first: what wrangler uploads with an entry that is bundled already. */
export async function readModules(directory: string, main: string, files: string[]): Promise<WorkerModule[]> {
  const beside = files.flatMap((file) => {
    const type = moduleTypes[extname(file)]
    return type === undefined ? [] : [{ type, path: join(directory, file) }]
  })
  return Promise.all(
    [{ type: 'ESModule' as const, path: join(directory, main) }, ...beside].map(async ({ type, path }) => {
      const bytes = await readFile(path)
      const contents = type === 'ESModule' || type === 'Text' ? bytes.toString('utf8') : new Uint8Array(bytes)
      return { type, path, contents }
    }),
  )
}
