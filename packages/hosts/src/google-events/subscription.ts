import type { Clock } from '../events/clock.ts'
import type { Records } from '../events/records.ts'
import type { DeliveryRecord } from '../events/types.ts'
import type { Message, Outgoing } from './message.ts'
import { createFifo, type Fifo } from './fifo.ts'

/** How a message of a push subscription comes again, and when it does not. */
export interface DeliveryPolicy {
  /** Exponential between these, in milliseconds. Undefined: as soon as push backoff lets it. */
  backoff: { minMs: number; maxMs: number } | undefined
  /** How long an undelivered message is kept, in milliseconds. */
  retentionMs: number
  /** One message of a key at a time, and none past one that failed. */
  ordered: boolean
  /** After this many attempts a message is set aside; undefined: it comes until it expires. */
  maxAttempts: number | undefined
  /** What becomes of it then. */
  setAside(message: Message, attempts: number): 'dead-lettered' | 'dropped'
}

/** What an endpoint made of a request; undefined: it was acknowledged. */
export type Failure = string | undefined

export interface SubscriptionOptions {
  clock: Clock
  records: Records
  policy: DeliveryPolicy
  push(message: Message, attempt: number): Promise<Failure>
}

export interface PushSubscription {
  add(outgoing: Outgoing): void
}

/** Requests that are outstanding at a time. Pub/Sub's own limit moves: https://cloud.google.com/pubsub/docs/push#push_backoff */
const maxOutstanding = 20

/** Without a retry policy only push backoff delays: https://cloud.google.com/pubsub/docs/push#push_backoff */
const pushBackoff = { minMs: 100, maxMs: 60_000 }

/** Pushes each message until it is acknowledged, expires or has been tried too often. */
export function createSubscription({ clock, records, policy, push }: SubscriptionOptions): PushSubscription {
  const ready = createFifo<Outgoing>()
  /** By the time at which they come again: one timer for all of a time. */
  const later = new Map<number, Outgoing[]>()
  /** What waits behind the outstanding message of a key. */
  const behind = new Map<string, Fifo<Outgoing>>()
  let workers = 0

  const makeReady = (outgoing: Outgoing): void => {
    ready.push(outgoing)
    if (workers === maxOutstanding) return
    workers += 1
    clock.at(clock.now(), work)
  }

  const work = async (): Promise<void> => {
    try {
      for (let next = ready.shift(); next !== undefined; next = ready.shift()) await attempt(next)
    } finally {
      workers -= 1
    }
  }

  const makeReadyAt = (time: number, outgoing: Outgoing): void => {
    const waiting = later.get(time)
    if (waiting !== undefined) return void waiting.push(outgoing)
    const all = [outgoing]
    later.set(time, all)
    clock.at(time, () => {
      later.delete(time)
      for (const one of all) makeReady(one)
    })
  }

  const attempt = async (outgoing: Outgoing): Promise<void> => {
    const { message, record } = outgoing
    const expires = message.publishTime + policy.retentionMs
    if (clock.now() >= expires) return end(outgoing, 'dropped')
    const current = records.begun(record)
    const failure = await push(message, current.number)
    if (failure === undefined) {
      current.outcome = 'ack'
      return end(outgoing, 'acknowledged')
    }
    current.outcome = 'retry'
    current.error = failure
    if (policy.maxAttempts !== undefined && current.number >= policy.maxAttempts) {
      return end(outgoing, policy.setAside(message, current.number))
    }
    makeReadyAt(Math.min(clock.now() + backoffMs(policy, current.number), expires), outgoing)
  }

  const end = ({ message, record }: Outgoing, how: NonNullable<DeliveryRecord['end']>): void => {
    record.end = how
    const key = orderedBy(message)
    if (key === undefined) return
    const next = behind.get(key)?.shift()
    if (next === undefined) behind.delete(key)
    else makeReady(next)
  }

  const orderedBy = ({ orderingKey }: Message): string | undefined =>
    policy.ordered && orderingKey !== '' ? orderingKey : undefined

  return {
    add(outgoing) {
      const key = orderedBy(outgoing.message)
      const waiting = key === undefined ? undefined : behind.get(key)
      if (waiting !== undefined) return waiting.push(outgoing)
      if (key !== undefined) behind.set(key, createFifo())
      makeReady(outgoing)
    },
  }
}

/** How long after the nth failed attempt. Each doubling, as near as "exponential" is documented. */
export function backoffMs({ backoff }: Pick<DeliveryPolicy, 'backoff'>, attempt: number): number {
  const { minMs, maxMs } = backoff ?? pushBackoff
  const delay = Math.min(maxMs, minMs * 2 ** (attempt - 1))
  // A policy of no delay leaves it to push backoff as well.
  return delay > 0 ? delay : Math.min(pushBackoff.maxMs, pushBackoff.minMs * 2 ** (attempt - 1))
}
