import { fork } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'
import { isBuildFailure } from '../bundling/bundle.ts'
import { packageOf } from '../bundling/copy-packages.ts'
import { esbuildDiagnostics } from '../bundling/esbuild-messages.ts'
import { loadEntry, loadStubsPlugin } from './load-stubs-plugin.ts'
import { runInPlacePlugin } from './run-in-place.ts'
import type { DiagnosticId } from '../diagnostics/ids.ts'
import { type Location, readSource, locationAt } from '../diagnostics/source-text.ts'
import { stackLocation } from './stack-location.ts'
import { checkTrigger, type RawTrigger } from '../discovery/trigger.ts'
import type { FunctionKind } from '../discovery/trigger-options.ts'
import type { Diagnostic } from '../types.ts'

export interface LoadRequest {
  root: string
  /** POSIX, relative to the project. */
  file: string
  /** Packages that are not bundled. */
  external: readonly string[]
  /** How long the module may take, milliseconds. */
  loadTimeoutMs: number
  /** False: nothing in the source says that the file has a function, so a failure is only a warning. */
  required: boolean
}

export interface LoadedModule {
  definitions: { exported: string; trigger: RawTrigger }[]
  diagnostics: Diagnostic[]
}

/** What the child reports; written in `load-stubs-plugin.ts`. */
type Report = { missing: string[] } & (
  | { definitions: { exported: string; kind: FunctionKind; options: Record<string, unknown> }[] }
  | { error: { text: string; stack: string } }
)

/** Runs a module in a process of its own and asks it for its functions. */
export async function loadModule(request: LoadRequest): Promise<LoadedModule> {
  const { root, file, external } = request
  const keeps = (specifier: string): boolean => external.includes(packageOf(specifier))
  const folder = await mkdtemp(join(tmpdir(), 'isobar-load-'))
  try {
    const bundle = join(folder, 'module.mjs')
    const result = await build({
      entryPoints: [loadEntry],
      absWorkingDir: root,
      bundle: true,
      write: false,
      format: 'esm',
      platform: 'node',
      target: 'node22',
      sourcemap: 'inline',
      outfile: bundle,
      logLevel: 'silent',
      banner: {
        js: "import { createRequire as isobarCreateRequire } from 'node:module'; const require = isobarCreateRequire(import.meta.url);",
      },
      plugins: [loadStubsPlugin(join(root, file)), runInPlacePlugin({ keeps })],
    })
    await writeFile(bundle, result.outputFiles[0]?.contents ?? '')
    return read(request, await run(bundle, request))
  } catch (error) {
    if (isBuildFailure(error)) return { definitions: [], diagnostics: esbuildDiagnostics(undefined, error) }
    throw error
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

type Ending = { report: Report } | { ended: number | null; output: string } | 'timeout'

function run(bundle: string, { root, loadTimeoutMs }: LoadRequest): Promise<Ending> {
  const child = fork(bundle, {
    cwd: root,
    // A module can tell by it that it is being built and need not connect to anything.
    env: { ...process.env, ISOBAR_BUILD: '1' },
    execArgv: ['--enable-source-maps'],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  let output = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    output = (output + text).slice(-10_000)
  })
  return new Promise((resolve, reject) => {
    const end = (ending: Ending): void => {
      clearTimeout(timer)
      child.kill('SIGKILL')
      resolve(ending)
    }
    const timer = setTimeout(() => end('timeout'), loadTimeoutMs)
    child.on('message', (report: Report) => end({ report }))
    child.on('close', (code) => end({ ended: code, output }))
    child.on('error', reject)
  })
}

function read(request: LoadRequest, ending: Ending): LoadedModule {
  const { file, loadTimeoutMs } = request
  if (ending === 'timeout') {
    return failure(request, 'module-timeout', `${file} did not finish loading within ${loadTimeoutMs / 1000} s.`, [
      'Something at its top level waits: move it into a handler.',
    ])
  }
  if ('ended' in ending) {
    // Node's code for a top-level await that nothing will settle: https://nodejs.org/api/process.html#exit-codes
    if (ending.ended === 13)
      return failure(request, 'module-timeout', `${file} awaits something at its top level that never settles.`, [])
    // What fails before the first line runs, such as an import of a name that a package does not export, is only printed.
    const printed = /^\w*Error\b.*/m.exec(ending.output)?.[0]
    const text =
      printed === undefined
        ? `ended the process with code ${ending.ended} while it loaded.`
        : `cannot be loaded: ${printed}`
    return failure(request, 'module-failed', `${file} ${text}`, [])
  }
  const { report } = ending
  if ('error' in report) {
    const missing =
      report.missing.length === 0
        ? []
        : [`While it loaded it read environment variables that are not set: ${report.missing.join(', ')}.`]
    const place = stackLocation(request.root, report.error.stack)
    return failure(request, 'module-failed', `${file} throws while it loads: ${report.error.text}`, missing, place)
  }
  const loaded: LoadedModule = { definitions: [], diagnostics: [] }
  for (const { exported, kind, options } of report.definitions) {
    const checked = checkTrigger(kind, options)
    if ('trigger' in checked) loaded.definitions.push({ exported, trigger: checked.trigger })
    else loaded.diagnostics.push(...checked.problems.map((text) => wrongOption(request, `${exported}: ${text}`)))
  }
  return loaded
}

function failure(
  request: LoadRequest,
  id: DiagnosticId,
  text: string,
  notes: string[],
  location?: Location,
): LoadedModule {
  const source = readSource(request.root, request.file)
  const diagnostic: Diagnostic = {
    id,
    severity: request.required ? 'error' : 'warning',
    text,
    notes: [
      ...notes,
      request.required
        ? 'It was loaded because its source does not tell the trigger of a function: write the trigger as a literal and it is not loaded.'
        : 'It was loaded to see whether it exports a function: if it has none, move it out of the functions folder.',
    ],
    location: location ?? locationAt(source, 0),
  }
  return { definitions: [], diagnostics: [diagnostic] }
}

function wrongOption({ root, file }: LoadRequest, text: string): Diagnostic {
  return { id: 'invalid-trigger', severity: 'error', text, notes: [], location: locationAt(readSource(root, file), 0) }
}
