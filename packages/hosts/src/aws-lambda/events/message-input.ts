import type { CloudEventInput, EventInput, MessageInput } from '../../events/types.ts'
import { binaryAttributes, structuredText, structuredType } from './cloud-event.ts'

/** A message as a sender would give it to a transport with attributes. */
export interface TransportMessage {
  body: Uint8Array | string
  attributes: Record<string, string>
  orderingKey?: string
}

/**
 * Attributes carry the content type under this name, as the headers of other transports do: neither SQS nor SNS has a place
 * of its own for it.
 */
const contentTypeName = 'content-type'

/** @throws Error for what is no message. */
export function transportMessage(input: EventInput, source: string): TransportMessage {
  if ('cloudEvent' in input) return fromCloudEvent(input)
  if ('body' in input) return fromMessage(input)
  throw new Error(`${source} takes messages (a body) and CloudEvents.`)
}

function fromMessage({ body, attributes = {}, contentType, orderingKey }: MessageInput): TransportMessage {
  return {
    body,
    attributes: { ...attributes, ...(contentType !== undefined && { [contentTypeName]: contentType }) },
    ...(orderingKey !== undefined && { orderingKey }),
  }
}

function fromCloudEvent(input: CloudEventInput): TransportMessage {
  const { cloudEvent, mode, orderingKey } = input
  const type = cloudEvent.datacontenttype
  const message: TransportMessage =
    mode === 'structured'
      ? { body: structuredText(input), attributes: { [contentTypeName]: structuredType } }
      : {
          body: cloudEvent.data ?? '',
          attributes: { ...binaryAttributes(input), ...(type !== undefined && { [contentTypeName]: type }) },
        }
  return orderingKey === undefined ? message : { ...message, orderingKey }
}
