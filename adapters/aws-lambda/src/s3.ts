import type { IncomingMessage, MalformedMessage, StorageData } from '@isobar/core/adapter'
import { rejecter, runAsynchronous, type RejectingApplication } from './async-call.ts'
import { member, UnexpectedEventError } from './event.ts'
import { bindEvents } from './invocation.ts'
import type { LambdaContext } from './lambda-context.ts'
import type { S3Record } from './native-events.ts'
import { at, hasRecords, malformed } from './records.ts'

/**
 * The handler of a function that an S3 bucket notifies. When an event has several records and one of them is to come again,
 * they all come again.
 *
 * @throws TypeError when the definition is none of `storage()`.
 */
export function s3(input: RejectingApplication): (event: unknown, context: LambdaContext) => Promise<void> {
  const fn = bindEvents(input, 'storage')
  const rejectTo = rejecter(input)
  return async (event, context) => {
    if (!hasRecords(event, isRecord)) throw new UnexpectedEventError('a bucket of S3 (records of aws:s3)', event)
    const { Records: records } = event
    const native = { source: 's3', event, context } as const
    await runAsynchronous(fn, native, {
      messages: records.map(decode),
      reject: rejectTo(native, (index) => {
        const record = at(records, index)
        return { body: JSON.stringify(record), source: record.s3.bucket.arn, id: idOf(record) }
      }),
    })
  }
}

function isRecord(record: unknown): record is S3Record {
  return member(record, 'eventSource') === 'aws:s3' && typeof member(member(record, 's3'), 'object') === 'object'
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-event-types-and-destinations.html */
function typeOf({ eventName }: S3Record): string | undefined {
  if (/^(?:s3:)?ObjectCreated:/.test(eventName)) return 'storage.created'
  return /^(?:s3:)?(?:ObjectRemoved|LifecycleExpiration):/.test(eventName) ? 'storage.deleted' : undefined
}

function decode(record: S3Record): IncomingMessage | MalformedMessage {
  const { eventName, eventTime, s3 } = record
  const bucket = member(s3.bucket, 'name')
  if (typeof bucket !== 'string') return malformed(undefined, 's3.bucket.name', 'a text', bucket)
  const { key: encoded, size, eTag, versionId } = s3.object
  const key = typeof encoded === 'string' ? decodeKey(encoded) : undefined
  if (key === undefined) return malformed(undefined, 's3.object.key', 'a text, encoded as in a form', encoded)
  const type = typeOf(record)
  const id = idOf(record)
  if (!type) return malformed(id, 'eventName', 'that of an object which was created or removed', eventName)
  if (Number.isNaN(Date.parse(eventTime))) return malformed(id, 'eventTime', 'a time of RFC 3339', eventTime)
  const data: StorageData = {
    bucket,
    key,
    // A marker of deletion has the tag of nothing.
    ...(type === 'storage.created' && typeof size === 'number' && { size }),
    ...(type === 'storage.created' && eTag && { etag: eTag }),
    ...(versionId && { versionId }),
  }
  return {
    id,
    time: eventTime,
    type,
    subject: key,
    payload: { value: data, raw: JSON.stringify(record) },
    delivery: { ...(s3.object.sequencer && { sequence: s3.object.sequencer }) },
  }
}

/**
 * S3 gives a notification no id. A sequencer is there for what is written and removed, and another one each time:
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
 */
function idOf({ eventName, eventTime, s3: { bucket, object } }: S3Record): string {
  return [bucket.name, object.key, object.versionId ?? '', object.sequencer ?? eventTime, eventName].join('|')
}

/** Undefined when it is not encoded as S3 does it. */
function decodeKey(encoded: string): string | undefined {
  try {
    return decodeURIComponent(encoded.replaceAll('+', ' '))
  } catch {
    return undefined
  }
}
