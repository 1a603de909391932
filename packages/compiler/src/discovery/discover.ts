import { findClashes } from './clashes.ts'
import { unexportedCalls } from './classify.ts'
import { availableParallelism } from 'node:os'
import { compareText } from '../diagnostics/diagnostics.ts'
import { type Candidate, createModuleReader, findExports, type ModuleReader } from './find-exports.ts'
import { findFunctionFiles } from './function-files.ts'
import { type LoadedModule, loadModule } from '../loading/load-module.ts'
import type { ModuleSyntax } from './module-syntax.ts'
import { createQueue, type Queue } from '../loading/queue.ts'
import { planFunction, type PlannedAt } from './plan-function.ts'
import { locationAt } from '../diagnostics/source-text.ts'
import { readTrigger } from './trigger.ts'
import type { Diagnostic, PlannedFunction } from '../types.ts'

export interface Discovery {
  functions: PlannedFunction[]
  /** Where each function is exported, by its name. */
  locations: Map<string, NonNullable<Diagnostic['location']>>
  /** The files of the functions folder, parsed. */
  modules: ModuleSyntax[]
  diagnostics: Diagnostic[]
}

export interface DiscoverOptions {
  root: string
  functions: string | readonly string[]
  /** Packages that are not bundled. */
  external: readonly string[]
  /** How long a module may take to load when its source does not tell, milliseconds. */
  loadTimeoutMs: number
}

/** Finds every function of a project: from its source alone where that tells, by loading a module where it does not. */
export async function discover(options: DiscoverOptions): Promise<Discovery> {
  const { root } = options
  const { files, diagnostics } = await findFunctionFiles(root, options.functions)
  const reader = createModuleReader(root)
  const inTurn = createQueue(availableParallelism())
  const found = await Promise.all(files.map((file) => discoverFile(reader, file, options, inTurn)))
  for (const file of found) diagnostics.push(...file.diagnostics)
  const planned = withoutRepeats(found.flatMap((file) => file.planned))
  diagnostics.push(...findClashes(planned))
  const modules = found.map(({ module }) => module)
  diagnostics.push(...modules.flatMap(findUnexported))
  if (planned.length === 0 && diagnostics.length === 0) diagnostics.push(noFunctions(options.functions, files))
  planned.sort(
    (a, b) =>
      compareText(a.function.source, b.function.source) ||
      a.location.line - b.location.line ||
      a.location.column - b.location.column ||
      compareText(a.function.name, b.function.name),
  )
  return {
    functions: planned.map((item) => item.function),
    locations: new Map(planned.map((item) => [item.function.name, item.location])),
    modules,
    diagnostics,
  }
}

interface FoundFile {
  module: ModuleSyntax
  planned: PlannedAt[]
  diagnostics: Diagnostic[]
}

async function discoverFile(
  reader: ModuleReader,
  file: string,
  options: DiscoverOptions,
  inTurn: Queue,
): Promise<FoundFile> {
  const module = reader.read(file)
  const result: FoundFile = { module, planned: [], diagnostics: [] }
  const [error] = module.errors
  if (error) {
    result.diagnostics.push({
      id: 'syntax-error',
      severity: 'error',
      text: `This file cannot be parsed: ${error.message}.`,
      notes: [],
      location: locationAt(module.source, error.offset),
    })
    return result
  }
  const { candidates, loadAll } = findExports(reader, module)
  const open: Candidate[] = []
  for (const candidate of candidates) {
    if (!readCandidate(module, candidate, result)) open.push(candidate)
  }
  if (open.length > 0 || loadAll) {
    const required = open.some(({ exported, found }) => found.kind === 'definition' || exported === 'default')
    const loaded = await inTurn(() => loadModule({ ...options, file, required }))
    takeLoaded(module, open, loadAll, loaded, result)
  }
  return result
}

/** @returns false when the module must be loaded to know the function. */
function readCandidate(module: ModuleSyntax, candidate: Candidate, result: FoundFile): boolean {
  const { found, exported } = candidate
  if (found.kind === 'unknown') return false
  const origin =
    found.kind === 'definition'
      ? `${found.module.source.file}:${found.call.start}`
      : `${found.module.source.file}:default`
  const at = { module, exported, offset: candidate.offset, origin, originFile: found.module.source.file }
  if (found.kind === 'app') {
    add(result, planFunction({ kind: 'http', options: { route: '/*' } }, at))
    return true
  }
  const reading = readTrigger(found.module, found.of, found.call)
  if (reading.kind === 'computed') return false
  if (reading.kind === 'wrong') result.diagnostics.push(...reading.diagnostics)
  else add(result, planFunction(reading.trigger, at))
  return true
}

function takeLoaded(
  module: ModuleSyntax,
  open: Candidate[],
  loadAll: boolean,
  loaded: LoadedModule,
  result: FoundFile,
): void {
  result.diagnostics.push(...loaded.diagnostics)
  for (const { exported, trigger } of loaded.definitions) {
    const candidate = open.find((item) => item.exported === exported)
    if (!candidate && (!loadAll || result.planned.some((item) => item.function.exported === exported))) continue
    const offset = candidate?.offset ?? module.stars[0]?.offset ?? 0
    const { file } = module.source
    add(result, planFunction(trigger, { module, exported, offset, origin: `${file}:${exported}`, originFile: file }))
  }
}

function add(result: FoundFile, planned: PlannedAt | Diagnostic[]): void {
  if (Array.isArray(planned)) result.diagnostics.push(...planned)
  else result.planned.push(planned)
}

/** A file that re-exports another one's functions under their own names adds nothing: the file that has them wins. */
function withoutRepeats(planned: readonly PlannedAt[]): PlannedAt[] {
  const kept = new Map<string, PlannedAt>()
  for (const item of planned) {
    const key = `${item.origin} ${item.function.name}`
    const known = kept.get(key)
    if (!known || item.originFile === item.function.source) kept.set(key, item)
  }
  return [...kept.values()]
}

/** A definition that no export reaches is not deployed; nobody writes one on purpose. */
function findUnexported(module: ModuleSyntax): Diagnostic[] {
  const diagnostics: Diagnostic[] = []
  for (const { name, offset } of unexportedCalls(module)) {
    diagnostics.push({
      id: 'not-exported',
      severity: 'warning',
      text: `'${name}' is a function that this file does not export, so it is not deployed.`,
      notes: [`Write 'export const ${name} = …'.`],
      location: locationAt(module.source, offset),
    })
  }
  return diagnostics
}

function noFunctions(functions: string | readonly string[], files: readonly string[]): Diagnostic {
  return {
    id: 'no-functions',
    severity: 'error',
    text:
      files.length === 0
        ? `There is no source file in ${[functions]
            .flat()
            .map((entry) => `'${entry}'`)
            .join(', ')}.`
        : `None of the ${files.length} files in ${[functions]
            .flat()
            .map((entry) => `'${entry}'`)
            .join(', ')} exports a function.`,
    notes: ["Export one: export const hello = http('GET /', () => new Response('hello'))."],
  }
}
