import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

import type { Trigger } from './eventarc.ts'
import { documentJson } from './firestore-json.ts'
import { pushBody, type PushFormat } from './push-body.ts'
import { storageEvent } from './storage-event.ts'

function fixture(name: string) {
  return JSON.parse(readFileSync(join(import.meta.dirname, '../../../../conformance/fixtures/gcp', name), 'utf8'))
}

const format: PushFormat = {
  subscription: 'projects/test-project/subscriptions/my-subscription',
  unwrapped: undefined,
  countsAttempts: false,
}

describe('a pushed message', () => {
  const recorded = fixture('pubsub-cloudevent/googleapis_google-cloudevents__MessagePublishedData-complex.json')
  const { attributes, data, messageId, publishTime, orderingKey } = recorded.message
  const message = {
    id: messageId,
    data: Buffer.from(data, 'base64'),
    attributes,
    orderingKey,
    publishTime: Date.parse(publishTime),
  }

  it('is wrapped as Google shows it, with every name in both spellings', () => {
    const { headers, body } = pushBody(message, 3, format)
    const both = { message_id: messageId, publish_time: publishTime, ordering_key: orderingKey }
    expect(JSON.parse(Buffer.from(body).toString())).toEqual({ ...recorded, message: { ...recorded.message, ...both } })
    expect(headers).toContainEqual(['content-type', 'application/json'])
  })

  it('counts attempts where there is a dead-letter policy', () => {
    const { body } = pushBody(message, 3, { ...format, countsAttempts: true })
    expect(JSON.parse(Buffer.from(body).toString())).toMatchObject({ deliveryAttempt: 3 })
  })

  it('leaves out what is empty', () => {
    const { body } = pushBody({ id: '1', data: Buffer.alloc(0), attributes: { a: 'b' }, publishTime: 0 }, 1, format)
    const publish = '1970-01-01T00:00:00.000Z'
    expect(JSON.parse(Buffer.from(body).toString()).message).toEqual({
      attributes: { a: 'b' },
      messageId: '1',
      message_id: '1',
      publishTime: publish,
      publish_time: publish,
    })
  })

  // https://cloud.google.com/pubsub/docs/payload-unwrapping#set-header
  it('is its data alone when unwrapped, with metadata where that is asked for', () => {
    const typed = { ...message, attributes: { 'Content-Type': 'application/json' } }
    const { headers, body } = pushBody(typed, 1, { ...format, unwrapped: { writeMetadata: true } })
    expect(Buffer.from(body).toString('base64')).toBe(data)
    expect(headers.slice(1)).toEqual([
      ['x-goog-pubsub-subscription-name', format.subscription],
      ['x-goog-pubsub-message-id', messageId],
      ['x-goog-pubsub-publish-time', publishTime],
      ['x-goog-pubsub-ordering-key', orderingKey],
      ['Content-Type', 'application/json'],
    ])
    expect(pushBody(typed, 1, { ...format, unwrapped: { writeMetadata: false } }).headers).toHaveLength(1)
  })
})

describe('an event of Cloud Storage', () => {
  const recorded = fixture(
    'storage-cloudevent/GoogleCloudPlatform_functions-framework-conformance__storage-cloudevent-input.json',
  )
  const trigger: Trigger = {
    functionName: 'thumbnail',
    criterion: (attribute) => (attribute === 'bucket' ? recorded.data.bucket : undefined),
    matches: () => true,
    contentType: 'application/json',
    deadTopic: undefined,
    send() {},
  }

  it('has the attributes and the data of a recorded one', () => {
    const { name: key, size, etag, generation: versionId } = recorded.data
    const input = { object: 'created', key, size: Number(size), etag, versionId } as const
    const { headers, body } = storageEvent(input, 'storage:uploads', trigger, recorded.id, Date.parse(recorded.time))
    expect(headers).toEqual(
      expect.arrayContaining([
        ['ce-specversion', recorded.specversion],
        ['ce-id', recorded.id],
        ['ce-source', recorded.source],
        ['ce-type', recorded.type],
        ['ce-subject', recorded.subject],
        ['ce-time', recorded.time],
      ]),
    )
    const data = JSON.parse(Buffer.from(body).toString())
    expect(Object.keys(data).toSorted()).toEqual(Object.keys(recorded.data).toSorted())
    const { bucket, id, kind, metageneration, mediaLink } = recorded.data
    expect(data).toMatchObject({
      bucket,
      id,
      kind,
      metageneration,
      mediaLink,
      name: key,
      size,
      etag,
      generation: versionId,
    })
  })
})

describe('a document of Firestore', () => {
  const recorded = fixture(
    'firestore-cloudevent/GoogleCloudPlatform_functions-framework-conformance__firestore_complex-cloudevent-input.json',
  )

  it('has its values in the form of a recorded one', () => {
    const { name } = recorded.data.value
    const fields = {
      arrayValue: [1, 2n],
      booleanValue: true,
      doubleValue: 5.5,
      intValue: 50,
      mapValue: { field1: 'x', field2: ['x', 1] },
      nullValue: null,
      stringValue: 'text',
    }
    const times = { createTime: new Date(0), updateTime: new Date(0) }
    const written: unknown = documentJson({ value: { name, fields, ...times }, oldValue: undefined })
    const expected = Object.fromEntries(Object.keys(fields).map((key) => [key, recorded.data.value.fields[key]]))
    expect(written).toMatchObject({ value: { name } })
    expect(Object(written).value.fields).toEqual(expected)
  })
})
