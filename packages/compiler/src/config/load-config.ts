import { statSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { isBuildFailure } from '../bundling/bundle.ts'
import type { Config } from './config.ts'
import { esbuildDiagnostics } from '../bundling/esbuild-messages.ts'
import { describeThrown } from '../loading/describe-thrown.ts'
import { runInPlacePlugin } from '../loading/run-in-place.ts'
import { readSource } from '../diagnostics/source-text.ts'
import { stackLocation } from '../loading/stack-location.ts'
import type { Diagnostic } from '../types.ts'
import { validateConfig } from './validate-config.ts'

export interface LoadedConfig {
  /** Undefined when it could not be read or is wrong; `diagnostics` then says why. */
  config?: Config
  /** Absolute; undefined when there is none. */
  file?: string
  /** The folder of the config file: what its paths are relative to. */
  root: string
  diagnostics: Diagnostic[]
}

const fileNames = ['isobar.config.ts', 'isobar.config.mts', 'isobar.config.js', 'isobar.config.mjs']

/**
 * Finds, runs and validates the config.
 *
 * @param options.timeoutMs how long the file may take to load. Default: 10,000.
 */
export async function loadConfig(
  options: { cwd?: string; file?: string; timeoutMs?: number } = {},
): Promise<LoadedConfig> {
  const cwd = resolve(options.cwd ?? '.')
  const candidates = options.file === undefined ? fileNames : [options.file]
  const file = candidates
    .map((name) => resolve(cwd, name))
    .find((path) => statSync(path, { throwIfNoEntry: false })?.isFile())
  if (file === undefined) return { root: cwd, diagnostics: [notFound(cwd, options.file)] }
  const root = dirname(file)
  const source = readSource(root, file)
  const loaded = await runConfig(root, file, options.timeoutMs ?? 10_000)
  if ('diagnostics' in loaded) return { root, file, diagnostics: loaded.diagnostics }
  const { config, diagnostics } = validateConfig(loaded.exported, source)
  return { root, file, diagnostics, ...(config && { config }) }
}

async function runConfig(
  root: string,
  file: string,
  timeoutMs: number,
): Promise<{ exported: unknown } | { diagnostics: Diagnostic[] }> {
  const folder = await mkdtemp(join(tmpdir(), 'isobar-config-'))
  try {
    const result = await build({
      entryPoints: [file],
      absWorkingDir: root,
      bundle: true,
      write: false,
      format: 'esm',
      platform: 'node',
      target: 'node22',
      sourcemap: 'inline',
      outfile: join(folder, 'config.mjs'),
      logLevel: 'silent',
      plugins: [runInPlacePlugin({ keeps: () => true })],
    })
    await writeFile(join(folder, 'config.mjs'), result.outputFiles[0]?.contents ?? '')
    return { exported: await importDefault(join(folder, 'config.mjs'), timeoutMs) }
  } catch (error) {
    if (isBuildFailure(error)) {
      return { diagnostics: esbuildDiagnostics(undefined, error) }
    }
    return { diagnostics: [failed(root, file, error)] }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function importDefault(file: string, timeoutMs: number): Promise<unknown> {
  // For the line in the stack of what the config throws.
  const mapped = process.sourceMapsEnabled
  process.setSourceMapsEnabled(true)
  // Without the timer Node would end the process at an await that nothing settles, with code 13 and no sentence.
  const late = Promise.withResolvers<never>()
  const sentence = `It did not finish loading within ${timeoutMs / 1000} s: something at its top level waits.`
  const timer = setTimeout(() => late.reject(new DOMException(sentence, 'TimeoutError')), timeoutMs)
  try {
    return await Promise.race([
      import(pathToFileURL(file).href).then((module: { default?: unknown }) => module.default),
      late.promise,
    ])
  } catch (error) {
    // V8 writes a stack when it is first read, and it must be read while the maps are on.
    if (error instanceof Error) void error.stack
    throw error
  } finally {
    clearTimeout(timer)
    process.setSourceMapsEnabled(mapped)
  }
}

function failed(root: string, file: string, error: unknown): Diagnostic {
  const { file: name } = readSource(root, file)
  return {
    id: 'config-failed',
    severity: 'error',
    text: `${name} cannot be loaded: ${describeThrown(error)}`,
    notes: ['The error comes from running the file; correct what it names.'],
    location: (error instanceof Error ? stackLocation(root, error.stack ?? '') : undefined) ?? {
      file: name,
      line: 1,
      column: 1,
    },
  }
}

function notFound(cwd: string, file: string | undefined): Diagnostic {
  return {
    id: 'config-not-found',
    severity: 'error',
    text:
      file === undefined ? `There is no isobar.config.ts in ${cwd}.` : `There is no config file '${file}' in ${cwd}.`,
    notes: [
      file === undefined
        ? "Create one with 'export default defineConfig({ name, targets })', or name another file with --config."
        : 'Correct the path; it is read relative to the working folder.',
    ],
  }
}
