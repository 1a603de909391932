import { createHash, randomBytes } from 'node:crypto'

import type { Clock } from '../../../events/clock.ts'
import type { EventInput, ObjectInput } from '../../../events/types.ts'
import { region } from '../../lambda-function.ts'
import { listOf, objectOf, textOf } from '../values.ts'

/** Of what happens in a bucket, what a function is told. */
export interface BucketNotification {
  /** `s3:ObjectCreated:*` and the like. */
  events: readonly string[]
  /** Both must hold, where there are any. */
  prefix?: string | undefined
  suffix?: string | undefined
}

/** Something that happened in a bucket. */
export interface BucketEvent {
  /** `ObjectCreated:Put`. */
  name: string
  input: ObjectInput
  at: Date
  sequencer: string
}

export interface Bucket {
  name: string
  versioned: boolean
}

/** @throws Error for what is no object. */
export function bucketEvent(input: EventInput, source: string, bucket: Bucket, clock: Clock): BucketEvent {
  if (!('object' in input)) throw new Error(`${source} takes objects: { object: 'created' | 'deleted', key }.`)
  const bytes = Buffer.byteLength(input.key)
  if (bytes === 0 || bytes > 1024)
    throw new Error(`S3 does not take this key for ${source}: it has ${bytes} bytes, not 1 to 1024.`)
  const version = bucket.versioned ? versionOf(input) : {}
  return {
    name: eventName(input, bucket),
    input: { ...version, ...input },
    at: new Date(clock.now()),
    sequencer: nextSequencer(clock.now()),
  }
}

/**
 * Without a version a delete in a versioned bucket adds a marker:
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-event-types-and-destinations.html
 */
function eventName({ object, versionId }: ObjectInput, { versioned }: Bucket): string {
  if (object === 'created') return 'ObjectCreated:Put'
  return versioned && versionId === undefined ? 'ObjectRemoved:DeleteMarkerCreated' : 'ObjectRemoved:Delete'
}

function versionOf({ versionId }: ObjectInput): { versionId: string } {
  return { versionId: versionId ?? randomBytes(24).toString('base64url') }
}

let count = 0

/** Of one length here, so that the later one is the greater one. */
function nextSequencer(now: number): string {
  count = (count + 1) % 0x1000000
  return `${now.toString(16).padStart(12, '0')}${count.toString(16).padStart(6, '0')}`.toUpperCase()
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-filtering.html */
export function isNotified(
  { events, prefix = '', suffix = '' }: BucketNotification,
  { name, input }: BucketEvent,
): boolean {
  const matches = events.some((one) => {
    const wanted = one.replace(/^s3:/, '')
    return wanted === name || (wanted.endsWith(':*') && name.startsWith(wanted.slice(0, -1)))
  })
  return matches && input.key.startsWith(prefix) && input.key.endsWith(suffix)
}

/** @param filter `S3Key: { Rules: [{ Name, Value }] }`. */
export function keyFilter(filter: unknown): Pick<BucketNotification, 'prefix' | 'suffix'> {
  const rules = listOf(objectOf(objectOf(filter)['S3Key'])['Rules']).map(objectOf)
  const value = (name: string): string | undefined =>
    textOf(rules.find((rule) => textOf(rule['Name'])?.toLowerCase() === name)?.['Value'])
  return { prefix: value('prefix'), suffix: value('suffix') }
}

/** As Lambda hands it to a function: https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html */
export function s3Event({ name, input, at, sequencer }: BucketEvent, bucket: Bucket, configurationId: string): object {
  const { key, versionId } = input
  const marker = name.endsWith('DeleteMarkerCreated')
  const content = name.startsWith('ObjectCreated')
    ? { size: input.size ?? 0, eTag: input.etag ?? madeUpTag(input) }
    : marker
      ? { eTag: madeUpTag({ size: 0 }) }
      : {}
  return {
    Records: [
      {
        eventVersion: '2.1',
        eventSource: 'aws:s3',
        awsRegion: region,
        eventTime: at.toISOString(),
        eventName: name,
        userIdentity: { principalId: 'AWS:AIDAIENQZJOLO23YVJ4VO' },
        requestParameters: { sourceIPAddress: '127.0.0.1' },
        responseElements: {
          'x-amz-request-id': randomBytes(8).toString('hex').toUpperCase(),
          'x-amz-id-2': randomBytes(48).toString('base64'),
        },
        s3: {
          s3SchemaVersion: '1.0',
          configurationId,
          bucket: {
            name: bucket.name,
            ownerIdentity: { principalId: 'A3NL1KOZZKEXAMPLE' },
            arn: `arn:aws:s3:::${bucket.name}`,
          },
          object: { key: encodeKey(key), ...content, ...(versionId !== undefined && { versionId }), sequencer },
        },
      },
    ],
  }
}

/** The MD5 of what is not there: an empty object's own. */
function madeUpTag({ size = 0 }: Pick<ObjectInput, 'size'>): string {
  return createHash('md5')
    .update(Buffer.alloc(Math.min(size, 1024)))
    .digest('hex')
}

/** As in a form: a space is `+`; slashes stay. */
export function encodeKey(key: string): string {
  const encoded = encodeURIComponent(key.toWellFormed()).replaceAll(
    /[!'()~]/g,
    (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  return encoded.replaceAll('%20', '+').replaceAll('%2F', '/')
}
