import type { Diagnostic, PlannedEvent } from '@isobar/compiler'
import { longestAckSeconds } from './context.ts'
import { at } from './names.ts'

/** What a dead-letter policy takes: https://docs.cloud.google.com/pubsub/docs/dead-letter-topics#set_the_maximum_number_of_delivery_attempts */
const limits = { min: 5, max: 100 }

/** How often Pub/Sub tries a message, 5 to 100. @default 5, as Pub/Sub's own */
export function deliveryAttempts(planned: PlannedEvent): number {
  const wanted = 'maxAttempts' in planned.trigger ? (planned.trigger.maxAttempts ?? limits.min) : limits.min
  return Math.min(Math.max(wanted, limits.min), limits.max)
}

/** Options about attempts that cannot be kept as they stand. */
export function checkAttempts(target: string, events: readonly PlannedEvent[]): Diagnostic[] {
  return events.flatMap((planned): Diagnostic[] => {
    const wanted = 'maxAttempts' in planned.trigger ? planned.trigger.maxAttempts : undefined
    if (wanted === undefined) return []
    const kept = deliveryAttempts(planned)
    if (kept === wanted) return []
    return [
      {
        id: 'pubsub-max-attempts',
        severity: 'warning',
        text: `'${planned.name}' has maxAttempts: ${wanted}, but Pub/Sub takes ${limits.min} to ${limits.max}: it will try ${kept} times.`,
        notes: [
          `Write ${kept}, or throw Reject in the handler for what need not come again.`,
          'https://docs.cloud.google.com/pubsub/docs/dead-letter-topics',
        ],
        ...at(planned),
        target,
      },
    ]
  })
}

/** A limit of the handler that is longer than any sender waits. */
export function checkTimeouts(target: string, events: readonly PlannedEvent[]): Diagnostic[] {
  return events.flatMap((planned): Diagnostic[] => {
    const { timeoutMs = 0 } = planned.trigger
    if (timeoutMs <= longestAckSeconds * 1000) return []
    return [
      {
        id: 'pubsub-time-limit',
        severity: 'warning',
        text: `'${planned.name}' has timeoutMs: ${timeoutMs}, but Pub/Sub and Eventarc wait at most ${longestAckSeconds} s for an answer, and the handler gets no longer.`,
        notes: [
          `Write at most ${longestAckSeconds * 1000}, and start longer work elsewhere.`,
          'https://docs.cloud.google.com/pubsub/docs/lease-management',
        ],
        ...at(planned),
        target,
      },
    ]
  })
}
