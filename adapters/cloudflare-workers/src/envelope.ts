import { MalformedEventError } from '@isobar/core/adapter'
import { payloadOf, type ContentType } from './body.ts'
import type { QueueMessage } from './native.ts'

/** A message of a topic as it lies in the queue of a subscriber. */
export interface TopicMessage {
  /** Of the message that was sent to the topic. */
  id: string
  /** When that was sent, RFC 3339. */
  time: string
  payload: ReturnType<typeof payloadOf>
}

/**
 * A message has no place beside its body for what came with it, and gets a new id with every queue. So a line of JSON,
 * `{"id":"…","time":"…"}`, goes ahead of the body, which stays byte for byte what it is and grows by this line only.
 *
 * @throws MalformedEventError as `payloadOf`.
 */
export function wrap(message: QueueMessage): [body: unknown, options: { contentType: ContentType }] {
  const payload = payloadOf(message)
  const head = `${JSON.stringify({ id: message.id, time: message.timestamp.toISOString() })}\n`
  if ('text' in payload) return [head + payload.text, { contentType: 'text' }]
  const start = new TextEncoder().encode(head)
  const whole = new Uint8Array(start.length + payload.bytes.length)
  whole.set(start)
  whole.set(payload.bytes, start.length)
  return [whole, { contentType: 'bytes' }]
}

/** @throws MalformedEventError for a message that `wrap` has not made. */
export function unwrap(message: QueueMessage): TopicMessage {
  const whole = payloadOf(message)
  const end = 'text' in whole ? whole.text.indexOf('\n') : whole.bytes.indexOf(10)
  const head = 'text' in whole ? whole.text.slice(0, end) : new TextDecoder().decode(whole.bytes.subarray(0, end))
  const facts = end === -1 ? undefined : readHead(head)
  if (facts === undefined) {
    throw new MalformedEventError(
      `The message ${message.id} of the queue of a topic's subscriber does not begin with a line of JSON with id and time. Send to the queue of the topic, which passes it on.`,
    )
  }
  const payload = 'text' in whole ? { text: whole.text.slice(end + 1) } : { bytes: whole.bytes.subarray(end + 1) }
  return { ...facts, payload }
}

function readHead(text: string): { id: string; time: string } | undefined {
  try {
    const head: unknown = JSON.parse(text)
    if (typeof head !== 'object' || head === null || !('id' in head) || !('time' in head)) return undefined
    const { id, time } = head
    return typeof id === 'string' && typeof time === 'string' ? { id, time } : undefined
  } catch {
    return undefined
  }
}
