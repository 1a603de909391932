import { join, relative } from 'node:path'
import { build, type BuildOptions as EsbuildOptions, type BuildResult, type Message, type Metafile } from 'esbuild'
import type { BundleOptions } from '../config/config.ts'
import type { PlacedEntry } from '../plan/emit.ts'
import { esbuildDiagnostics } from './esbuild-messages.ts'
import { nodeBuiltinPlugin } from './node-builtins.ts'
import { shimEntry, shimPlugin } from './shim-plugin.ts'
import { toPosix } from '../diagnostics/source-text.ts'
import { tidyOutput } from './tidy-output.ts'
import type { Diagnostic, Target } from '../types.ts'
import { wasmPlugin } from './wasm-plugin.ts'

export interface BundleRequest {
  root: string
  target: Target
  /** The target's folder as it will be; paths in bundles and maps are relative to it. */
  directory: string
  entry: PlacedEntry
  options: BundleOptions
}

export interface Bundled {
  /** Paths are relative to the target's folder. */
  files: { path: string; contents: Uint8Array }[]
  /** Specifiers that stayed imports. */
  imports: string[]
  diagnostics: Diagnostic[]
}

/** Bundles an entry with everything that it and the user's modules import. */
export async function bundleEntry(request: BundleRequest): Promise<Bundled> {
  const { root, target, directory, entry, options } = request
  const diagnostics: Diagnostic[] = []
  const outcome = await run({
    ...sharedOptions(request),
    outfile: join(directory, entry.file),
    plugins: [
      shimPlugin({ root, directory, entry }),
      ...(target.runtime.kind === 'workers' ? [nodeBuiltinPlugin({ root, target, diagnostics })] : []),
      ...(target.runtime.kind === 'node' && options.loaders?.['.wasm'] === undefined ? [wasmPlugin()] : []),
    ],
    minify: options.minify ?? false,
    sourcemap: (options.sourcemap ?? true) ? 'linked' : false,
    loader: { '.html': 'text', '.sql': 'text', '.wasm': 'copy', ...options.loaders },
  })
  diagnostics.push(...esbuildDiagnostics(target.name, outcome))
  if (!outcome.result) return { files: [], imports: [], diagnostics }
  const { metafile, outputFiles = [] } = outcome.result
  return {
    files: tidyOutput({
      root,
      directory,
      entry,
      requireBase: requireBase(target),
      inputs: Object.keys(metafile?.inputs ?? {}),
      files: outputFiles,
    }).map(({ path, contents }) => ({ path: toPosix(relative(directory, path)), contents })),
    imports: externalImports(metafile),
    diagnostics,
  }
}

/** What of an entry is Isobar's: the same bundle without the user's modules, minified. */
export async function bundleShim(request: BundleRequest): Promise<Uint8Array> {
  const { root, directory, entry } = request
  const { result } = await run({
    ...sharedOptions(request),
    outfile: join(directory, entry.file),
    plugins: [shimPlugin({ root, directory, entry, modulesExternal: true })],
    minify: true,
    sourcemap: false,
  })
  return result?.outputFiles?.[0]?.contents ?? new Uint8Array()
}

function sharedOptions({ root, target, entry, options }: BundleRequest): EsbuildOptions {
  const { runtime } = target
  return {
    entryPoints: [shimEntry(entry)],
    absWorkingDir: root,
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    conditions: target.conditions,
    // A comment that a licence wants kept goes to the end, where it does not tear the code apart.
    legalComments: 'eof',
    logLevel: 'silent',
    ...(runtime.kind === 'node'
      ? {
          platform: 'node',
          target: `node${runtime.version}`,
          external: [...target.external, ...(options.external ?? [])],
          // CommonJS has them, an ES module does not; only free names are replaced.
          define: { __dirname: 'import.meta.dirname', __filename: 'import.meta.filename' },
        }
      : {
          platform: 'browser',
          target: 'es2024',
          external: target.external,
          define: { 'process.env.NODE_ENV': '"production"' },
        }),
  }
}

/** On Workers `import.meta.url` is undefined, and an import of `node:module` that the target lacks keeps one from starting. */
function requireBase({ runtime, external }: Target): string | undefined {
  if (runtime.kind === 'node') return 'import.meta.url'
  return external.some((pattern) => pattern.startsWith('node:')) ? "'/'" : undefined
}

interface Outcome {
  result?: BuildResult
  errors: Message[]
  warnings: Message[]
}

async function run(options: EsbuildOptions): Promise<Outcome> {
  try {
    const result = await build(options)
    return { result, errors: result.errors, warnings: result.warnings }
  } catch (error) {
    if (isBuildFailure(error)) return { errors: error.errors, warnings: error.warnings }
    throw error
  }
}

export function isBuildFailure(error: unknown): error is { errors: Message[]; warnings: Message[] } {
  return error instanceof Error && 'errors' in error && Array.isArray(error.errors) && 'warnings' in error
}

function externalImports(metafile: Metafile | undefined): string[] {
  const imports = Object.values(metafile?.outputs ?? {}).flatMap((output) => output.imports)
  return [...new Set(imports.filter(({ external }) => external).map(({ path }) => path))].toSorted()
}
