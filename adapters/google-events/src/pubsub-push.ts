import { MalformedEventError } from '@isobar/core/adapter'
import { describe, fromBase64, member, parseObject, text, toDate, type Delivery } from './delivery.ts'
import type { EventSource, Origin, ReadMessage } from './source.ts'

export interface PushOptions {
  /** The subscription has message ordering on. @default false */
  ordered?: boolean
}

const expected = 'a Pub/Sub push, { message: { data, attributes, messageId }, subscription }'

/**
 * A push subscription of Pub/Sub, with the payload wrapped as it is unless that is switched off:
 * https://docs.cloud.google.com/pubsub/docs/push#receive_push
 */
export function pubsubPush(kind: 'queue' | 'topic' | 'stream', { ordered = false }: PushOptions = {}): EventSource {
  return { kind, ordered, read: readPush }
}

function readPush({ body, now }: Delivery): ReadMessage {
  const push = parseObject(body, expected)
  const message = member(push, 'message')
  const subscription = text(push, 'subscription')
  if (typeof message !== 'object' || message === null || subscription === undefined) {
    throw new MalformedEventError(`Expected ${expected}, got ${describe(push)}.`)
  }
  // Pub/Sub writes both spellings; its emulator only the first.
  const id = text(message, 'messageId') ?? text(message, 'message_id')
  if (id === undefined) throw new MalformedEventError(`Expected ${expected}, got a message without messageId.`)
  const data = member(message, 'data') ?? ''
  if (typeof data !== 'string') throw new MalformedEventError(`Expected the data in base64, got ${describe(data)}.`)
  const published = text(message, 'publishTime') ?? text(message, 'publish_time')
  const attempt = member(push, 'deliveryAttempt')
  const origin: Origin = {
    data: fromBase64(data),
    attributes: readAttributes(member(message, 'attributes')),
    orderingKey: text(message, 'orderingKey') || undefined,
    subscription,
  }
  return {
    message: {
      id,
      time: published ?? now,
      attributes: origin.attributes,
      cloudEvent: 'attributes',
      payload: { bytes: origin.data },
      delivery: deliveryOf(origin, published, typeof attempt === 'number' ? attempt : undefined),
    },
    origin,
  }
}

/** The attempt is told by subscriptions with a dead-letter policy alone. */
export function deliveryOf(
  { orderingKey }: Origin,
  published: string | undefined,
  attempt: number | undefined,
): ReadMessage['message']['delivery'] {
  const enqueuedAt = toDate(published)
  return {
    ...(attempt !== undefined && { attempt }),
    ...(enqueuedAt && { enqueuedAt }),
    ...(orderingKey !== undefined && { orderingKey }),
  }
}

function readAttributes(attributes: unknown): Record<string, string> {
  if (attributes === undefined || attributes === null) return {}
  if (typeof attributes !== 'object') {
    throw new MalformedEventError(`Expected attributes that are texts by name, got ${describe(attributes)}.`)
  }
  return Object.fromEntries(
    Object.entries(attributes).map(([name, value]: [string, unknown]) => {
      if (typeof value === 'string') return [name, value]
      throw new MalformedEventError(`Expected attributes that are texts, got ${describe(value)} as '${name}'.`)
    }),
  )
}
