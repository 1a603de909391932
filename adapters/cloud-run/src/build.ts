import type { HttpDeployable, Emitted, EmittedEntry, OptionRule, Plan, Target } from '@isobar/compiler'
import { accountOf, checkEvents, eventSource, type EventShim } from '@isobar/google-events/build'
import { capabilities } from './build/capabilities.ts'
import { checkService, eventsContext, eventsService, eventsTimeout, triggers } from './build/events.ts'
import { dockerfile, dockerignore, serviceYaml, type Service } from './build/files.ts'

export interface CloudRunOptions {
  /** The target's name: its folder, and the value of `--target`. @default 'cloud-run' */
  name?: string
  /** Scheme and host of `request.url`: `https://api.example.com`. @default https and the client's Host header */
  origin?: string
  /** How long a request may take, in seconds, 1 to 3600. @default 300 */
  timeoutSeconds?: number
  /** Requests that one container takes at a time, 1 to 1000. @default 80 */
  concurrency?: number
  /** How Pub/Sub sends messages: within JSON, or as they are with what it knows of them in headers. @default 'wrapped' */
  pubsubPayload?: 'wrapped' | 'unwrapped'
}

/**
 * https://docs.cloud.google.com/run/docs/configuring/request-timeout
 * https://docs.cloud.google.com/run/docs/about-concurrency
 */
const known: Record<keyof CloudRunOptions, OptionRule> = {
  name: { type: 'string' },
  origin: { type: 'string', format: 'origin' },
  timeoutSeconds: { type: 'number', integer: true, min: 1, max: 3600 },
  concurrency: { type: 'number', integer: true, min: 1, max: 1000 },
  pubsubPayload: { type: 'string', oneOf: ['wrapped', 'unwrapped'] },
}

/** The target Google Cloud Run: a server on Node's `http`, a Dockerfile and a Knative service. */
export function cloudRun(options: CloudRunOptions = {}): Target {
  const timeoutSeconds = options.timeoutSeconds ?? 300
  return {
    name: options.name ?? 'cloud-run',
    platform: 'cloud-run',
    capabilities,
    // https://docs.cloud.google.com/run/quotas: 32 MiB each way over HTTP/1, an answer only when it is not streamed.
    limits: { requestBytes: 32 * 1024 * 1024, responseBytes: Infinity, timeoutMs: timeoutSeconds * 1000 },
    external: [],
    conditions: ['node'],
    runtime: { kind: 'node', version: '24' },
    options: { given: options, known },
    emit: (plan) =>
      emit(plan, {
        timeoutSeconds,
        concurrency: options.concurrency ?? 80,
        origin: options.origin,
        unwrapped: options.pubsubPayload === 'unwrapped',
      }),
  }
}

interface Settings {
  timeoutSeconds: number
  concurrency: number
  origin: string | undefined
  unwrapped: boolean
}

function emit(plan: Plan, settings: Settings): Emitted {
  const shared = plan.http.find(({ folder }) => folder === '')
  const own = plan.http.filter((deployable) => deployable !== shared)
  const context = eventsContext(plan, settings)
  const hasEvents = plan.events.length > 0
  const main = shared || hasEvents ? [mainEntry(plan, shared, settings)] : []
  const entries = [...main, ...own.map((deployable) => ownEntry(plan, deployable, settings))]
  return {
    entries: [...entries, ...(plan.events.some(({ function: { kind } }) => kind !== 'schedule') ? [authEntry] : [])],
    files: [
      { path: 'Dockerfile', text: dockerfile(entries[0]?.file ?? 'server.mjs') },
      { path: '.dockerignore', text: dockerignore() },
      { path: 'service.yaml', text: serviceYaml(services(plan, settings)) },
      ...(hasEvents ? [{ path: 'triggers.tf.json', text: triggers(context) }] : []),
    ],
    diagnostics: [...checkEvents(context), ...checkService(plan)],
  }
}

function services(plan: Plan, settings: Settings): Service[] {
  const http = plan.http.map((deployable) => ({
    name: deployable.service,
    server: serverFile(deployable),
    ...settings,
  }))
  if (plan.events.length === 0) return http
  const events = {
    name: eventsService(plan),
    server: mainFile,
    concurrency: settings.concurrency,
    timeoutSeconds: eventsTimeout(settings),
    events: { image: plan.application, account: accountOf(plan.application) },
  }
  return [...http, events]
}

const mainFile = 'server.mjs'

/** Loaded when an event is set aside for the first time: it is 700 kB and would cost every cold start 60 ms. */
const authEntry: EmittedEntry = {
  functions: [],
  file: 'google-auth.mjs',
  source: "export { GoogleAuth } from '@isobar/cloud-run/google-auth'\n",
}

/** The server of the shared http functions and of the events: which of them it serves is said where it is deployed. */
function mainEntry(plan: Plan, shared: HttpDeployable | undefined, settings: Settings): EmittedEntry {
  const shims = plan.events.map((event) => ({
    name: event.name,
    ...eventSource(event, { unwrapped: settings.unwrapped, timeoutSeconds: eventsTimeout(settings) }),
  }))
  const publishes = plan.events.some(({ function: { kind } }) => kind !== 'schedule')
  const imports = [
    'load',
    'serve',
    ...(shims.length > 0 ? ['eventFunctions'] : []),
    ...shims.flatMap((shim) => shim.imports),
    ...(publishes ? ['topicPublisher'] : []),
  ]
  const modules = [...(shared?.modules ?? []), ...plan.events.flatMap((event) => event.modules)]
  const source = [
    `import { ${[...new Set(imports)].toSorted().join(', ')} } from '@isobar/cloud-run'`,
    '',
    ...new Set(modules.map(({ statement }) => statement)),
    '',
    ...(publishes
      ? ["const publish = topicPublisher(() => import(new URL('google-auth.mjs', import.meta.url).href))", '']
      : []),
    'serve({',
    ...head(plan, settings),
    `  functions: ${shared?.functionsLiteral ?? '{}'},`,
    ...(shims.length > 0 ? ['  events: eventFunctions({', ...shims.flatMap(eventMember), '  }),'] : []),
    '})',
    '',
  ].join('\n')
  const functions = [...(shared?.functions ?? []), ...plan.events].map(({ name }) => name)
  return { functions, file: mainFile, source }
}

function eventMember({ name, members }: EventShim & { name: string }): string[] {
  return [`    ${JSON.stringify(name)}: {`, ...members.map((member) => `      ${member},`), '    },']
}

function ownEntry(plan: Plan, deployable: HttpDeployable, settings: Settings): EmittedEntry {
  const source = [
    "import { load, serve } from '@isobar/cloud-run'",
    '',
    ...deployable.modules.map(({ statement }) => statement),
    '',
    'serve({',
    ...head(plan, settings),
    `  functions: ${deployable.functionsLiteral},`,
    '})',
    '',
  ].join('\n')
  return { functions: deployable.functions.map(({ name }) => name), file: serverFile(deployable), source }
}

function head(plan: Plan, { origin, timeoutSeconds }: Settings): string[] {
  return [
    `  target: ${JSON.stringify(plan.target)},`,
    ...(origin === undefined ? [] : [`  origin: ${JSON.stringify(origin)},`]),
    `  timeoutSeconds: ${timeoutSeconds},`,
  ]
}

function serverFile({ folder }: HttpDeployable): string {
  return `${folder}${mainFile}`
}
