import { randomBytes } from 'node:crypto'

import type { Clock } from '../../events/clock.ts'
import type { ContentType, QueueMetrics, QueueResult } from './dispatcher.ts'
import type { ConsumerSettings } from './settings.ts'

/** One message in one queue. */
export interface QueueMessage {
  /** The platform's own; kept at every redelivery and in the dead-letter queue. */
  id: string
  queue: string
  /** When it was sent, milliseconds since 1970. */
  timestamp: number
  contentType: ContentType
  body: Uint8Array
  /** How often it was handed over. */
  attempts: number
  /** When it came into this queue. */
  storedAt: number
  /** The queue whose consumer could not handle it. */
  deadFrom?: string
}

export interface OutgoingMessage {
  contentType: ContentType
  body: Uint8Array
  delaySeconds: number
}

/** Told what becomes of messages. */
export interface Observer {
  begun(message: QueueMessage): void
  answered(message: QueueMessage, outcome: 'ack' | 'retry', error?: string): void
  ended(message: QueueMessage, end: 'acknowledged' | 'dead-lettered' | 'dropped'): void
}

/** @throws Error when the runtime ended before it had answered. */
export type Dispatch = (queue: string, messages: QueueMessage[], metrics: QueueMetrics) => Promise<QueueResult>

/** Cloudflare Queues, on a clock of ours. A queue that is sent to exists. */
export interface Broker {
  consume(settings: ConsumerSettings, dispatch: Dispatch): void
  /** Delivery begins with the clock's next `settle`. */
  send(queue: string, messages: OutgoingMessage[]): QueueMessage[]
  /** What lies in a queue, oldest first. */
  stored(queue: string): QueueMessage[]
  metrics(queue: string): QueueMetrics
  /** Drops what has lain for too long, also where nobody looks. */
  expire(): void
}

interface Consumer {
  settings: ConsumerSettings
  dispatch: Dispatch
  /** Invocations that run or are about to. */
  active: number
  /** Invocations that may run: the platform adds one after a batch, as long as messages wait. */
  allowed: number
}

interface Queue {
  name: string
  waiting: QueueMessage[]
  delayed: Set<QueueMessage>
  /** Of the bodies of both. */
  bytes: number
  consumer?: Consumer
}

/** Four days. https://developers.cloudflare.com/queues/platform/limits/ */
const retentionMs = 4 * 86_400_000

export function createBroker(clock: Clock, observer: Observer): Broker {
  const queues = new Map<string, Queue>()

  const queueNamed = (name: string): Queue => {
    let queue = queues.get(name)
    if (queue === undefined) queues.set(name, (queue = { name, waiting: [], delayed: new Set(), bytes: 0 }))
    return queue
  }

  const isKept = (message: QueueMessage): boolean => {
    if (clock.now() - message.storedAt < retentionMs) return true
    observer.ended(message, 'dropped')
    return false
  }

  const put = (queue: Queue, message: QueueMessage, delaySeconds: number): void => {
    queue.bytes += message.body.length
    if (delaySeconds === 0) {
      queue.waiting.push(message)
      return wake(queue)
    }
    queue.delayed.add(message)
    clock.at(clock.now() + delaySeconds * 1000, () => {
      queue.delayed.delete(message)
      queue.waiting.push(message)
      wake(queue)
    })
  }

  const expire = (queue: Queue): void => {
    queue.waiting = queue.waiting.filter((message) => {
      if (isKept(message)) return true
      queue.bytes -= message.body.length
      return false
    })
  }

  const wake = (queue: Queue): void => {
    const { consumer } = queue
    if (consumer === undefined) return
    while (consumer.active < consumer.allowed && consumer.active < queue.waiting.length) {
      consumer.active += 1
      clock.at(clock.now(), async () => {
        try {
          await handOver(queue, consumer)
        } finally {
          consumer.active -= 1
          scale(queue, consumer)
          wake(queue)
        }
      })
    }
  }

  const handOver = async (queue: Queue, { settings, dispatch }: Consumer): Promise<void> => {
    const taken = queue.waiting.splice(0, settings.maxBatchSize)
    for (const { body } of taken) queue.bytes -= body.length
    const batch = taken.filter(isKept)
    if (batch.length === 0) return
    for (const message of batch) {
      message.attempts += 1
      observer.begun(message)
    }
    const verdict = await dispatch(queue.name, batch, metricsOf(queue)).then(verdictOf, (cause: unknown) =>
      failed(cause instanceof Error ? cause.message : String(cause)),
    )
    for (const message of batch) settle(queue, message, settings, verdict)
  }

  const settle = (queue: Queue, message: QueueMessage, settings: ConsumerSettings, verdict: Verdict): void => {
    const retry = verdict.of(message.id)
    if (retry === undefined) {
      observer.answered(message, 'ack')
      return observer.ended(message, 'acknowledged')
    }
    observer.answered(message, 'retry', verdict.error)
    if (message.attempts <= settings.maxRetries) {
      // https://developers.cloudflare.com/queues/configuration/batching-retries/#message-delay-precedence
      const delay = retry.delaySeconds ?? settings.retryDelay
      // Without a delay it is in the next batch, which may be as long in coming as a batch may wait to be full. What is sent
      // does not wait here: the time is the longest, and on a clock that stands still no other message would come.
      return put(queue, message, delay === 0 ? settings.maxBatchTimeout : delay)
    }
    // https://developers.cloudflare.com/queues/configuration/dead-letter-queues/
    const { deadLetterQueue } = settings
    if (deadLetterQueue === undefined) return observer.ended(message, 'dropped')
    observer.ended(message, 'dead-lettered')
    const dead = { ...message, queue: deadLetterQueue, attempts: 0, storedAt: clock.now(), deadFrom: queue.name }
    put(queueNamed(deadLetterQueue), dead, 0)
  }

  return {
    consume(settings, dispatch) {
      const queue = queueNamed(settings.queue)
      // A queue has one consumer: https://developers.cloudflare.com/queues/reference/how-queues-works/#consumers
      if (queue.consumer !== undefined)
        throw new Error(`The queue ${settings.queue} has two consumers; it can have one.`)
      queue.consumer = { settings, dispatch, active: 0, allowed: 1 }
    },
    send(name, outgoing) {
      const queue = queueNamed(name)
      return outgoing.map(({ contentType, body, delaySeconds }) => {
        const now = clock.now()
        const id = randomBytes(16).toString('hex')
        const message = { id, queue: name, timestamp: now, contentType, body, attempts: 0, storedAt: now }
        put(queue, message, delaySeconds)
        return message
      })
    },
    metrics: (name) => metricsOf(queueNamed(name)),
    expire() {
      for (const queue of queues.values()) expire(queue)
    },
    stored(name) {
      const queue = queueNamed(name)
      expire(queue)
      return [...queue.waiting, ...queue.delayed].toSorted((a, b) => a.storedAt - b.storedAt)
    },
  }
}

function metricsOf({ waiting, delayed, bytes }: Queue): QueueMetrics {
  const backlogCount = waiting.length + delayed.size
  return { backlogCount, backlogBytes: bytes, oldestMessageTimestamp: waiting[0]?.timestamp ?? 0 }
}

/** https://developers.cloudflare.com/queues/configuration/consumer-concurrency/#how-concurrency-works */
function scale({ waiting }: Queue, consumer: Consumer): void {
  if (waiting.length === 0) consumer.allowed = Math.max(1, consumer.active)
  else if (consumer.allowed < consumer.settings.maxConcurrency) consumer.allowed += 1
}

interface Verdict {
  error?: string
  /** How a message is to be retried; undefined: it is acknowledged. */
  of(id: string): { delaySeconds?: number | undefined } | undefined
}

function failed(error: string): Verdict {
  return { error, of: () => ({}) }
}

/**
 * What was called on a message comes first, then what was called on the batch, then how the handler ended: one that fails has
 * all retried but what it had acknowledged.
 * https://developers.cloudflare.com/queues/configuration/batching-retries/#explicit-acknowledgement-and-retries
 */
function verdictOf({ outcome, ackAll, retryBatch, explicitAcks, retryMessages }: QueueResult): Verdict {
  const acked = new Set(explicitAcks)
  const retried = new Map(retryMessages.map(({ msgId, delaySeconds }) => [msgId, { delaySeconds }]))
  const rest = ackAll ? undefined : retryBatch.retry ? retryBatch : outcome === 'ok' ? undefined : {}
  return {
    ...(outcome !== 'ok' && { error: `The handler ended with the outcome ${outcome}.` }),
    of: (id) => (acked.has(id) ? undefined : (retried.get(id) ?? rest)),
  }
}
