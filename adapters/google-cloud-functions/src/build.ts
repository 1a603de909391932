import type { HttpDeployable, Emitted, EmittedEntry, OptionRule, Plan, Target } from '@isobar/compiler'
import { capabilities } from './build/capabilities.ts'
import { functionPackage, terraform } from './build/files.ts'

export interface GoogleCloudFunctionsOptions {
  /** The target's name: its folder, and the value of `--target`. @default 'google-cloud-functions' */
  name?: string
  /** Scheme and host of `request.url`: `https://api.example.com`. @default https and the client's Host header */
  origin?: string
  /** How long a request may take, in seconds, 1 to 3600. @default 60 */
  timeoutSeconds?: number
}

/** https://docs.cloud.google.com/functions/docs/configuring/timeout */
const known: Record<keyof GoogleCloudFunctionsOptions, OptionRule> = {
  name: { type: 'string' },
  origin: { type: 'string', format: 'origin' },
  timeoutSeconds: { type: 'number', integer: true, min: 1, max: 3600 },
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
    emit: (plan) => emit(plan, { timeoutSeconds, origin: options.origin }),
  }
}

interface Settings {
  timeoutSeconds: number
  origin: string | undefined
}

function emit(plan: Plan, settings: Settings): Emitted {
  const functions = plan.http.map((deployable) => ({
    entryPoint: deployable.name,
    name: deployable.service,
  }))
  return {
    entries: plan.http.map((deployable) => entry(plan, deployable, settings)),
    files: [
      ...functions.map(({ entryPoint, name }) => ({ path: `${entryPoint}/package.json`, text: functionPackage(name) })),
      { path: 'main.tf.json', text: terraform(functions, settings.timeoutSeconds) },
    ],
    diagnostics: [],
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
