import type { EventKind } from '../../definitions/brand.ts'
import type { EventDefinition } from '../../definitions/events.ts'
import { EventDataError } from '../../events/errors.ts'
import type { Event } from '../../events/event.ts'
import type { StandardIssue } from '../../events/standard-schema.ts'
import { decodeText, findCloudEvent, isJsonType, type FoundCloudEvent } from './cloud-event.ts'
import type { IncomingMessage, Payload } from './types.ts'

/** Types of events that carry no type of their own. Of storage and changes the adapter knows which it is. */
const defaultTypes: Record<EventKind, string> = {
  queue: 'queue.message',
  topic: 'topic.message',
  stream: 'stream.record',
  schedule: 'schedule.tick',
  storage: 'storage.created',
  changes: 'changes.upserted',
  event: 'event',
}

/**
 * The event that a handler gets for a message.
 *
 * @param source `queue:orders`; a CloudEvent's own wins.
 * @throws EventDataError when the data is not what the trigger says (E2) or the schema refuses it.
 */
export async function toEvent(definition: EventDefinition, source: string, message: IncomingMessage): Promise<Event> {
  const contentType = message.contentType ?? findContentType(message.attributes)
  const found = findCloudEvent(message, contentType)
  const payload = found?.payload ?? message.payload
  const data = await validated(definition, decode(definition, found, payload))
  const subject = found ? found.subject : message.subject
  const datacontenttype = found ? found.datacontenttype : contentType
  return {
    specversion: '1.0',
    id: found?.id ?? message.id,
    source: found?.source ?? message.source ?? source,
    type: found?.type ?? message.type ?? defaultTypes[definition.kind],
    time: found?.time ?? timeText(message.time),
    ...(subject !== undefined && { subject }),
    ...(datacontenttype !== undefined && { datacontenttype }),
    data,
    bytes: () => toBytes(payload),
    attributes: found?.attributes ?? Object.fromEntries(Object.entries(message.attributes ?? {})),
  }
}

function decode(definition: EventDefinition, found: FoundCloudEvent | undefined, payload: Payload): unknown {
  if ('value' in payload) return payload.value
  const option = 'data' in definition.trigger ? definition.trigger.data : undefined
  switch (found?.datacontenttype === undefined ? (option ?? 'json') : formatOf(found.datacontenttype)) {
    case 'bytes':
      return toBytes(payload)
    case 'text':
      return toText(payload)
    case 'json':
      return parseJson(toText(payload))
  }
}

function formatOf(contentType: string): 'json' | 'text' | 'bytes' {
  if (isJsonType(contentType)) return 'json'
  return /^text\//i.test(contentType) ? 'text' : 'bytes'
}

function toText(payload: Exclude<Payload, { value: unknown }>): string {
  if ('text' in payload) return payload.text
  const text = decodeText(payload.bytes)
  if (text === undefined) {
    throw new EventDataError(
      `The data is not UTF-8 (${payload.bytes.byteLength} bytes). Give the trigger the option data: 'bytes' if it need not be text.`,
    )
  }
  return text
}

/** A message without data (attributes only, a CloudEvent without `data`) has none for the handler either. */
function parseJson(text: string): unknown {
  if (text === '') return undefined
  try {
    return JSON.parse(text)
  } catch (cause) {
    const shown = text.length > 40 ? `${text.slice(0, 40)}…` : text
    throw new EventDataError(
      `The data is not JSON: it begins with ${JSON.stringify(shown)}. Give the trigger the option data: 'text' or 'bytes' if it need not be.`,
      { cause },
    )
  }
}

function toBytes(payload: Payload): Uint8Array {
  const sent = 'bytes' in payload ? payload.bytes : 'text' in payload ? payload.text : payload.raw
  return typeof sent === 'string' ? new TextEncoder().encode(sent) : sent
}

async function validated({ schema }: EventDefinition, data: unknown): Promise<unknown> {
  if (schema === undefined) return data
  const result = await schema['~standard'].validate(data)
  if (result.issues === undefined) return result.value
  throw new EventDataError(`The schema refuses the data: ${result.issues.map(describeIssue).join('; ')}.`)
}

function describeIssue({ message, path = [] }: StandardIssue): string {
  const place = path.map((part) => String(typeof part === 'object' ? part.key : part)).join('.')
  return place === '' ? message : `${place}: ${message}`
}

function timeText(time: string | Date | number): string {
  if (typeof time === 'string') return time
  const date = new Date(time)
  return Number.isNaN(date.getTime()) ? new Date().toISOString() : date.toISOString()
}

function findContentType(attributes: Readonly<Record<string, string>> | undefined): string | undefined {
  for (const name in attributes) if (/^content-type$/i.test(name)) return attributes[name]
  return undefined
}
