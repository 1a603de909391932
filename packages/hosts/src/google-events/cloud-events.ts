import type { CloudEventInput, EventInput } from '../events/types.ts'
import type { RoutedEvent } from './eventarc.ts'
import { binaryAttributes, bytes, structured, structuredType } from './message.ts'

/** A custom event, as its publisher's. @throws Error for an input of another kind */
export function customEvent(input: EventInput, source: string): RoutedEvent {
  if (!('cloudEvent' in input)) throw new Error(`${source} takes CloudEvents, not ${Object.keys(input).join(', ')}.`)
  return input.mode === 'structured' ? structuredEvent(input) : binaryEvent(input.cloudEvent)
}

/** https://cloud.google.com/eventarc/docs/cloudevents */
export function binaryEvent(event: CloudEventInput['cloudEvent']): RoutedEvent {
  const { data, datacontenttype, id, source, type, subject, extensions } = event
  const headers = Object.entries(binaryAttributes(event)).map(([name, value]): [string, string] => [
    name,
    encode(value),
  ])
  if (datacontenttype !== undefined) headers.push(['content-type', datacontenttype])
  return {
    attributes: { id, source, type, ...(subject !== undefined && { subject }), ...extensions },
    headers,
    body: bytes(data ?? ''),
  }
}

function structuredEvent({ cloudEvent }: CloudEventInput): RoutedEvent {
  const { attributes } = binaryEvent(cloudEvent)
  return { attributes, headers: [['content-type', structuredType]], body: bytes(structured(cloudEvent)) }
}

/** https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md#3132-http-header-values */
function encode(value: string): string {
  return value.replace(/[^\x21-\x7e]+|["%]/gu, (part) =>
    [...Buffer.from(part)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(''),
  )
}
