import { MalformedEventError } from '@isobar/core/adapter'
import { fromBase64, member, parseObject, text, type Delivery } from './delivery.ts'
import type { Origin } from './source.ts'

/** A CloudEvent as Eventarc delivers it, with its data as bytes. */
export interface CloudEvent {
  id: string
  source: string
  type: string
  time: string | undefined
  subject: string | undefined
  /** Of the data. */
  contentType: string | undefined
  /** Extension attributes. */
  extensions: Record<string, string>
  data: Uint8Array
  /** As it came, in the form of the Pub/Sub binding, whose attributes have the names of HTTP's headers. */
  origin: Origin
}

const structured = /^application\/cloudevents\+json(?:\s*;|$)/i

const expected = 'a CloudEvent of Eventarc, in ce-* headers or as application/cloudevents+json'

/**
 * Reads what Eventarc sends: https://docs.cloud.google.com/eventarc/docs/cloudevents, by the binding
 * https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md
 *
 * @throws MalformedEventError when it is none.
 */
export function readCloudEvent(delivery: Delivery): CloudEvent {
  const contentType = delivery.headers['content-type']
  return contentType !== undefined && structured.test(contentType)
    ? readStructured(delivery.body, contentType)
    : readBinary(delivery, contentType)
}

function readBinary({ headers, body }: Delivery, contentType: string | undefined): CloudEvent {
  const attributes = new Map<string, string>()
  for (const [name, value] of Object.entries(headers)) {
    if (name.startsWith('ce-')) attributes.set(name.slice('ce-'.length), decodeHeader(value))
  }
  if (attributes.size === 0) {
    const type = contentType ?? 'no type'
    throw new MalformedEventError(`Expected ${expected}, got ${body.byteLength} bytes of ${type} without such headers.`)
  }
  const origin: Origin = {
    data: body,
    attributes: {
      ...Object.fromEntries([...attributes].map(([name, value]) => [`ce-${name}`, value])),
      ...(contentType !== undefined && { 'Content-Type': contentType }),
    },
  }
  return complete(attributes, contentType, body, origin)
}

function readStructured(body: Uint8Array, contentType: string): CloudEvent {
  const event = parseObject(body, expected)
  const attributes = new Map<string, string>()
  for (const [name, value] of Object.entries(event)) {
    if (name !== 'data' && name !== 'data_base64' && value !== null && typeof value !== 'object') {
      attributes.set(name, String(value))
    }
  }
  const encoded = text(event, 'data_base64')
  const data = encoded === undefined ? encodeData(member(event, 'data')) : fromBase64(encoded)
  const origin = { data: body, attributes: { 'Content-Type': contentType } }
  return complete(attributes, attributes.get('datacontenttype') ?? 'application/json', data, origin)
}

function encodeData(data: unknown): Uint8Array {
  return new TextEncoder().encode(data === undefined ? '' : JSON.stringify(data))
}

const contextNames = new Set(['specversion', 'id', 'source', 'type', 'time', 'subject', 'datacontenttype'])

function complete(
  attributes: ReadonlyMap<string, string>,
  contentType: string | undefined,
  data: Uint8Array,
  origin: Origin,
): CloudEvent {
  const [version, id, source, type] = ['specversion', 'id', 'source', 'type'].map((name) => attributes.get(name))
  // None of them may be empty: https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md#required-attributes
  if (version !== '1.0' || !id || !source || !type) {
    const found = [...attributes.keys()].join(', ')
    throw new MalformedEventError(
      `Expected ${expected}, of version 1.0 with id, source and type; got version ${version ?? 'none'} with ${found}.`,
    )
  }
  return {
    id,
    source,
    type,
    time: attributes.get('time'),
    subject: attributes.get('subject'),
    contentType,
    extensions: Object.fromEntries([...attributes].filter(([name]) => !contextNames.has(name))),
    data,
    origin,
  }
}

/** Spaces, quotes, percent signs and what is not ASCII are escaped: section 3.1.3.2 of the binding. */
function decodeHeader(value: string): string {
  try {
    return decodeURIComponent(value)
  } catch {
    return value
  }
}

/** The data of an event of Google's own, which is JSON by the trigger's setting. @throws MalformedEventError */
export function readData({ type, contentType, data }: CloudEvent): object {
  if (contentType !== undefined && /^application\/(?:x-)?protobuf\b/i.test(contentType)) {
    throw new MalformedEventError(
      `Expected the data of ${type} as JSON, got ${contentType}. The trigger must have event_data_content_type: 'application/json'.`,
    )
  }
  return parseObject(data, `the data of ${type}`)
}

/** For an event of another type than those that the trigger is for. */
export function wrongType({ type }: CloudEvent, wanted: readonly string[]): MalformedEventError {
  return new MalformedEventError(`Expected an event of type ${wanted.join(' or ')}, got ${type}.`)
}
