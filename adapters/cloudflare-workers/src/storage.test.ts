import { Reject, storage as define, type Event } from '@isobar/core'
import { afterEach, describe, expect, test, vi } from 'vitest'
import type { Consumer } from './consume.ts'
import { storage } from './storage.ts'
import { batchOf, consume, producerOf } from './testing/batch.ts'

afterEach(() => void vi.restoreAllMocks())

function thumbnail(handler: (event: Event) => void): Consumer {
  const definition = define('uploads', handler)
  return storage({ target: 'workers', name: 'thumbnail', definition, deadLetters: 'QUEUE_DEAD' })
}

/** Like the example of https://developers.cloudflare.com/r2/buckets/event-notifications/#message-format */
const notification = {
  account: '3f4b7e3dcab231cbfdaa90a6a28bd548',
  action: 'PutObject',
  bucket: 'acme-uploads',
  object: { key: 'a b/ü+%20.png', size: 65_536, eTag: 'c846ff7a18f28c2e262116d6e8719ef0' },
  eventTime: '2024-05-24T19:36:44.379Z',
}

test('a notification is an event of the object; its key is as it is', async () => {
  const seen: Event[] = []
  const { calls } = await consume(
    thumbnail((event) => void seen.push(event)),
    batchOf('acme-uploads-thumbnail', [notification]),
  )
  expect(calls).toEqual([[['ack']]])
  expect(seen).toMatchObject([
    {
      id: 'message-0',
      source: 'storage:uploads',
      type: 'storage.created',
      time: '2024-05-24T19:36:44.379Z',
      subject: 'a b/ü+%20.png',
      data: {
        bucket: 'acme-uploads',
        key: 'a b/ü+%20.png',
        size: 65_536,
        etag: 'c846ff7a18f28c2e262116d6e8719ef0',
      },
    },
  ])
  expect(JSON.parse(new TextDecoder().decode(seen[0]?.bytes()))).toEqual(notification)
})

test.each([
  ['PutObject', 'storage.created'],
  ['CopyObject', 'storage.created'],
  ['CompleteMultipartUpload', 'storage.created'],
  ['DeleteObject', 'storage.deleted'],
  ['LifecycleDeletion', 'storage.deleted'],
])('%s is %s', async (action, type) => {
  const types: string[] = []
  await consume(
    thumbnail((event) => void types.push(event.type)),
    batchOf('q', [{ ...notification, action }]),
  )
  expect(types).toEqual([type])
})

test('a deletion has no size and no tag', async () => {
  const seen: unknown[] = []
  const { object, ...rest } = notification
  await consume(
    thumbnail(({ data }) => void seen.push(data)),
    batchOf('q', [{ ...rest, action: 'DeleteObject', object: { key: object.key } }]),
  )
  expect(seen).toEqual([{ bucket: 'acme-uploads', key: object.key }])
})

test('a rejected notification lies with the dead as it came', async () => {
  const dead = producerOf()
  const refuse = thumbnail(() => {
    throw Reject('no image')
  })
  expect((await consume(refuse, batchOf('q', [notification]), { QUEUE_DEAD: dead })).calls).toEqual([[['ack']]])
  expect(dead.sent).toEqual([[notification, { contentType: 'json' }]])
})

describe('what is unexpected (E4)', () => {
  test.each([
    [{ ...notification, action: 'GetObject' }, '(action "GetObject")'],
    [{ ...notification, action: 'toString' }, '(action "toString")'],
    [{ ...notification, object: {} }, 'object.key'],
    [{ ...notification, eventTime: 7 }, 'eventTime'],
    ['text', 'string came'],
    [null, 'object came'],
  ])('%j comes again alone, with a word of what was expected', async (body, word) => {
    const { calls, lines } = await consume(
      thumbnail(() => undefined),
      batchOf('q', [body, notification]),
    )
    expect(calls).toEqual([[['retry']], [['ack']]])
    expect(lines).toMatchObject([
      { fields: { error: { name: 'MalformedEventError', message: expect.stringContaining(word) } } },
    ])
  })
})
