import { MalformedEventError } from '@isobar/core/adapter'
import type { Delivery } from './delivery.ts'
import { deliveryOf, type PushOptions } from './pubsub-push.ts'
import type { EventSource, Origin, ReadMessage } from './source.ts'

const prefix = 'x-goog-pubsub-'

/**
 * A push subscription of Pub/Sub with payload unwrapping, which must write the metadata too: the data is the body, each
 * attribute a header of its own name, and what Pub/Sub knows of the message stands in `x-goog-pubsub-*`:
 * https://docs.cloud.google.com/pubsub/docs/payload-unwrapping
 */
export function pubsubUnwrapped(
  kind: 'queue' | 'topic' | 'stream',
  { ordered = false }: PushOptions = {},
): EventSource {
  return { kind, ordered, read: readUnwrapped }
}

function readUnwrapped({ headers, body, now }: Delivery): ReadMessage {
  const known = (name: string): string | undefined => headers[`${prefix}${name}`]
  const id = known('message-id')
  if (id === undefined) {
    throw new MalformedEventError(
      `Expected an unwrapped Pub/Sub push with its metadata in ${prefix}* headers, got ${body.byteLength} bytes without ${prefix}message-id. The subscription must have write_metadata on.`,
    )
  }
  const published = known('publish-time')
  const contentType = headers['content-type']
  const attributes = Object.fromEntries(Object.entries(headers).filter(([name]) => !isTransport(name)))
  const origin: Origin = {
    data: body,
    // Among the headers it is the transport's; among attributes it is the message's.
    attributes: contentType === undefined ? attributes : { ...attributes, 'Content-Type': contentType },
    orderingKey: known('ordering-key') || undefined,
    subscription: known('subscription-name'),
  }
  return {
    message: {
      id,
      time: published ?? now,
      contentType,
      attributes,
      cloudEvent: 'attributes',
      payload: { bytes: body },
      delivery: deliveryOf(origin, published, undefined),
    },
    origin,
  }
}

/**
 * Nothing marks which headers are attributes. These are of HTTP, of the sender and of the front end in between; `traceparent`
 * is the request's own.
 */
const transport = new Set(
  (
    'accept accept-encoding authorization connection content-length content-type expect forwarded from host ' +
    'keep-alive te traceparent tracestate transfer-encoding upgrade user-agent via x-cloud-trace-context ' +
    'function-execution-id x-serverless-authorization'
  ).split(' '),
)

function isTransport(name: string): boolean {
  return transport.has(name) || name.startsWith(prefix) || /^x-(?:forwarded|appengine)-/.test(name)
}
