import type { HttpDeployable, Emitted, EmittedEntry, OptionRule, Plan, Target } from '@isobar/compiler'
import { checkEvents, eventsTerraform } from '@isobar/google-events/build'
import { capabilities } from './build/capabilities.ts'
import { eventEntries, eventsContext } from './build/events.ts'
import { functionPackage, terraform } from './build/files.ts'

export interface GoogleCloudFunctionsOptions {
  /** The target's name: its folder, and the value of `--target`. @default 'google-cloud-functions' */
  name?: string
  /** Scheme and host of `request.url`: `https://api.example.com`. @default https and the client's Host header */
  origin?: string
  /** How long a request may take, in seconds, 1 to 3600. @default 60 */
  timeoutSeconds?: number
  /** How Pub/Sub sends messages: within JSON, or as they are with what it knows of them in headers. @default 'wrapped' */
  pubsubPayload?: 'wrapped' | 'unwrapped'
}

/** https://docs.cloud.google.com/functions/docs/configuring/timeout */
const known: Record<keyof GoogleCloudFunctionsOptions, OptionRule> = {
  name: { type: 'string' },
  origin: { type: 'string', format: 'origin' },
  timeoutSeconds: { type: 'number', integer: true, min: 1, max: 3600 },
  pubsubPayload: { type: 'string', oneOf: ['wrapped', 'unwrapped'] },
}

/** The target Google Cloud Functions (2nd gen): a function of the Functions Framework per deployable, and Terraform. */
export function googleCloudFunctions(options: GoogleCloudFunctionsOptions = {}): Target {
  const timeoutSeconds = options.timeoutSeconds ?? 60
  return {
    name: options.name ?? 'google-cloud-functions',
    platform: 'google-cloud-functions',
    capabilities,
    // https://docs.cloud.google.com/functions/quotas: 32 MB each way, an answer only when it is not streamed.
    limits: { requestBytes: 32 * 1024 * 1024, responseBytes: Infinity, timeoutMs: timeoutSeconds * 1000 },
    // It starts the process and loads the function, so both must see the same copy.
    external: ['@google-cloud/functions-framework'],
    conditions: ['node'],
    runtime: { kind: 'node', version: '22' },
    options: { given: options, known },
    emit: (plan) =>
      emit(plan, { timeoutSeconds, origin: options.origin, unwrapped: options.pubsubPayload === 'unwrapped' }),
  }
}

interface Settings {
  timeoutSeconds: number
  origin: string | undefined
  unwrapped: boolean
}

function emit(plan: Plan, settings: Settings): Emitted {
  const { timeoutSeconds } = settings
  const context = eventsContext(plan, settings)
  const functions = [
    ...plan.http.map(({ name, service }) => ({ entryPoint: name, name: service, timeoutSeconds, events: false })),
    ...plan.events.map(({ name, service }) => ({
      entryPoint: name,
      name: service,
      timeoutSeconds: context.timeoutSeconds,
      events: true,
    })),
  ]
  return {
    entries: [
      ...plan.http.map((deployable) => entry(plan, deployable, settings)),
      ...plan.events.flatMap((event) => eventEntries(plan, event, context)),
    ],
    files: [
      ...functions.map(({ entryPoint, name }) => ({ path: `${entryPoint}/package.json`, text: functionPackage(name) })),
      { path: 'main.tf.json', text: terraform(functions, eventsTerraform(context)) },
    ],
    diagnostics: checkEvents(context),
  }
}

function entry(plan: Plan, deployable: HttpDeployable, { origin, timeoutSeconds }: Settings): EmittedEntry {
  const source = [
    "import { http } from '@google-cloud/functions-framework'",
    "import { httpFunction, load } from '@isobar/google-cloud-functions'",
    '',
    ...deployable.modules.map(({ statement }) => statement),
    '',
    `http(${JSON.stringify(deployable.name)}, httpFunction({`,
    `  target: ${JSON.stringify(plan.target)},`,
    ...(origin === undefined ? [] : [`  origin: ${JSON.stringify(origin)},`]),
    `  timeoutSeconds: ${timeoutSeconds},`,
    `  functions: ${deployable.functionsLiteral},`,
    '}))',
    '',
  ].join('\n')
  return {
    functions: deployable.functions.map(({ name }) => name),
    file: `${deployable.name}/index.mjs`,
    handler: deployable.name,
    source,
  }
}
