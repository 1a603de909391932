import type { HttpDeployable, Emitted, EmittedEntry, OptionRule, Plan, Target } from '@isobar/compiler'
import { capabilities } from './build/capabilities.ts'
import { dockerfile, dockerignore, serviceYaml } from './build/files.ts'

export interface CloudRunOptions {
  /** The target's name: its folder, and the value of `--target`. @default 'cloud-run' */
  name?: string
  /** Scheme and host of `request.url`: `https://api.example.com`. @default https and the client's Host header */
  origin?: string
  /** How long a request may take, in seconds, 1 to 3600. @default 300 */
  timeoutSeconds?: number
  /** Requests that one container takes at a time, 1 to 1000. @default 80 */
  concurrency?: number
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
    emit: (plan) => emit(plan, { timeoutSeconds, concurrency: options.concurrency ?? 80, origin: options.origin }),
  }
}

interface Settings {
  timeoutSeconds: number
  concurrency: number
  origin: string | undefined
}

function emit(plan: Plan, settings: Settings): Emitted {
  const entries = plan.http.map((deployable) => entry(plan, deployable, settings))
  const services = plan.http.map((deployable) => ({
    name: deployable.service,
    server: serverFile(deployable),
    ...settings,
  }))
  return {
    entries,
    files: [
      { path: 'Dockerfile', text: dockerfile(entries[0]?.file ?? 'server.mjs') },
      { path: '.dockerignore', text: dockerignore() },
      { path: 'service.yaml', text: serviceYaml(services) },
    ],
    diagnostics: [],
  }
}

function entry(plan: Plan, deployable: HttpDeployable, { origin, timeoutSeconds }: Settings): EmittedEntry {
  const source = [
    "import { load, serve } from '@isobar/cloud-run'",
    '',
    ...deployable.modules.map(({ statement }) => statement),
    '',
    'serve({',
    `  target: ${JSON.stringify(plan.target)},`,
    ...(origin === undefined ? [] : [`  origin: ${JSON.stringify(origin)},`]),
    `  timeoutSeconds: ${timeoutSeconds},`,
    `  functions: ${deployable.functionsLiteral},`,
    '})',
    '',
  ].join('\n')
  return { functions: deployable.functions.map(({ name }) => name), file: serverFile(deployable), source }
}

function serverFile({ folder }: HttpDeployable): string {
  return `${folder}server.mjs`
}
