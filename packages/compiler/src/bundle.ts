import { dirname, join, relative } from 'node:path'
import { build, type BuildOptions as EsbuildOptions, type Message, type Plugin } from 'esbuild'
import type { BundleOptions } from './config.ts'
import type { PlacedEntry } from './emit.ts'
import { resolveFrom } from './resolve.ts'
import { toPosix } from './source-text.ts'
import { tidyPaths } from './tidy-paths.ts'
import type { Diagnostic, Target } from './types.ts'

export interface BundleRequest {
  root: string
  target: Target
  /** The target's folder as it will be; paths in bundles and maps are relative to it. */
  directory: string
  entry: PlacedEntry
  options: BundleOptions
}

export interface Bundled {
  files: { path: string; contents: Uint8Array }[]
  diagnostics: Diagnostic[]
}

/** Bundles an entry with everything that it and the user's modules import. */
export async function bundleEntry(request: BundleRequest): Promise<Bundled> {
  const diagnostics: Diagnostic[] = []
  const { root, target, directory, entry, options } = request
  const outfile = join(directory, entry.file)
  const result = await run({
    ...shared(request),
    outfile,
    plugins: [shimPlugin(request)],
    minify: options.minify ?? false,
    sourcemap: (options.sourcemap ?? true) ? 'linked' : false,
    loader: options.loaders ?? {},
  })
  if ('messages' in result) return { files: [], diagnostics: result.messages.map((message) => fromMessage(message, target.name)) }
  const inputs = Object.keys(result.metafile?.inputs ?? {})
  const files = tidyPaths(root, inputs, result.outputFiles ?? []).map(({ path, contents }) => ({
    path: toPosix(relative(directory, path)),
    contents,
  }))
  return { files, diagnostics }
}

/** What of an entry is Isobar's: the same bundle without the user's modules, minified. */
export async function bundleShim(request: BundleRequest): Promise<Uint8Array> {
  const result = await run({
    ...shared(request),
    outfile: join(request.directory, request.entry.file),
    plugins: [shimPlugin(request, { modulesExternal: true })],
    minify: true,
    sourcemap: false,
  })
  return ('messages' in result ? undefined : result.outputFiles?.[0]?.contents) ?? new Uint8Array()
}

const shimNamespace = 'isobar-shim'

function shared({ root, target, entry, options }: BundleRequest): EsbuildOptions {
  const isNode = target.runtime.kind === 'node'
  return {
    entryPoints: [`${shimNamespace}:${entry.shimFile}`],
    absWorkingDir: root,
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: target.runtime.kind === 'node' ? 'node' : 'browser',
    target: target.runtime.kind === 'node' ? `node${target.runtime.version}` : 'es2024',
    conditions: target.conditions,
    external: [...target.external, ...(options.external ?? [])],
    legalComments: 'eof',
    logLevel: 'silent',
    define: isNode
      ? { __dirname: 'import.meta.dirname', __filename: 'import.meta.filename' }
      : { 'process.env.NODE_ENV': '"production"' },
  }
}

/** Serves the shim's text, and resolves what it imports as if it were written in the target's folder already. */
function shimPlugin(request: BundleRequest, options: { modulesExternal?: boolean } = {}): Plugin {
  const { root, entry, directory } = request
  const shimDirectory = dirname(join(directory, entry.shimFile))
  return {
    name: shimNamespace,
    setup(esbuild) {
      esbuild.onResolve({ filter: new RegExp(`^${shimNamespace}:`) }, ({ path }) => ({
        path: path.slice(shimNamespace.length + 1),
        namespace: shimNamespace,
      }))
      esbuild.onLoad({ filter: /.*/, namespace: shimNamespace }, () => ({ contents: entry.source, loader: 'js', resolveDir: root }))
      esbuild.onResolve({ filter: /^\.\.?\//, namespace: shimNamespace }, ({ path }) =>
        options.modulesExternal ? { path, external: true } : { path: join(shimDirectory, path) },
      )
      esbuild.onResolve({ filter: /^@isobar\//, namespace: shimNamespace }, async ({ path, kind, pluginData }) => {
        if (pluginData === resolving) return undefined
        const options = { kind, resolveDir: root, importer: join(root, 'isobar.config.ts'), pluginData: resolving }
        const fromProject = await esbuild.resolve(path, options)
        if (fromProject.errors.length === 0) return fromProject
        const own = resolveFrom(import.meta.url, path)
        return own === undefined ? fromProject : { path: own }
      })
    },
  }
}

const resolving = Symbol('resolving')

async function run(options: EsbuildOptions): Promise<Awaited<ReturnType<typeof build>> | { messages: Message[] }> {
  try {
    return await build(options)
  } catch (error) {
    if (error instanceof Error && 'errors' in error && Array.isArray(error.errors)) return { messages: error.errors }
    throw error
  }
}

function fromMessage(message: Message, target: string): Diagnostic {
  const { location, text, notes } = message
  return {
    id: 'bundle-error',
    severity: 'error',
    text: /[.!?]$/.test(text) ? text : `${text}.`,
    notes: notes.map((note) => note.text),
    ...(location && {
      location: { file: location.file, line: location.line, column: location.column + 1, lineText: location.lineText },
    }),
    target,
  }
}
