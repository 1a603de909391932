import type { CloudEventInput, EventInput, MessageInput } from '../../events/types.ts'

/** A message as its sender gives it to a transport. */
export interface SentMessage {
  body: Uint8Array
  attributes: Record<string, string>
  contentType?: string
  orderingKey?: string
}

/** What a transport with attributes takes; @throws Error for what is no message. */
export function sentMessage(source: string, input: EventInput): SentMessage {
  if ('cloudEvent' in input) return input.mode === 'binary' ? binary(input) : structured(input)
  if ('body' in input) return plain(input)
  throw new Error(
    `The source ${source} takes messages and CloudEvents, and none like ${Object.keys(input).join(', ')}.`,
  )
}

/** The body alone, for a transport without attributes. */
export function sentBody(source: string, input: EventInput): Uint8Array {
  return sentMessage(source, 'cloudEvent' in input ? { ...input, mode: 'structured' } : input).body
}

/** Bytes that a message may have at most; nothing of what is sent with a larger one arrives. */
export const sizeLimits = {
  /** As it lies there, in base64: https://learn.microsoft.com/azure/storage/queues/scalability-targets */
  storageQueue: 65_536,
  /** Of the standard tier: https://learn.microsoft.com/azure/service-bus-messaging/service-bus-quotas */
  serviceBus: 262_144,
  /** https://learn.microsoft.com/azure/event-hubs/event-hubs-quotas */
  eventHubs: 1_048_576,
  /** https://learn.microsoft.com/azure/event-grid/quotas-limits */
  eventGrid: 1_048_576,
}

/** @throws Error for a message that the service does not take. */
export function assertSize(source: string, bytes: number, limit: keyof typeof sizeLimits): void {
  if (bytes <= sizeLimits[limit]) return
  throw new Error(`The source ${source} takes messages of ${sizeLimits[limit]} bytes, and this one has ${bytes}.`)
}

function plain({ body, attributes = {}, contentType, orderingKey }: MessageInput): SentMessage {
  return {
    body: bytesOf(body),
    attributes,
    ...(contentType !== undefined && { contentType }),
    ...(orderingKey !== undefined && { orderingKey }),
  }
}

/** https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/amqp-protocol-binding.md#31-binary-content-mode */
function binary({ cloudEvent, orderingKey }: CloudEventInput): SentMessage {
  const { data = '', datacontenttype, extensions, ...context } = cloudEvent
  const attributes = Object.entries({ specversion: '1.0', ...context, ...extensions }).map(
    ([name, value]) => [`cloudEvents:${name}`, value] as const,
  )
  return {
    body: bytesOf(data),
    attributes: Object.fromEntries(attributes),
    ...(datacontenttype !== undefined && { contentType: datacontenttype }),
    ...(orderingKey !== undefined && { orderingKey }),
  }
}

/** https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/amqp-protocol-binding.md#32-structured-content-mode */
function structured({ cloudEvent, orderingKey }: CloudEventInput): SentMessage {
  return {
    body: Buffer.from(cloudEventJson(cloudEvent)),
    attributes: {},
    contentType: 'application/cloudevents+json; charset=utf-8',
    ...(orderingKey !== undefined && { orderingKey }),
  }
}

/** The JSON format of CloudEvents; JSON data stands in it as it was given. */
export function cloudEventJson({ data, extensions, ...context }: CloudEventInput['cloudEvent']): string {
  const members = Object.entries({ specversion: '1.0', ...context, ...extensions }).map(
    ([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`,
  )
  const { datacontenttype } = context
  if (data !== undefined) members.push(dataMember(data, datacontenttype))
  return `{${members.join(',')}}`
}

function dataMember(data: Uint8Array | string, datacontenttype: string | undefined): string {
  if (typeof data !== 'string') return `"data_base64":${JSON.stringify(Buffer.from(data).toString('base64'))}`
  const isJson = datacontenttype === undefined || /^[^;]*[/+]json\s*(?:;|$)/i.test(datacontenttype)
  return `"data":${isJson ? data : JSON.stringify(data)}`
}

function bytesOf(value: Uint8Array | string): Uint8Array {
  return typeof value === 'string' ? Buffer.from(value) : value
}
