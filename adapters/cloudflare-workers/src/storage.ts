import {
  createEventFunction,
  MalformedEventError,
  type EventApplication,
  type IncomingMessage,
  type StorageData,
} from '@isobar/core/adapter'
import { consumer, type Consumer } from './consume.ts'
import type { QueueMessage } from './native.ts'

export interface StorageFunction extends EventApplication {
  /** The binding of the producer of the dead-letter queue of its notifications. */
  deadLetters: string
}

/** https://developers.cloudflare.com/r2/buckets/event-notifications/#event-types */
const types: Readonly<Record<string, string>> = {
  PutObject: 'storage.created',
  CopyObject: 'storage.created',
  CompleteMultipartUpload: 'storage.created',
  DeleteObject: 'storage.deleted',
  LifecycleDeletion: 'storage.deleted',
}

/** The consumer of a queue that a bucket of R2 notifies: https://developers.cloudflare.com/r2/buckets/event-notifications/ */
export function storage(options: StorageFunction): Consumer {
  const fn = createEventFunction(options, 'storage')
  return consumer(fn, { deadLetters: options.deadLetters, decode })
}

function decode({ id, body, attempts, timestamp }: QueueMessage): IncomingMessage {
  const { type, time, data } = readNotification(body)
  return {
    // A notification has no id of its own; the one of its message stays the same when it comes again.
    id,
    type,
    time,
    subject: data.key,
    payload: { value: data, raw: JSON.stringify(body) },
    delivery: { attempt: attempts, enqueuedAt: timestamp },
  }
}

/** https://developers.cloudflare.com/r2/buckets/event-notifications/#message-format; size and tag are absent of a deletion. */
function readNotification(body: unknown): { type: string; time: string; data: StorageData } {
  const action = member(body, 'action')
  const bucket = member(body, 'bucket')
  const time = member(body, 'eventTime')
  const object = member(body, 'object')
  const key = member(object, 'key')
  const type = typeof action === 'string' && Object.hasOwn(types, action) ? types[action] : undefined
  if (type === undefined || typeof bucket !== 'string' || typeof key !== 'string' || typeof time !== 'string') {
    throw new MalformedEventError(
      `The message is no notification of R2: one with action (${Object.keys(types).join(', ')}), bucket, object.key and eventTime is expected, ${describe(body, action)} came.`,
    )
  }
  const size = member(object, 'size')
  const etag = member(object, 'eTag')
  const data: StorageData = {
    bucket,
    key,
    ...(typeof size === 'number' && { size }),
    ...(typeof etag === 'string' && { etag }),
  }
  return { type, time, data }
}

function describe(body: unknown, action: unknown): string {
  if (typeof body !== 'object' || body === null) return typeof body
  return `one with ${Object.keys(body).join(', ') || 'nothing'} (action ${JSON.stringify(action)})`
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}
