import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { buildTarget } from './build-target.ts'
import type { Config } from './config/config.ts'
import { hasErrors, sortDiagnostics } from './diagnostics/diagnostics.ts'
import { type Discovery, discover } from './discovery/discover.ts'
import { headerRequirements } from './checks/header-requirements.ts'
import { loadConfig } from './config/load-config.ts'
import { delayRequirements, eventRequirements } from './checks/event-requirements.ts'
import { checkRequirements, httpRequirements, type Requirement } from './checks/requirements.ts'
import { selectTargets } from './config/select-targets.ts'
import type { Diagnostic, Manifest, PlannedFunction } from './types.ts'
import { validateConfig } from './config/validate-config.ts'

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
  /** How long a module may take to load when its source does not tell its functions, milliseconds. @default 5000 */
  loadTimeoutMs?: number
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

/**
 * Compiles every function for every target. What is wrong with the project comes back as diagnostics; it rejects only for
 * what is no mistake of the project's.
 */
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
    ? { root: cwd, ...validateConfig(options.config) }
    : await loadConfig({ cwd, ...(options.file !== undefined && { file: options.file }) })
  const { config, root } = loaded
  const diagnostics: Diagnostic[] = [...loaded.diagnostics]
  if (!config) return { targets: [], diagnostics: sortDiagnostics(diagnostics) }

  const selected = selectTargets(config, options.targets ?? [])
  if (selected.diagnostics.length > 0) return { targets: [], diagnostics: selected.diagnostics }
  const discovery = await discover({
    root,
    functions: config.functions ?? 'functions',
    external: config.bundle?.external ?? [],
    loadTimeoutMs: options.loadTimeoutMs ?? 5000,
  })
  diagnostics.push(...discovery.diagnostics)
  diagnostics.push(...checkRequirements(requirementsOf(discovery), selected.targets, config.targets))

  const outDir = options.outDir === undefined ? resolve(root, config.outDir ?? '.isobar') : resolve(cwd, options.outDir)
  const found = [...diagnostics]
  const built = await Promise.all(
    // Without any function there is nothing more to be wrong; with some, all mistakes are told in one run.
    (discovery.functions.length === 0 ? [] : selected.targets).map(async (target) => {
      const started = performance.now()
      const directory = join(outDir, target.name)
      const isWrong = hasErrors(found.filter((one) => one.target === undefined || one.target === target.name))
      const { manifest, diagnostics: more } = await buildTarget({
        root,
        application: config.name,
        isobar: version,
        target,
        functions: discovery.functions.map((planned) => withResource(planned, target.name, config.resources ?? {})),
        locations: discovery.locations,
        directory,
        bundle: config.bundle ?? {},
        write: write && !isWrong,
      })
      diagnostics.push(...more)
      const ms = performance.now() - started
      return manifest && !isWrong ? [{ name: target.name, directory, manifest, ms }] : []
    }),
  )
  return { targets: built.flat(), diagnostics: sortDiagnostics(diagnostics) }
}

/** Gives an event function the physical name that the config has for what it listens to. */
function withResource(
  planned: PlannedFunction,
  target: string,
  resources: NonNullable<Config['resources']>,
): PlannedFunction {
  if (planned.kind === 'http') return planned
  const given = resources[`${planned.kind}:${planned.resource.logical}`]
  const physical = typeof given === 'string' ? given : given?.[target]
  return physical === undefined ? planned : { ...planned, resource: { ...planned.resource, physical } }
}

function requirementsOf({ functions, locations, modules }: Discovery): Requirement[] {
  return [
    ...functions.flatMap((planned) => {
      const location = locations.get(planned.name)
      if (!location) return []
      return planned.kind === 'http' ? httpRequirements(planned, location) : eventRequirements(planned, location)
    }),
    ...modules.flatMap(headerRequirements),
    ...modules.flatMap((module) => delayRequirements(module, functions)),
  ]
}

/** The version of this package; it stands in every manifest. */
const version: string = readVersion()

function readVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
  const found =
    typeof manifest === 'object' && manifest !== null && 'version' in manifest ? manifest.version : undefined
  return String(found)
}
