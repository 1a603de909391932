import type { CloudEventInput, EventInput, MessageInput } from '../../events/types.ts'
import type { OutgoingMessage } from './broker.ts'

/**
 * Makes a message as a producer's `send` would. Queues have neither attributes nor ordering keys.
 *
 * @throws Error when queues take no such input.
 */
export function encodeMessage(input: EventInput): OutgoingMessage {
  if ('cloudEvent' in input) return { ...structured(input), delaySeconds: 0 }
  if ('body' in input) return { ...plain(input), delaySeconds: 0 }
  throw new Error('A queue of Cloudflare takes messages and CloudEvents.')
}

/** https://developers.cloudflare.com/queues/configuration/javascript-apis/#queuescontenttype */
function plain({ body, contentType }: MessageInput): Omit<OutgoingMessage, 'delaySeconds'> {
  if (typeof body !== 'string') return { contentType: 'bytes', body }
  const isText = contentType?.startsWith('text/') === true || !isJson(body)
  return { contentType: isText ? 'text' : 'json', body: Buffer.from(body) }
}

/** https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md */
function structured({ cloudEvent }: CloudEventInput): Omit<OutgoingMessage, 'delaySeconds'> {
  const { data, extensions, ...attributes } = cloudEvent
  const head = JSON.stringify({ specversion: '1.0', ...attributes, ...extensions })
  const json = `${head.slice(0, -1)}${dataMember(data, attributes.datacontenttype)}}`
  return { contentType: 'json', body: Buffer.from(json) }
}

/** JSON stands in it as it is, so that no number changes. */
function dataMember(data: Uint8Array | string | undefined, type = 'application/json'): string {
  if (data === undefined) return ''
  const text = typeof data === 'string' ? data : Buffer.from(data).toString('utf8')
  if (/^[^;]*[/+]json\s*(?:;|$)/i.test(type) && isJson(text)) return `,"data":${text}`
  if (typeof data === 'string') return `,"data":${JSON.stringify(data)}`
  return `,"data_base64":"${Buffer.from(data).toString('base64')}"`
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
