import type { DeliveryRecord } from '../events/types.ts'
import type { CloudEventInput, EventInput, MessageInput } from '../events/types.ts'

/** A Pub/Sub message: https://cloud.google.com/pubsub/docs/reference/rest/v1/PubsubMessage */
export interface Message {
  id: string
  data: Uint8Array
  attributes: Readonly<Record<string, string>>
  orderingKey?: string
  /** Milliseconds since 1970. */
  publishTime: number
}

/** What a publisher gives. */
export type Publishing = Pick<Message, 'data' | 'attributes' | 'orderingKey'>

/** A message on its way to one function. */
export interface Outgoing {
  message: Message
  record: DeliveryRecord
}

export interface PushRequest {
  headers: [name: string, value: string][]
  body: Uint8Array
}

/** As a sender would publish it. @throws Error for an input of another kind */
export function publishing(input: EventInput, source: string): Publishing {
  if ('body' in input) return ofMessage(input)
  if ('cloudEvent' in input) return ofCloudEvent(input)
  throw new Error(`${source} takes messages and CloudEvents, not ${Object.keys(input).join(', ')}.`)
}

function ofMessage({ body, attributes = {}, contentType, orderingKey }: MessageInput): Publishing {
  return {
    data: bytes(body),
    // The attribute that becomes the header of that name when it is pushed unwrapped:
    // https://cloud.google.com/pubsub/docs/payload-unwrapping#set-header
    attributes: { ...attributes, ...(contentType !== undefined && { 'Content-Type': contentType }) },
    ...(orderingKey !== undefined && { orderingKey }),
  }
}

/** https://github.com/google/knative-gcp/blob/main/docs/spec/pubsub-protocol-binding.md: `ce-` and `Content-Type` */
function ofCloudEvent({ cloudEvent, mode, orderingKey }: CloudEventInput): Publishing {
  const key = orderingKey === undefined ? {} : { orderingKey }
  if (mode === 'structured') {
    const data = bytes(structured(cloudEvent))
    return { data, attributes: { 'Content-Type': structuredType }, ...key }
  }
  const attributes = binaryAttributes(cloudEvent)
  if (cloudEvent.datacontenttype !== undefined) attributes['Content-Type'] = cloudEvent.datacontenttype
  return { data: bytes(cloudEvent.data ?? ''), attributes, ...key }
}

export const structuredType = 'application/cloudevents+json; charset=UTF-8'

/** Every context attribute but `datacontenttype`, with the prefix of the binary bindings of HTTP and Pub/Sub. */
export function binaryAttributes({ extensions, ...event }: CloudEventInput['cloudEvent']): Record<string, string> {
  const { id, source, type, time, subject } = event
  return {
    'ce-specversion': '1.0',
    'ce-id': id,
    'ce-source': source,
    'ce-type': type,
    ...(time !== undefined && { 'ce-time': time }),
    ...(subject !== undefined && { 'ce-subject': subject }),
    ...Object.fromEntries(Object.entries(extensions ?? {}).map(([name, value]) => [`ce-${name}`, value])),
  }
}

/** https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md */
export function structured({ data, extensions, ...event }: CloudEventInput['cloudEvent']): string {
  const context = JSON.stringify({ specversion: '1.0', ...event, ...extensions })
  const member = data === undefined ? '' : `,${dataMember(data, event.datacontenttype)}`
  return `${context.slice(0, -1)}${member}}`
}

function dataMember(data: Uint8Array | string, contentType: string | undefined): string {
  const text = typeof data === 'string' ? data : undefined
  if (text === undefined) return `"data_base64":${JSON.stringify(Buffer.from(data).toString('base64'))}`
  // JSON stands in it as it is, digits and all.
  const isJson = contentType === undefined || /^[^;]*[/+]json\s*(?:;|$)/i.test(contentType)
  return `"data":${isJson ? text : JSON.stringify(text)}`
}

/** An event in binary mode as the message that carries it: the headers' names are those of the attributes. */
export function attributesOf(headers: PushRequest['headers']): Record<string, string> {
  return Object.fromEntries(
    headers.flatMap(([name, value]): [string, string][] => {
      if (name === 'content-type') return [['Content-Type', value]]
      return name.startsWith('ce-') ? [[name, decodeURIComponent(value)]] : []
    }),
  )
}

/** What Pub/Sub answers to who publishes nothing: https://cloud.google.com/pubsub/docs/publisher#publish */
export const emptyMessage =
  'One or more messages in the publish request is empty. Each message must contain either non-empty data, or at least one attribute.'

export function isEmpty({ data, attributes }: Publishing): boolean {
  return data.length === 0 && Object.keys(attributes).length === 0
}

export function bytes(data: Uint8Array | string): Uint8Array {
  return typeof data === 'string' ? Buffer.from(data) : data
}
