import { readFile } from 'node:fs/promises'
import { join, posix, relative } from 'node:path'
import { gzipSync } from 'node:zlib'
import { glob } from 'tinyglobby'
import { bundleEntry, bundleShim } from './bundling/bundle.ts'
import type { BundleOptions } from './config/config.ts'
import { copyPackages, packageOf } from './bundling/copy-packages.ts'
import { libraryKind, moveLibrary } from './bundling/move-library.ts'
import { compareText, hasErrors } from './diagnostics/diagnostics.ts'
import { emitTarget, type PlacedEntry } from './plan/emit.ts'
import { mayReplace, type OutputFile, replaceFolder, writeFiles } from './output-folder.ts'
import { type Location, toPosix } from './diagnostics/source-text.ts'
import type { Diagnostic, Manifest, ManifestFunction, PlannedFunction, Target } from './types.ts'

export interface TargetRequest {
  root: string
  application: string
  isobar: string
  target: Target
  functions: PlannedFunction[]
  /** Where each function is exported, by its name. */
  locations: ReadonlyMap<string, Location>
  directory: string
  bundle: BundleOptions
  /** False: everything is checked and nothing is written. */
  write: boolean
}

export interface TargetResult {
  manifest?: Manifest
  diagnostics: Diagnostic[]
}

/** Emits, bundles and writes one target. */
export async function buildTarget(request: TargetRequest): Promise<TargetResult> {
  const { root, target, directory, functions, application, isobar } = request
  const emission = emitTarget(target, {
    application,
    target: target.name,
    isobar,
    functions,
    toProject: toPosix(relative(join(directory, 'shim'), root)),
  })
  const diagnostics = emission.diagnostics.map((diagnostic): Diagnostic => {
    // A target knows a function's line only.
    const location = request.locations.get(diagnostic.function ?? '') ?? diagnostic.location
    return { target: target.name, ...diagnostic, ...(location && { location }) }
  })
  if (request.write && !(await mayReplace(directory))) diagnostics.push(foreignFolder(request))
  if (hasErrors(diagnostics)) return { diagnostics }

  const built = await buildEntries(request, emission.entries)
  diagnostics.push(...built.flatMap((entry) => entry.diagnostics))
  if (hasErrors(diagnostics)) return { diagnostics }

  const beside = await Promise.all(built.map((entry) => filesBeside(request, entry)))
  diagnostics.push(...beside.flatMap((result) => result.diagnostics))
  if (hasErrors(diagnostics)) return { diagnostics }

  const files = uniqueFiles([
    ...built.flatMap((entry) => entry.files),
    ...beside.flatMap((result) => result.files),
    ...emission.entries.map(({ shimFile, source }) => ({ path: shimFile, contents: source })),
    ...emission.files.map(({ path, text }) => ({ path, contents: text })),
  ])
  const manifest = createManifest(request, built, files)
  if (!request.write) return { manifest, diagnostics }
  const manifestFile = { path: 'manifest.json', contents: `${JSON.stringify(manifest, undefined, 2)}\n` }
  try {
    await replaceFolder(directory, (temporary) => writeFiles(temporary, [...files, manifestFile]))
    return { manifest, diagnostics }
  } catch (error) {
    // Only what the system refused is the user's to correct.
    if (!(error instanceof Error && 'syscall' in error)) throw error
    return { diagnostics: [...diagnostics, outputFailed(request, error.message)] }
  }
}

interface BuiltEntry {
  entry: PlacedEntry
  imports: string[]
  files: OutputFile[]
  sizes: Pick<ManifestFunction, 'bytes' | 'gzip' | 'shim'>
  diagnostics: Diagnostic[]
}

/** A library that stands beside many functions, each time the same but for its folder, is bundled once. */
async function buildEntries(request: TargetRequest, entries: readonly PlacedEntry[]): Promise<BuiltEntry[]> {
  const libraries = new Map<string, Promise<BuiltEntry>>()
  return Promise.all(
    entries.map(async (entry) => {
      if (entry.functions.length > 0) return buildEntry(request, entry)
      const kind = libraryKind(entry)
      const known = libraries.get(kind)
      if (known !== undefined) return copyOf(await known, entry)
      const made = buildEntry(request, entry)
      libraries.set(kind, made)
      return made
    }),
  )
}

function copyOf(built: BuiltEntry, entry: PlacedEntry): BuiltEntry {
  return { ...built, entry, files: moveLibrary(built.files, built.entry, entry), diagnostics: [] }
}

async function buildEntry(request: TargetRequest, entry: PlacedEntry): Promise<BuiltEntry> {
  const { root, target, directory, bundle: options } = request
  const bundleRequest = { root, target, directory, entry, options }
  // Only functions have sizes: what stands beside them may be a library of a megabyte.
  const isMeasured = entry.functions.length > 0
  const [bundled, shim] = await Promise.all([
    bundleEntry(bundleRequest),
    isMeasured ? bundleShim(bundleRequest) : new Uint8Array(),
  ])
  const main = bundled.files.find(({ path }) => isMeasured && path === entry.file)?.contents ?? new Uint8Array()
  return {
    entry,
    imports: bundled.imports,
    files: bundled.files,
    sizes: {
      bytes: main.byteLength,
      gzip: gzipSize(main),
      shim: { file: entry.shimFile, bytes: shim.byteLength, gzip: gzipSize(shim) },
    },
    diagnostics: bundled.diagnostics,
  }
}

/** Assets and external packages go beside each entry: its folder is what the platform gets. */
async function filesBeside(
  request: TargetRequest,
  { entry, imports }: BuiltEntry,
): Promise<{ files: OutputFile[]; diagnostics: Diagnostic[] }> {
  const { root, target, bundle } = request
  const into = posix.dirname(entry.file)
  const imported = new Set(imports.map(packageOf))
  const packages = target.runtime.kind === 'node' ? (bundle.external ?? []).filter((name) => imported.has(name)) : []
  const [copied, assets] = await Promise.all([
    copyPackages({ root, packages, into }),
    readAssets(root, bundle.assets ?? [], into),
  ])
  return { files: [...copied.files, ...assets], diagnostics: copied.diagnostics }
}

/** Entries that share a folder share what stands beside them. */
function uniqueFiles(files: readonly OutputFile[]): OutputFile[] {
  return [...new Map(files.map((file) => [file.path, file])).values()]
}

async function readAssets(root: string, patterns: string[], into: string): Promise<OutputFile[]> {
  if (patterns.length === 0) return []
  const paths = await glob(patterns, { cwd: root, dot: true, ignore: ['**/node_modules/**'] })
  return Promise.all(
    paths.map(async (path) => ({ path: posix.join(into, path), contents: await readFile(join(root, path)) })),
  )
}

function createManifest(request: TargetRequest, built: readonly BuiltEntry[], files: readonly OutputFile[]): Manifest {
  const { isobar, target, application, functions } = request
  const { requestBytes, responseBytes, timeoutMs } = target.limits
  return {
    isobar,
    target: target.name,
    platform: target.platform,
    name: application,
    ...(target.frontDoor !== undefined && { frontDoor: target.frontDoor }),
    capabilities: target.capabilities,
    limits: { requestBytes: finite(requestBytes), responseBytes: finite(responseBytes), timeoutMs: finite(timeoutMs) },
    functions: functions.flatMap((planned) =>
      built
        .filter(({ entry }) => entry.functions.includes(planned.name))
        .map(({ entry, sizes }) => manifestFunction(planned, entry, sizes)),
    ),
    files: [...files.map(({ path }) => path), 'manifest.json'].toSorted(compareText),
  }
}

function manifestFunction(planned: PlannedFunction, entry: PlacedEntry, sizes: BuiltEntry['sizes']): ManifestFunction {
  const { exported: _, line: __, ...facts } = planned
  const place = { entry: entry.file, ...(entry.handler !== undefined && { handler: entry.handler }), ...sizes }
  if (facts.kind !== 'schedule') return { ...facts, ...place }
  const { cron: ___, ...schedule } = facts
  return { ...schedule, ...place }
}

function foreignFolder({ target, directory, root }: TargetRequest): Diagnostic {
  return {
    id: 'output-not-ours',
    severity: 'error',
    text: `The folder '${toPosix(relative(root, directory))}' has files that no build of Isobar wrote, so it is not replaced.`,
    notes: ["Move them away or delete the folder, or choose another one with 'outDir' or --out."],
    target: target.name,
  }
}

function outputFailed({ target, directory, root }: TargetRequest, reason: string): Diagnostic {
  return {
    id: 'output-failed',
    severity: 'error',
    text: `The folder '${toPosix(relative(root, directory))}' cannot be written: ${reason.split(',')[0] ?? reason}.`,
    notes: ["Correct its permissions, or choose another one with 'outDir' or --out."],
    target: target.name,
  }
}

/** JSON has no Infinity. */
function finite(limit: number): number | null {
  return Number.isFinite(limit) ? limit : null
}

function gzipSize(bytes: Uint8Array): number {
  return gzipSync(bytes, { level: 9 }).byteLength
}
