import { storage } from '@isobar/core'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { s3 } from './index.ts'
import { obey, s3Record } from './testing/events.ts'
import { runEvent, type Define } from './testing/run-event.ts'

const uploads: Define = (handler) => storage('uploads', handler)

describe('S3', () => {
  test('of several records one that fails makes all come again', async () => {
    const came = { Records: [s3Record('a'), s3Record('fail'), s3Record('b')] }
    const { end, seen } = await runEvent(s3, uploads, came, ({ subject }) => obey(subject))
    expect(end).toMatchObject({ message: 'as told' })
    expect(seen.map(({ event: { subject } }) => subject).toSorted()).toEqual(['a', 'b', 'fail'])
    const several = await runEvent(
      s3,
      uploads,
      { Records: [s3Record('fail'), s3Record('b'), s3Record('fail 2')] },
      ({ subject }) => obey(subject),
    )
    expect(several.end).toBeInstanceOf(AggregateError)
    expect(several.end).toMatchObject({ message: '2 of 3 events failed, the first with: as told' })
  })

  // https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
  test.each([
    ['red+flower%2B.jpg', 'red flower+.jpg'],
    ['Happy%20Face.jpg', 'Happy Face.jpg'],
    ['caf%C3%A9/%25.txt', 'café/%.txt'],
    ['a/b', 'a/b'],
  ])('the key %s is %s', async (encoded, key) => {
    const { seen } = await runEvent(s3, uploads, { Records: [s3Record(encoded)] }, () => {})
    expect(seen[0]?.event).toMatchObject({ subject: key, data: { bucket: 'uploads', key, size: 3, etag: 'd132' } })
  })

  test('any key comes back as it was', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', minLength: 1 }), async (key) => {
        const encoded = encodeURIComponent(key).replaceAll('%20', '+')
        const { seen } = await runEvent(s3, uploads, { Records: [s3Record(encoded)] }, () => {})
        expect(seen[0]?.event.subject).toBe(key)
      }),
    )
  })

  test.each([
    ['ObjectCreated:CompleteMultipartUpload', 'storage.created'],
    ['ObjectCreated:Copy', 'storage.created'],
    ['ObjectRemoved:Delete', 'storage.deleted'],
    ['ObjectRemoved:DeleteMarkerCreated', 'storage.deleted'],
    ['LifecycleExpiration:Delete', 'storage.deleted'],
    ['s3:LifecycleExpiration:DeleteMarkerCreated', 'storage.deleted'],
  ])('%s is %s', async (eventName, type) => {
    const { seen } = await runEvent(
      s3,
      uploads,
      { Records: [s3Record('a', { eventName }, { versionId: 'v1' })] },
      () => {},
    )
    const created = type === 'storage.created'
    expect(seen[0]?.event).toMatchObject({ type, time: '2020-03-08T00:30:12.456Z', source: 'storage:uploads' })
    expect(seen[0]?.event.data).toEqual({
      bucket: 'uploads',
      key: 'a',
      versionId: 'v1',
      ...(created && { size: 3, etag: 'd132' }),
    })
  })

  test('E1: the id is the same at every redelivery, and another for each event', async () => {
    const records = [
      s3Record('a'),
      s3Record('b'),
      s3Record('a', { eventName: 'ObjectRemoved:Delete' }),
      s3Record('a', {}, { versionId: 'v1' }),
      s3Record('a', {}, { sequencer: '1' }),
      s3Record('a', { eventTime: '2020-01-01T00:00:00Z' }, { sequencer: undefined }),
      s3Record('a', { eventTime: '2020-01-02T00:00:00Z' }, { sequencer: undefined }),
    ]
    const { seen } = await runEvent(s3, uploads, { Records: [...records, records[0]] }, () => {})
    const ids = seen.map((one) => one.event.id)
    expect(new Set(ids).size).toBe(records.length)
    expect(ids.at(-1)).toBe(ids[0])
    expect(ids[0]).toBe('uploads|a||005E64A65DF093B26D|ObjectCreated:Put')
  })

  test.each([
    [s3Record('%E0%A4%A'), 's3.object.key is "%E0%A4%A"'],
    [s3Record('a', { eventName: 'ObjectTagging:Put' }), 'eventName is "ObjectTagging:Put"'],
    [s3Record('a', { eventTime: 'now' }), 'eventTime is "now"'],
    [{ eventSource: 'aws:s3', s3: { object: { key: 'a' } } }, 's3.bucket.name is missing'],
  ])('E4: a record of a wrong shape is a typed error: %#', async (record, message) => {
    const { end } = await runEvent(s3, uploads, { Records: [record] }, () => {})
    expect(end).toMatchObject({ name: 'MalformedEventError', message: expect.stringContaining(message) })
  })
})
