import type { EventDeployable, Plan, PlannedEvent } from '@isobar/compiler'
import { quote, sourceOf, type ShimSource } from './source.ts'

/** A queue that the Worker consumes. */
export interface ConsumedQueue {
  name: string
  /** Where the platform puts those that were tried too often, and the Worker those that are rejected. */
  deadLetters: string
  /** The queues that its consumer sends to. */
  sendsTo: string[]
  source: ShimSource
  settings: ConsumerSettings
  /** The function that it is for; of a topic, the first one. */
  planned: PlannedEvent
}

/** https://developers.cloudflare.com/queues/configuration/configure-queues/ */
export interface ConsumerSettings {
  max_batch_size: number
  /** Seconds. */
  max_batch_timeout: number
  max_retries: number
  /** Seconds. @default 0 */
  retry_delay?: number
}

/** What the platform takes where nothing is said; said all the same, since the local engine has other defaults. */
const defaults: ConsumerSettings = { max_batch_size: 10, max_batch_timeout: 5, max_retries: 3 }

/** The most that there may be: https://developers.cloudflare.com/queues/platform/limits/ */
export const limits: { batchSize: number; maxAttempts: number } = { batchSize: 100, maxAttempts: 101 }

/** The queues that the event functions of an application need. */
export function planQueues({ events, target }: Plan): ConsumedQueue[] {
  const topics = Map.groupBy(
    events.filter((event) => event.function.kind === 'topic'),
    (event) => event.function.resource.physical,
  )
  return [
    ...[...topics].flatMap(([name, subscribers]) => fanOut(name, subscribers)),
    ...events.flatMap((event) => {
      const name = queueOf(event.function)
      return name === undefined ? [] : [consumedBy(event, name, target)]
    }),
  ]
}

/** The name of the binding under which the Worker sends to a queue; names of queues differ in more than their case. */
export function bindingOf(queue: string): string {
  return `QUEUE_${queue.toUpperCase().replaceAll('-', '_')}`
}

/** Undefined for what does not come through a queue. */
export function queueOf({ kind, name, resource }: PlannedEvent): string | undefined {
  if (kind === 'queue') return resource.physical
  // A queue has one consumer, and each function is to get every message of a topic and every notification of a bucket.
  return kind === 'topic' || kind === 'storage' ? `${resource.physical}-${name}` : undefined
}

/** How often and with how many others a message is tried, where a trigger says it. */
export function attemptsOf({ trigger }: PlannedEvent): { batchSize?: number; maxAttempts?: number } {
  return 'cron' in trigger ? {} : trigger
}

function deadOf(queue: string): string {
  return `${queue}-dead`
}

/** The queue of a topic, whose consumer passes its messages on. */
function fanOut(name: string, subscribers: readonly EventDeployable[]): ConsumedQueue[] {
  const [first] = subscribers
  if (!first) return []
  const sendsTo = subscribers.flatMap((subscriber) => queueOf(subscriber.function) ?? [])
  const bindings = sendsTo.map((queue) => quote(bindingOf(queue)))
  return [
    {
      name,
      deadLetters: deadOf(name),
      sendsTo,
      source: { factory: 'fanOut', text: `fanOut([${bindings.join(', ')}])` },
      // The subscribers' queues wait for a batch to fill; the way there need not. Only the platform itself can fail on it, so
      // a message is passed on again and again for as long as an outage may last, and not all at once.
      settings: { max_batch_size: 10, max_batch_timeout: 0, max_retries: limits.maxAttempts - 1, retry_delay: 30 },
      planned: first.function,
    },
  ]
}

function consumedBy({ function: planned, definition }: EventDeployable, name: string, target: string): ConsumedQueue {
  const deadLetters = deadOf(name)
  const { batchSize = defaults.max_batch_size, maxAttempts = defaults.max_retries + 1 } = attemptsOf(planned)
  return {
    name,
    deadLetters,
    sendsTo: [deadLetters],
    source: sourceOf(planned, target, definition, { deadLetters: bindingOf(deadLetters) }),
    settings: {
      ...defaults,
      max_batch_size: Math.min(limits.batchSize, batchSize),
      max_retries: Math.min(limits.maxAttempts, maxAttempts) - 1,
    },
    planned,
  }
}
