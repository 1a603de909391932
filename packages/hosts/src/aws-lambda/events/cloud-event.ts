import type { CloudEventInput } from '../../events/types.ts'

type CloudEvent = CloudEventInput['cloudEvent']

/** Type of a CloudEvent in structured mode. */
export const structuredType = 'application/cloudevents+json'

/**
 * The attributes of a CloudEvent in binary mode, but for its content type. AWS's transports have no binding of their own;
 * their attributes take the names of the bindings of HTTP and Pub/Sub:
 * https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md#313-metadata-headers
 */
export function binaryAttributes({ cloudEvent }: CloudEventInput): Record<string, string> {
  return Object.fromEntries(contextOf(cloudEvent).map(([name, value]) => [`ce-${name}`, value]))
}

/** https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md */
export function structuredText({ cloudEvent }: CloudEventInput): string {
  const { data, datacontenttype } = cloudEvent
  const context = contextOf(cloudEvent)
  if (datacontenttype !== undefined) context.push(['datacontenttype', datacontenttype])
  const members = context.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`)
  if (data !== undefined) members.push(dataMember(data, datacontenttype))
  return `{${members.join(',')}}`
}

function contextOf({ id, source, type, time, subject, extensions = {} }: CloudEvent): [name: string, value: string][] {
  return [
    ['specversion', '1.0'],
    ['id', id],
    ['source', source],
    ['type', type],
    ...(time === undefined ? [] : [['time', time] satisfies [string, string]]),
    ...(subject === undefined ? [] : [['subject', subject] satisfies [string, string]]),
    ...Object.entries(extensions),
  ]
}

/** JSON is put in as it stands: its numbers may be such as no double holds. */
function dataMember(data: Uint8Array | string, type: string | undefined): string {
  const text = typeof data === 'string' ? data : textOfBytes(data)
  if (text !== undefined && (type === undefined || isJson(type))) return `"data":${text}`
  if (typeof data === 'string') return `"data":${JSON.stringify(data)}`
  return `"data_base64":${JSON.stringify(Buffer.from(data).toString('base64'))}`
}

export function isJson(contentType: string): boolean {
  return /^(?:application|text)\/(?:[^;\s]+\+)?json(?:\s*;|$)/i.test(contentType.trim())
}

/** Undefined when the bytes are no UTF-8. */
export function textOfBytes(bytes: Uint8Array | string): string | undefined {
  if (typeof bytes === 'string') return bytes
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined
  }
}
