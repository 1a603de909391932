import { event as define } from '@isobar/core'
import { describe, expect, test } from 'vitest'
import { customEvents } from './custom-events.ts'
import { delivery, fixture, handled, inBinary, inStructured } from './testing/deliveries.ts'

const run = (sent: Parameters<typeof handled>[2]): ReturnType<typeof handled> =>
  handled(customEvents(), (handler) => define('com.example.order.placed', handler), sent)

const sdk = fixture('cloudevents-generic/cloudevents_sdk-javascript__v1-structured-event-2.json')
const observed = (name: string): Uint8Array =>
  fixture(`cloudevent-observed/recorded_functions-framework-nodejs__${name}.json`)

describe('a recorded CloudEvent keeps its own id, source and type', () => {
  const expected = {
    id: '70d3c768-63f8-40e7-aa9d-d197d530586b',
    source: 'https://github.com/cloudevents/spec/pull/123',
    type: 'com.github.pull.create',
    time: '2019-11-06T11:08:00Z',
    datacontenttype: 'application/json',
    data: { much: 'wow' },
    attributes: { myextension: 'something' },
  }

  test.each([
    ['structured', inStructured(sdk)],
    ['binary', inBinary(sdk)],
  ])('in %s mode (E3)', async (_, sent) => {
    const { event, status } = await run(sent)
    expect([status, event]).toMatchObject([204, expected])
    expect(Object.keys(event?.attributes ?? {})).toEqual(['myextension'])
  })

  test('as a framework saw it', async () => {
    const structured = await run(inStructured(observed('structured')))
    expect(structured.event).toMatchObject({ id: 'st', source: 's', type: 't', data: { a: 1 } })
    const binary = await run(inBinary(observed('binary-pubsub')))
    expect(binary.event).toMatchObject({
      id: '1',
      type: 'google.cloud.pubsub.topic.v1.messagePublished',
      attributes: { foo: 'ext' },
      data: { message: { data: 'aGk=' } },
    })
  })

  test('of an old version is refused, and told (E4)', async () => {
    for (const name of ['structured-event-0', 'structured-event-2']) {
      const { event, status, log } = await run(
        inStructured(fixture(`cloudevents-generic/cloudevents_sdk-javascript__${name}.json`)),
      )
      expect([event, status]).toEqual([undefined, 503])
      expect(log).toContain('got version 0.3 with specversion, type')
    }
  })
})

// The headers of https://docs.cloud.google.com/eventarc/docs/cloudevents
test('an entry of an audit log is the data of its CloudEvent', async () => {
  const entry = fixture('audit-cloudevent/googleapis_google-cloudevents__LogEntryData-pubsubCreateTopic.json')
  const { event, status } = await run(
    delivery(entry, {
      'ce-specversion': '1.0',
      'ce-id': '9frck8cf9j',
      'ce-source': '//cloudaudit.googleapis.com/projects/test-project/logs/activity',
      'ce-type': 'google.cloud.audit.log.v1.written',
      'ce-time': '2020-06-30T16:14:48.401489148Z',
      'content-type': 'application/json',
    }),
  )
  expect([status, event]).toMatchObject([
    204,
    {
      id: '9frck8cf9j',
      source: '//cloudaudit.googleapis.com/projects/test-project/logs/activity',
      type: 'google.cloud.audit.log.v1.written',
      time: '2020-06-30T16:14:48.401489148Z',
    },
  ])
  expect(event?.data).toEqual(JSON.parse(Buffer.from(entry).toString()))
  expect(event?.bytes()).toEqual(entry)
})

describe('a CloudEvent', () => {
  const headers = {
    'ce-specversion': '1.0',
    'ce-id': '1',
    'ce-source': '/orders',
    'ce-type': 'com.example.order.placed',
    'content-type': 'application/json',
  }

  // https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md#3132-http-header-values
  test('in headers is decoded there', async () => {
    const { event } = await run(delivery('{}', { ...headers, 'ce-subject': 'Euro%20%E2%82%AC', 'ce-odd': '100%' }))
    expect(event).toMatchObject({ subject: 'Euro €', attributes: { odd: '100%' } })
  })

  test('has the digits that were sent', async () => {
    const { event } = await run(delivery('{"n":12345678901234567890}', headers))
    expect(Buffer.from(event?.bytes() ?? []).toString()).toBe('{"n":12345678901234567890}')
  })

  test('whose data is text by its type is that text, whatever the trigger says', async () => {
    const { event } = await run(delivery('hello', { ...headers, 'content-type': 'text/plain' }))
    expect(event?.data).toBe('hello')
  })

  test.each([
    ['none', delivery(fixture('cloudevents-generic/cloudevents_sdk-javascript__data-0.json')), 'without such headers'],
    ['without id', delivery('{}', { ...headers, 'ce-id': '' }), 'got version 1.0'],
    ['structured but no object', inStructured([1]), 'got an array'],
  ])('that is %s comes again, and is told (E4)', async (_, sent, told) => {
    const { event, status, log } = await run(sent)
    expect([event, status]).toEqual([undefined, 503])
    expect(log).toContain(told)
  })
})
