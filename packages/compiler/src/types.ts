import type { Capabilities, CapabilityKey, Cron, EventKind, EventTriggers } from '@isobar/core'

/** The result of adapter's `./build` factory: what the compiler needs to know of a target. */
export interface Target {
  /** The folder below the output directory, the value of `--target` and `manifest.target`. Adapters give it the platform's name unless asked. */
  name: string
  platform: string
  frontDoor?: string
  /**
   * Tells the event sources of this target from those of another target of its platform, where an option chooses them:
   * `service-bus`. @default the platform's only or usual ones
   */
  eventSources?: string
  capabilities: Capabilities
  limits: Limits
  /** Bare specifiers that stay imports in the bundle because the platform brings them or they must stand beside it. */
  external: string[]
  /** Package export conditions, in addition to esbuild's own for the format. */
  conditions: string[]
  /** The runtime that the bundle is for. */
  runtime: { kind: 'node'; version: string } | { kind: 'workers' }
  /**
   * What the factory was given and what it knows, so that a wrong option is told together with all else that is wrong
   * with the config. The factory itself must not throw for one. Absent: nobody checks.
   */
  options?: { given: object; known: Readonly<Record<string, OptionRule>> }
  emit(plan: Plan): Emitted
}

/** What one option of a target's factory may be. A number is in the unit that the option's name ends with: `timeoutSeconds`. */
export interface OptionRule {
  /** A string must not be empty. */
  type: 'string' | 'number' | 'boolean' | 'string[]'
  /** Of a string, or of each in an array. */
  oneOf?: readonly string[]
  /** Of a string: scheme and host as in `https://api.example.com`, or a day as in `2026-01-31`. */
  format?: 'origin' | 'date'
  /** The least number. @default none */
  min?: number
  /** The greatest number. @default none */
  max?: number
  /** Whole numbers only. @default false */
  integer?: boolean
  /** A sentence for whoever gets it wrong, where the limit does not speak for itself. */
  note?: string
}

/** What gets through a target's front door; Infinity where there is no limit. */
export interface Limits {
  requestBytes: number
  responseBytes: number
  /** How long an invocation may take at this front door. */
  timeoutMs: number
}

/** What is to be emitted for one target, after discovery and all checks. */
export interface Plan {
  /** `name` of the config. */
  application: string
  target: string
  isobar: string
  functions: PlannedFunction[]
  /** The http functions as they are deployed: all shared ones are one, in front of one router. */
  http: HttpDeployable[]
  /** The event functions, each apart: a target that puts several into one artifact joins them. */
  events: EventDeployable[]
}

/** Text that every build half needs in its shim is made once, by the compiler. */
interface DeployableText {
  /**
   * One statement per user module, in order: `const orders = await load('functions/orders.ts', () => import('…'))`.
   * `load` must be in scope: every adapter's runtime half exports one (it logs which module failed, clause C9).
   * Variables are unique in the application and stand for one module each, so an adapter that emits several deployables
   * into one file joins them and leaves out repeated statements.
   */
  modules: { variable: string; statement: string }[]
}

export interface HttpDeployable extends DeployableText {
  /** `http` for the shared one, else the function's name. */
  name: string
  /** What it is called where it is deployed: the application, with the function's name behind it when that is set apart. */
  service: string
  /** Where targets of one artifact put it: empty for the shared one, else `<name>/`, relative to the target's folder. */
  folder: string
  functions: PlannedHttp[]
  /** An object literal, the `functions` of the adapter's call: `{ 'get-order': orders.getOrder }`. */
  functionsLiteral: string
}

export interface EventDeployable extends DeployableText {
  /** The function's name. */
  name: string
  /** What it is called where it is deployed apart: the application and the function's name. */
  service: string
  function: PlannedEvent
  /** An expression for what the user's module exports: `orders.ship`. */
  definition: string
}

/** One function of the application, as every target gets it. */
export type PlannedFunction = PlannedHttp | PlannedEvent

interface Planned {
  /** Kebab-case, unique in the application. */
  name: string
  /** POSIX path relative to the project. */
  source: string
  /** The name under which the module exports the definition; `default` too. */
  exported: string
  /** Where it is exported; counts from 1. */
  line: number
}

export interface PlannedHttp extends Planned {
  kind: 'http'
  trigger: HttpTrigger
}

export interface PlannedEventOf<Kind extends EventKind> extends Planned {
  kind: Kind
  trigger: EventTriggers[Kind]
  /**
   * What the function listens to: the queue, topic, bucket, stream, table or type. `physical` is its name on this target,
   * where the config's `resources` gives it another; an adapter adds what its platform's rules demand.
   */
  resource: Resource
}

export interface PlannedSchedule extends PlannedEventOf<'schedule'> {
  /** The expression of the trigger, taken apart. */
  cron: Cron
}

export type PlannedEvent =
  | { [Kind in Exclude<EventKind, 'schedule'>]: PlannedEventOf<Kind> }[Exclude<EventKind, 'schedule'>]
  | PlannedSchedule

export interface Resource {
  logical: string
  physical: string
}

/** Its route and options, as the manifest has them too. */
export interface HttpTrigger {
  route: string
  /** Upper-case; absent: every method. */
  methods?: string[]
  maxBodyBytes?: number
  timeoutMs?: number
  /** `own`: a deployable of its own, outside the shared router. @default 'shared' */
  deploy?: 'own' | 'shared'
}

/** What a target makes of a plan. */
export interface Emitted {
  /** Each becomes one bundle. */
  entries: EmittedEntry[]
  /** Written as they stand. */
  files: { path: string; text: string }[]
  diagnostics: Diagnostic[]
}

export interface EmittedEntry {
  /** Names of the functions that it serves. */
  functions: string[]
  /** Where the bundle goes, relative to the target's folder: `http/index.mjs`. */
  file: string
  /** The name of the export that the platform calls, where it calls one. */
  handler?: string
  /** The shim: a few readable lines that import the adapter's runtime half and the user's modules. */
  source: string
}

/** Data; `formatDiagnostics` makes text of it. */
export interface Diagnostic {
  /** Stable, kebab-case: `unknown-config-key`. Listed in docs/errors.md. */
  id: string
  severity: 'error' | 'warning'
  /** One sentence: what came and what was expected. */
  text: string
  /** What to do, and what else is worth knowing; a sentence each. */
  notes: string[]
  location?: { file: string; line: number; column: number; lineText?: string }
  target?: string
  function?: string
  /** The capability that is missing, and the targets of the config that have it. */
  capability?: { key: CapabilityKey; offeredBy: string[] }
}

/** `.isobar/<target>/manifest.json`. Paths are relative to its folder, `source` to the project. */
export interface Manifest {
  /** The version of Isobar that built it. */
  isobar: string
  target: string
  platform: string
  /** The application's name. */
  name: string
  frontDoor?: string
  capabilities: Capabilities
  /** null: there is none, since JSON has no Infinity. */
  limits: { requestBytes: number | null; responseBytes: number | null; timeoutMs: number | null }
  functions: ManifestFunction[]
  files: string[]
}

export type ManifestFunction = ManifestPart &
  (
    | { kind: 'http'; trigger: HttpTrigger }
    | { [Kind in EventKind]: { kind: Kind; trigger: EventTriggers[Kind]; resource: Resource } }[EventKind]
  )

interface ManifestPart {
  name: string
  source: string
  /** The bundle that serves it; functions may share one. */
  entry: string
  handler?: string
  /** The entry as emitted. */
  bytes: number
  gzip: number
  /** The adapter's and core's share of the entry, minified; `file` holds the readable lines before bundling. */
  shim: { file: string; bytes: number; gzip: number }
}
