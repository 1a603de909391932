import { readFileSync } from 'node:fs'
import { resolve, join } from 'node:path'
import { buildTarget } from './build-target.ts'
import type { Config } from './config.ts'
import { hasErrors, sortDiagnostics } from './diagnostics.ts'
import { discover } from './discover.ts'
import { loadConfig } from './load-config.ts'
import { nearest } from './nearest.ts'
import type { Diagnostic, Manifest, Target } from './types.ts'

export interface BuildOptions {
  /** The project's folder. @default process.cwd() */
  cwd?: string
  /** The config itself; absent: it is read from `file`. */
  config?: Config
  /** @default isobar.config.ts (or .mts, .js, .mjs) in `cwd` */
  file?: string
  /** Names of the targets to build. @default all */
  targets?: readonly string[]
  /** Instead of the config's; relative to `cwd`. */
  outDir?: string
}

export interface BuiltTarget {
  name: string
  /** Absolute. */
  directory: string
  manifest: Manifest
  /** How long this target took beside what all share, milliseconds. */
  ms: number
}

export interface BuildResult {
  /** In the config's order. A target with errors is not among them, and its folder is as it was. */
  targets: BuiltTarget[]
  /** Sorted by place. */
  diagnostics: Diagnostic[]
}

/** Compiles every function for every target. What is wrong with the project comes back as diagnostics. */
export function build(options: BuildOptions = {}): Promise<BuildResult> {
  return compile(options, true)
}

/** All of `build` but the writing. */
export async function check(options: BuildOptions = {}): Promise<{ diagnostics: Diagnostic[] }> {
  const { diagnostics } = await compile(options, false)
  return { diagnostics }
}

async function compile(options: BuildOptions, write: boolean): Promise<BuildResult> {
  const cwd = resolve(options.cwd ?? '.')
  const loaded = options.config
    ? { config: options.config, root: cwd, diagnostics: [] }
    : await loadConfig({ cwd, ...(options.file !== undefined && { file: options.file }) })
  const { config, root } = loaded
  const diagnostics: Diagnostic[] = [...loaded.diagnostics]
  if (!config) return { targets: [], diagnostics: sortDiagnostics(diagnostics) }

  const chosen = chooseTargets(config, options.targets, diagnostics)
  const discovery = await discover({
    root,
    functions: config.functions ?? 'functions',
    loaders: Object.keys(config.bundle?.loaders ?? {}),
    loadTimeoutMs: 5000,
  })
  diagnostics.push(...discovery.diagnostics)
  if (hasErrors(diagnostics)) return { targets: [], diagnostics: sortDiagnostics(diagnostics) }

  const outDir = options.outDir === undefined ? resolve(root, config.outDir ?? '.isobar') : resolve(cwd, options.outDir)
  const built = await Promise.all(
    chosen.map(async (target) => {
      const started = performance.now()
      const directory = join(outDir, target.name)
      const result = await buildTarget({
        root,
        application: config.name,
        isobar: version,
        target,
        functions: discovery.functions,
        directory,
        bundle: config.bundle ?? {},
        write,
      })
      return { name: target.name, directory, ...result, ms: performance.now() - started }
    }),
  )
  diagnostics.push(...built.flatMap((target) => target.diagnostics))
  return {
    targets: built.flatMap(({ name, directory, manifest, ms }) => (manifest ? [{ name, directory, manifest, ms }] : [])),
    diagnostics: sortDiagnostics(diagnostics),
  }
}

function chooseTargets(config: Config, names: readonly string[] | undefined, diagnostics: Diagnostic[]): Target[] {
  if (!names || names.length === 0) return config.targets
  const known = config.targets.map(({ name }) => name)
  for (const name of names) {
    if (known.includes(name)) continue
    const near = nearest(name, known)
    diagnostics.push({
      id: 'unknown-target',
      severity: 'error',
      text: `The config has no target '${name}'.${near === undefined ? '' : ` Did you mean '${near}'?`}`,
      notes: [`Its targets are ${known.join(', ')}.`],
    })
  }
  return config.targets.filter(({ name }) => names.includes(name))
}

/** The version of this package; it stands in every manifest. */
const version: string = readVersion()

function readVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
  const found = typeof manifest === 'object' && manifest !== null && 'version' in manifest ? manifest.version : undefined
  return String(found)
}
