import type { PlannedCron } from './crons.ts'
import { bindingOf, type ConsumedQueue } from './queues.ts'

export interface Settings {
  compatibilityDate: string
  compatibilityFlags: string[]
}

/** What a Worker is triggered by beside HTTP. */
export interface Triggers {
  consumed: readonly ConsumedQueue[]
  crons: readonly PlannedCron[]
}

/** https://developers.cloudflare.com/workers/wrangler/configuration/ */
export function wranglerConfig(name: string, settings: Settings, triggers: Triggers): string {
  const config = {
    $schema: 'https://www.unpkg.com/wrangler/config-schema.json',
    name,
    main: 'worker.mjs',
    compatibility_date: settings.compatibilityDate,
    compatibility_flags: settings.compatibilityFlags,
    // The Worker is bundled already; a second pass could only change it.
    no_bundle: true,
    observability: { enabled: true },
    ...queueConfig(triggers),
    // https://developers.cloudflare.com/workers/configuration/cron-triggers/
    ...(triggers.crons.length > 0 && { triggers: { crons: triggers.crons.map(({ expression }) => expression) } }),
  }
  return `${JSON.stringify(config, null, 2)}\n`
}

function queueConfig({ consumed }: Triggers): object {
  if (consumed.length === 0) return {}
  const sentTo = [...new Set(consumed.flatMap(({ sendsTo }) => sendsTo))]
  return {
    queues: {
      producers: sentTo.map((queue) => ({ binding: bindingOf(queue), queue })),
      consumers: consumed.map(({ name, deadLetters, settings }) => ({
        queue: name,
        ...settings,
        // Without one, those that were tried too often are deleted.
        dead_letter_queue: deadLetters,
      })),
    },
  }
}
