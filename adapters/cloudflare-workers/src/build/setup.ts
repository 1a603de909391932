import type { PlannedEvent } from '@isobar/compiler'
import type { ConsumedQueue } from './queues.ts'
import type { Triggers } from './wrangler.ts'

/** The commands that create what a Worker needs and wrangler.jsonc cannot; undefined where it needs nothing. */
export function setupScript({ consumed, crons }: Triggers): string | undefined {
  const notes = cronNotes(crons.length)
  if (consumed.length === 0 && notes.length === 0) return undefined
  const queues = new Set(consumed.flatMap(({ name, deadLetters }) => [name, deadLetters]))
  return [
    '#!/bin/sh',
    '# Creates the queues of this Worker and has its buckets notify them. Run it once, before `wrangler deploy`; the buckets',
    '# must be there. A command whose queue or rule is there already fails and changes nothing, and the next one follows.',
    ...notes,
    '',
    ...[...queues].map((queue) => `npx wrangler queues create ${queue}`),
    ...consumed.flatMap(notificationCommand),
    '',
  ].join('\n')
}

/** https://developers.cloudflare.com/r2/reference/wrangler-commands/#r2-bucket-notification-create */
function notificationCommand({ name, planned }: ConsumedQueue): string[] {
  if (planned.kind !== 'storage') return []
  return [
    `npx wrangler r2 bucket notification create ${planned.resource.physical} --event-type ${eventTypes(planned.trigger.on)} --queue ${name}`,
  ]
}

function eventTypes(on: Extract<PlannedEvent, { kind: 'storage' }>['trigger']['on']): string {
  // The rule is what filters.
  return on === undefined ? 'object-create object-delete' : on === 'created' ? 'object-create' : 'object-delete'
}

/** https://developers.cloudflare.com/workers/platform/limits/#account-plan-limits */
function cronNotes(count: number): string[] {
  if (count <= 5) return []
  return [`# Its ${count} cron triggers are more than the 5 of an account on the Free plan; a paid one has 250.`]
}
