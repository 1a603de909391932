import type { Message, PushRequest } from './message.ts'

export interface PushFormat {
  /** `projects/p/subscriptions/s` */
  subscription: string
  /** Undefined: wrapped. */
  unwrapped: { writeMetadata: boolean } | undefined
  /** Whether the subscription has a dead-letter topic: only then are attempts counted. */
  countsAttempts: boolean
}

/** As the documents show it: https://cloud.google.com/pubsub/docs/payload-unwrapping#wrapped_and_unwrapped_message_examples */
const userAgent = 'CloudPubSub-Google'

/** A message as it is pushed: https://cloud.google.com/pubsub/docs/push#receive_push */
export function pushBody(message: Message, attempt: number, format: PushFormat): PushRequest {
  return format.unwrapped === undefined
    ? wrapped(message, attempt, format)
    : unwrapped(message, format, format.unwrapped.writeMetadata)
}

/** Both spellings of each name; members that are empty are left out. */
function wrapped(message: Message, attempt: number, { subscription, countsAttempts }: PushFormat): PushRequest {
  const { id, data, attributes, orderingKey } = message
  const publishTime = new Date(message.publishTime).toISOString()
  const body = {
    message: {
      ...(Object.keys(attributes).length > 0 && { attributes }),
      ...(data.length > 0 && { data: Buffer.from(data).toString('base64') }),
      messageId: id,
      message_id: id,
      ...(orderingKey !== undefined && { orderingKey, ordering_key: orderingKey }),
      publishTime,
      publish_time: publishTime,
    },
    subscription,
    // "Only if a dead-letter topic is set": https://cloud.google.com/pubsub/docs/handling-failures#track-delivery-attempts
    ...(countsAttempts && { deliveryAttempt: attempt }),
  }
  return {
    headers: [
      ['content-type', 'application/json'],
      ['user-agent', userAgent],
      ['accept', 'application/json'],
    ],
    body: Buffer.from(JSON.stringify(body)),
  }
}

/** https://cloud.google.com/pubsub/docs/payload-unwrapping#set-header */
function unwrapped(message: Message, { subscription }: PushFormat, writeMetadata: boolean): PushRequest {
  const { id, data, attributes, orderingKey } = message
  const metadata: PushRequest['headers'] = writeMetadata
    ? [
        ['x-goog-pubsub-subscription-name', subscription],
        ['x-goog-pubsub-message-id', id],
        ['x-goog-pubsub-publish-time', new Date(message.publishTime).toISOString()],
        ...(orderingKey === undefined ? [] : [['x-goog-pubsub-ordering-key', orderingKey] satisfies [string, string]]),
        ...Object.entries(attributes),
      ]
    : []
  return { headers: [['user-agent', userAgent], ...metadata], body: data }
}
