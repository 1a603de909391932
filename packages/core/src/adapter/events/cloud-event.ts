import { EventDataError } from '../../events/errors.ts'
import { memberText } from './json-member.ts'
import type { IncomingMessage, Payload } from './types.ts'

/** The attributes of a CloudEvent and its data, whichever mode it came in. */
export interface FoundCloudEvent {
  id: string
  source: string
  type: string
  time?: string
  subject?: string
  datacontenttype?: string
  /** Extension attributes, and what else came beside the data. */
  attributes: Record<string, string>
  payload: Payload
}

/**
 * Prefixes of attributes by the bindings of CloudEvents: HTTP and Pub/Sub, Kafka, and the two of AMQP:
 * https://github.com/cloudevents/spec/tree/v1.0.2/cloudevents/bindings
 */
const prefixes = ['ce-', 'ce_', 'cloudEvents:', 'cloudEvents_']

const structuredType = /^application\/cloudevents\+json(?:\s*;|$)/i

/** Finds a CloudEvent in a message (E3); undefined when it is none and arrives as it is. */
export function findCloudEvent(message: IncomingMessage, contentType: string | undefined): FoundCloudEvent | undefined {
  const { cloudEvent = 'none', payload } = message
  if (cloudEvent === 'none' || 'value' in payload) return undefined
  if (cloudEvent === 'body') return readStructured(payload, false, {})
  if (contentType !== undefined && structuredType.test(contentType)) {
    return readStructured(payload, true, transportAttributes(message.attributes ?? {}))
  }
  return readBinary(message.attributes ?? {}, contentType, payload)
}

function readBinary(
  all: Readonly<Record<string, string>>,
  contentType: string | undefined,
  payload: Payload,
): FoundCloudEvent | undefined {
  const prefix = prefixes.find((one) => all[`${one}specversion`] === '1.0')
  if (prefix === undefined) return undefined
  const context = new Map<string, string>()
  const attributes: [string, string][] = []
  for (const [name, value] of Object.entries(all)) {
    if (!name.startsWith(prefix)) {
      if (!/^content-type$/i.test(name)) attributes.push([name, value])
    } else if (contextNames.has(name.slice(prefix.length))) context.set(name.slice(prefix.length), value)
    else attributes.push([name.slice(prefix.length), value])
  }
  const datacontenttype = contentType ?? context.get('datacontenttype')
  return complete(context, datacontenttype, Object.fromEntries(attributes), payload)
}

/** @param announced the message says that it is one, so that one without its attributes is an error. */
function readStructured(
  payload: Exclude<Payload, { value: unknown }>,
  announced: boolean,
  beside: Record<string, string>,
): FoundCloudEvent | undefined {
  const text = 'text' in payload ? payload.text : decodeText(payload.bytes)
  if (text === undefined || (!announced && !/^\s*\{/.test(text)))
    return announced ? refuse('it is not UTF-8') : undefined
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    return announced ? refuse('it is not JSON', cause) : undefined
  }
  if (typeof value !== 'object' || value === null || !('specversion' in value) || value.specversion !== '1.0') {
    return announced ? refuse("it has no specversion '1.0'") : undefined
  }
  const context = new Map<string, string>()
  const attributes: [string, string][] = Object.entries(beside)
  for (const [name, member] of Object.entries(value)) {
    if (name === 'data' || name === 'data_base64' || member === null || typeof member === 'object') continue
    if (contextNames.has(name)) context.set(name, String(member))
    else attributes.push([name, String(member)])
  }
  const datacontenttype = context.get('datacontenttype')
  const found = complete(
    context,
    datacontenttype ?? ('data' in value ? 'application/json' : undefined),
    Object.fromEntries(attributes),
    structuredData(value, datacontenttype, text),
  )
  return found ?? (announced ? refuse('it lacks id, source or type') : undefined)
}

/** https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md#31-handling-of-data */
function structuredData(value: object, datacontenttype: string | undefined, text: string): Payload {
  if ('data_base64' in value && typeof value.data_base64 === 'string') {
    return { bytes: Uint8Array.from(atob(value.data_base64), (character) => character.charCodeAt(0)) }
  }
  if (!('data' in value)) return { bytes: new Uint8Array(0) }
  const isText = datacontenttype !== undefined && !isJsonType(datacontenttype)
  if (isText && typeof value.data === 'string') return { text: value.data }
  // As it stands in the body: digits that a number cannot hold are kept.
  return { text: memberText(text, 'data') ?? JSON.stringify(value.data) }
}

const contextNames = new Set(['specversion', 'id', 'source', 'type', 'time', 'subject', 'datacontenttype'])

function complete(
  context: ReadonlyMap<string, string>,
  datacontenttype: string | undefined,
  attributes: Record<string, string>,
  payload: Payload,
): FoundCloudEvent | undefined {
  const [id, source, type] = ['id', 'source', 'type'].map((name) => context.get(name))
  if (id === undefined || source === undefined || type === undefined) return undefined
  const [time, subject] = ['time', 'subject'].map((name) => context.get(name))
  return {
    id,
    source,
    type,
    ...(time !== undefined && { time }),
    ...(subject !== undefined && { subject }),
    ...(datacontenttype !== undefined && { datacontenttype }),
    attributes,
    payload,
  }
}

/** The content type has been read; it is no attribute of the event. */
function transportAttributes(all: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(all).filter(([name]) => !/^content-type$/i.test(name)))
}

/** https://www.rfc-editor.org/rfc/rfc6839#section-3.1 */
export function isJsonType(contentType: string): boolean {
  return /^(?:application|text)\/(?:[^;\s]+\+)?json(?:\s*;|$)/i.test(contentType.trim())
}

/** Undefined when the bytes are not UTF-8. */
export function decodeText(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(bytes)
  } catch {
    return undefined
  }
}

function refuse(why: string, cause?: unknown): never {
  throw new EventDataError(
    `The message says that it is a CloudEvent in structured mode (content type application/cloudevents+json), but ${why}.`,
    cause === undefined ? undefined : { cause },
  )
}
