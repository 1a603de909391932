import { MalformedEventError, type IncomingMessage } from '@isobar/core/adapter'
import type { QueueMessage } from './native.ts'

/** How a message is sent: https://developers.cloudflare.com/queues/configuration/javascript-apis/#queuescontenttype */
export type ContentType = 'json' | 'text' | 'bytes' | 'v8'

/**
 * What was sent. Text and bytes are exact; of a value that was sent as `json`, which the runtime has parsed, it is the
 * text that the runtime of a sender makes of it.
 *
 * @throws MalformedEventError for what no JSON, text or bytes are: a Map, a Date, which `v8` can carry.
 */
export function payloadOf({ id, body }: QueueMessage): Exclude<IncomingMessage['payload'], { value: unknown }> {
  if (typeof body === 'string') return { text: body }
  if (body instanceof ArrayBuffer) return { bytes: new Uint8Array(body) }
  if (ArrayBuffer.isView(body)) return { bytes: new Uint8Array(body.buffer, body.byteOffset, body.byteLength) }
  const text = jsonText(body)
  if (text !== undefined) return { text }
  throw new MalformedEventError(
    `The body of the message ${id} is or holds something that is no JSON (it is ${nameOf(body)}). A message is expected to be sent as json, text or bytes.`,
  )
}

/** The same body as it is sent again without loss. */
export function resend({ body }: QueueMessage): [body: unknown, options: { contentType: ContentType }] {
  if (typeof body === 'string') return [body, { contentType: 'text' }]
  // Comes as a buffer and is sent as a view of one; of a copy, since the runtime detaches what it sends:
  // https://github.com/cloudflare/workerd/blob/main/src/workerd/api/queue.c%2B%2B
  if (body instanceof ArrayBuffer) return [new Uint8Array(body.slice()), { contentType: 'bytes' }]
  return [body, { contentType: jsonText(body) === undefined ? 'v8' : 'json' }]
}

/** Undefined for a value that JSON would drop or change, and for a cycle. */
function jsonText(body: unknown): string | undefined {
  try {
    return JSON.stringify(body, function (this: object, name, value: unknown) {
      // Asked of the holder, since a Date is text already in `value`.
      if (!isJson(Reflect.get(this, name))) throw new TypeError('no JSON')
      return value
    })
  } catch {
    return undefined
  }
}

function isJson(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value)
  if (typeof value === 'object') return value === null || Array.isArray(value) || nameOf(value) === '[object Object]'
  return typeof value === 'string' || typeof value === 'boolean'
}

function nameOf(value: unknown): string {
  return Object.prototype.toString.call(value)
}
