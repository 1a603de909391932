import type { Emitted, OptionRule, Plan, Target } from '@isobar/compiler'
import { capabilities } from './build/capabilities.ts'
import { planCrons } from './build/crons.ts'
import { checkQueues } from './build/diagnostics.ts'
import { planQueues } from './build/queues.ts'
import { setupScript } from './build/setup.ts'
import { shimOf, type WorkerParts } from './build/shim.ts'
import { wranglerConfig, type Settings, type Triggers } from './build/wrangler.ts'

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

function emit(plan: Plan, settings: Settings): Emitted {
  const triggers: Triggers = { consumed: planQueues(plan), crons: planCrons(plan) }
  const workers = workersOf(plan, triggers)
  const setup = setupScript(triggers)
  return {
    entries: workers.map(shimOf),
    files: [
      ...workers.map((parts) => ({
        path: `${parts.folder}wrangler.jsonc`,
        text: wranglerConfig(parts.service, settings, parts.triggers),
      })),
      ...(setup === undefined ? [] : [{ path: 'setup.sh', text: setup }]),
    ],
    diagnostics: checkQueues(plan, triggers.consumed),
  }
}

/** All event functions share a Worker with the shared http functions; without those it has no `fetch`. */
function workersOf(
  { application, target, http, events }: Plan,
  triggers: Triggers,
): (WorkerParts & { service: string })[] {
  const shared = http.find(({ folder }) => folder === '')
  const apart = http.filter((deployable) => deployable !== shared)
  return [
    ...(shared || events.length > 0
      ? [{ target, service: application, folder: '', http: shared, events, triggers }]
      : []),
    ...apart.map((deployable) => ({
      target,
      service: deployable.service,
      folder: deployable.folder,
      http: deployable,
      events: [],
      triggers: { consumed: [], crons: [] },
    })),
  ]
}
