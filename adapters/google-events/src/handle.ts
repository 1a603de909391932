import {
  createEventFunction,
  runEvents,
  type EventApplication,
  type EventCall,
  type EventFunction,
  type MalformedMessage,
} from '@isobar/core/adapter'
import { deadLetter } from './dead-letter.ts'
import type { Delivery } from './delivery.ts'
import { sink } from './log.ts'
import type { Publish } from './publish.ts'
import type { EventSource, ReadMessage } from './source.ts'

/** One event function of a shim: what the user's module exports, and where its events come from. */
export interface GoogleEventFunction {
  definition: unknown
  source: EventSource
  /** The topic for events that are rejected. Absent: they are only logged (a schedule). */
  deadLetterTopic?: string
  /** Publishes to that topic. */
  publish?: Publish
  /** How long the sender waits; handlers learn their deadline from it. @default no deadline */
  timeoutSeconds?: number
}

/**
 * Answers one delivery, once the work given to waitUntil is done too: the CPU is taken away with the answer.
 *
 * @returns 204: done, or set aside. 503: it shall come again. Never anything else, least of all a 4xx: Pub/Sub repeats those as
 * well, but other senders do not. https://docs.cloud.google.com/pubsub/docs/push#receive_push
 */
export type AnswerDelivery = (delivery: Delivery, call: PlatformCall) => Promise<204 | 503>

/** What the platform tells beside the delivery itself. */
export type PlatformCall = Pick<EventCall, 'id' | 'native' | 'env' | 'version'>

/** @throws TypeError when the definition is none of the source's kind. */
export function createDeliveryHandler(
  application: Pick<EventApplication, 'target' | 'name'>,
  { definition, source, deadLetterTopic, publish, timeoutSeconds }: GoogleEventFunction,
): AnswerDelivery {
  const fn = createEventFunction({ ...application, definition }, source.kind)
  return async (delivery, platform) => {
    const read = tryRead(source, delivery, fn)
    const { outcomes, settle } = await runEvents(fn, {
      ...platform,
      sink,
      traceparent: delivery.headers['traceparent'],
      deadline: timeoutSeconds === undefined ? undefined : delivery.now + timeoutSeconds * 1000,
      messages: ['malformed' in read ? read : read.message],
      ordered: source.ordered ?? false,
      reject:
        deadLetterTopic === undefined || publish === undefined || 'malformed' in read
          ? undefined
          : (_message, _index, reason) => publish(deadLetter(deadLetterTopic, read, reason)),
    })
    await settle()
    return outcomes.every(({ kind }) => kind !== 'retry') ? 204 : 503
  }
}

function tryRead(source: EventSource, delivery: Delivery, fn: EventFunction): ReadMessage | MalformedMessage {
  try {
    return source.read(delivery, fn)
  } catch (error) {
    return { malformed: error instanceof Error ? error : new Error(String(error)) }
  }
}
