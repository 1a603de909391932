import type { TopicMessage } from './publish.ts'
import type { Origin, ReadMessage } from './source.ts'

const prefix = 'CloudPubSubDeadLetterSource'

/** https://docs.cloud.google.com/pubsub/quotas#resource_limits */
const limits = { attributes: 100, valueBytes: 1024 }

/**
 * What goes to a dead-letter topic for an event that a handler rejects: data, attributes and ordering key as they came, and
 * beside them what Pub/Sub itself adds when it forwards a message that was tried too often:
 * https://docs.cloud.google.com/pubsub/docs/dead-letter-topics#how_dead_letter_topics_work
 */
export function deadLetter(topic: string, { message, origin }: ReadMessage, reason: string): TopicMessage {
  const { data, attributes, orderingKey } = origin
  const [, project, subscription] = /^projects\/([^/]+)\/subscriptions\/([^/]+)$/.exec(origin.subscription ?? '') ?? []
  const attempt = message.delivery.attempt
  const added: Record<string, string | undefined> = {
    [`${prefix}DeliveryErrorMessage`]: cut(reason),
    [`${prefix}Subscription`]: subscription,
    [`${prefix}SubscriptionProject`]: project,
    [`${prefix}DeliveryCount`]: attempt === undefined ? undefined : String(attempt),
    [`${prefix}TopicPublishTime`]: message.delivery.enqueuedAt?.toISOString(),
  }
  return { project, topic, data, attributes: withRoom(attributes, added), orderingKey }
}

/** The message's own attributes have precedence where there is no room for all; those of a CloudEvent may be too long. */
function withRoom(
  own: Origin['attributes'],
  added: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const all = new Map(Object.entries(own).map(([name, value]) => [name, cut(value)]))
  for (const [name, value] of Object.entries(added)) {
    if (value !== undefined && (all.has(name) || all.size < limits.attributes)) all.set(name, value)
  }
  return Object.fromEntries(all)
}

/** As much as an attribute may hold, in whole characters. */
function cut(text: string): string {
  const bytes = new Uint8Array(limits.valueBytes)
  const { read } = new TextEncoder().encodeInto(text, bytes)
  return text.slice(0, read)
}
