import type { HttpDeployable, Emitted, EmittedEntry, OptionRule, Plan, Target } from '@isobar/compiler'
import { capabilities } from './build/capabilities.ts'

export interface CloudflareWorkersOptions {
  /** The target's name: its folder, and the value of `--target`. @default 'cloudflare-workers' */
  name?: string
  /** Which behaviour of the runtime the Worker is held to. @default '2026-07-01' */
  compatibilityDate?: string
  /** Added to what the adapter needs: `['nodejs_compat']` for dependencies that use Node's modules. @default [] */
  compatibilityFlags?: string[]
}

const known: Record<keyof CloudflareWorkersOptions, OptionRule> = {
  name: { type: 'string' },
  compatibilityDate: { type: 'string', format: 'date' },
  compatibilityFlags: { type: 'string[]' },
}

/** The target Cloudflare Workers: a Worker in module format and its `wrangler.jsonc`. */
export function cloudflareWorkers(options: CloudflareWorkersOptions = {}): Target {
  // A wrong value must not throw: the compiler tells it, by the table above.
  const flags = Array.isArray(options.compatibilityFlags) ? options.compatibilityFlags : []
  const settings: Settings = {
    compatibilityDate: options.compatibilityDate ?? '2026-07-01',
    // Off by default; without it a Worker never learns that the client went away (S11).
    // https://developers.cloudflare.com/changelog/2025-05-22-handle-request-cancellation
    compatibilityFlags: [...new Set(['enable_request_signal', ...flags])],
  }
  return {
    name: options.name ?? 'cloudflare-workers',
    platform: 'cloudflare-workers',
    capabilities,
    // https://developers.cloudflare.com/workers/platform/limits/: 100 MB is the least of all plans; an answer has none.
    limits: { requestBytes: 100_000_000, responseBytes: Infinity, timeoutMs: Infinity },
    // The runtime has Node's modules under this flag alone: https://developers.cloudflare.com/workers/runtime-apis/nodejs/
    external: ['cloudflare:*', ...(settings.compatibilityFlags.includes('nodejs_compat') ? ['node:*'] : [])],
    conditions: ['workerd', 'worker', 'browser'],
    runtime: { kind: 'workers' },
    options: { given: options, known },
    emit: (plan) => emit(plan, settings),
  }
}

interface Settings {
  compatibilityDate: string
  compatibilityFlags: string[]
}

function emit(plan: Plan, settings: Settings): Emitted {
  return {
    entries: plan.http.map((deployable) => entry(plan, deployable)),
    files: plan.http.map(({ folder, service }) => ({
      path: `${folder}wrangler.jsonc`,
      text: wranglerConfig(service, settings),
    })),
    diagnostics: [],
  }
}

function entry(plan: Plan, deployable: HttpDeployable): EmittedEntry {
  const source = [
    "import { load, worker } from '@isobar/cloudflare-workers'",
    '',
    ...deployable.modules.map(({ statement }) => statement),
    '',
    'export default worker({',
    `  target: ${JSON.stringify(plan.target)},`,
    `  functions: ${deployable.functionsLiteral},`,
    '})',
    '',
  ].join('\n')
  return {
    functions: deployable.functions.map(({ name }) => name),
    file: `${deployable.folder}worker.mjs`,
    handler: 'default',
    source,
  }
}

/** https://developers.cloudflare.com/workers/wrangler/configuration/ */
function wranglerConfig(name: string, { compatibilityDate, compatibilityFlags }: Settings): string {
  const config = {
    $schema: 'https://www.unpkg.com/wrangler/config-schema.json',
    name,
    main: 'worker.mjs',
    compatibility_date: compatibilityDate,
    compatibility_flags: compatibilityFlags,
    // The Worker is bundled already; a second pass could only change it.
    no_bundle: true,
    observability: { enabled: true },
  }
  return `${JSON.stringify(config, null, 2)}\n`
}
