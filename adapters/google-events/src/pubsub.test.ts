import { queue } from '@isobar/core'
import { createEventFunction, type EventFunction } from '@isobar/core/adapter'
import { describe, expect, test } from 'vitest'
import type { Delivery } from './delivery.ts'
import { pubsubPush } from './pubsub-push.ts'
import { pubsubUnwrapped } from './pubsub-unwrapped.ts'
import type { ReadMessage } from './source.ts'
import { delivery, fixture } from './testing/deliveries.ts'

const fn: EventFunction = createEventFunction(
  { target: 'somewhere', name: 'ship', definition: queue('orders', () => {}) },
  'queue',
)
const push = (body: Delivery): ReadMessage => pubsubPush('queue').read(body, fn)
const unwrapped = (body: Delivery): ReadMessage => pubsubUnwrapped('queue').read(body, fn)
const text = (value: string): Uint8Array => new TextEncoder().encode(value)

interface More {
  subscription?: string
  time?: string
  orderingKey?: string
}
type Row = [path: string, expected: { id: string; data: Uint8Array; attributes: Record<string, string> }, more: More]

describe('a recorded push', () => {
  test.each([
    [
      'pubsub-push/GoogleCloudPlatform_functions-framework-dotnet__emulator_pubsub.json',
      { id: '1', data: text('Test message from emulator'), attributes: { attr1: 'attr-value1' } },
      { subscription: 'projects/emulator-project/subscriptions/test-subscription' },
    ],
    [
      'pubsub-push/GoogleCloudPlatform_functions-framework-java__pubsub_emulator.json',
      { id: '1', data: text('{"foo":"bar"}'), attributes: { test: '123' } },
      { subscription: 'projects/FOO/subscriptions/BAR_SUB' },
    ],
    [
      'pubsub-cloudevent/googleapis_google-cloudevents__MessagePublishedData-simple.json',
      { id: 'message-id', data: new Uint8Array([1, 2, 3, 4]), attributes: {} },
      { time: '2021-02-05T04:06:14.109Z' },
    ],
    [
      'pubsub-cloudevent/googleapis_google-cloudevents__MessagePublishedData-complex.json',
      { id: 'message-id', data: text('test message 3'), attributes: { attr1: 'attr1-value' } },
      { time: '2021-02-05T04:06:14.109Z', orderingKey: 'ordering-key' },
    ],
  ] satisfies Row[])('%s', (path, { id, data, attributes }, more: More) => {
    const { subscription, time, orderingKey } = more
    const { message, origin } = push(delivery(fixture(path)))
    expect([message.id, message.attributes, message.delivery.orderingKey]).toEqual([id, attributes, orderingKey])
    expect(new Uint8Array(origin.data)).toEqual(data)
    expect(message.payload).toEqual({ bytes: origin.data })
    expect(message.time).toBe(time ?? Date.parse('2026-01-02T03:04:05Z'))
    expect(message.delivery.enqueuedAt).toEqual(time === undefined ? undefined : new Date(time))
    expect(origin.subscription).toBe(subscription ?? 'projects/test-project/subscriptions/my-subscription')
  })
})

// https://docs.cloud.google.com/pubsub/docs/push#receive_push
describe('a push', () => {
  const subscription = 'projects/p/subscriptions/s'

  test('has the attempt where the subscription has a dead-letter policy', () => {
    const read = push(delivery({ message: { messageId: '7' }, subscription, deliveryAttempt: 3 }))
    expect(read.message.delivery.attempt).toBe(3)
    expect(push(delivery({ message: { messageId: '7' }, subscription })).message.delivery).toEqual({})
  })

  test('may have attributes alone', () => {
    const { message } = push(delivery({ message: { messageId: '7', attributes: { a: '1' } }, subscription }))
    expect(message).toMatchObject({ attributes: { a: '1' }, payload: { bytes: new Uint8Array(0) } })
  })

  test('is read in either spelling', () => {
    const { message } = push(
      delivery({ message: { message_id: '7', publish_time: '2026-01-01T00:00:00Z' }, subscription }),
    )
    expect([message.id, message.time]).toEqual(['7', '2026-01-01T00:00:00Z'])
  })

  test('is where a CloudEvent may be in the attributes, and an own __proto__ is one of them', () => {
    const body = `{"message":{"messageId":"7","attributes":{"__proto__":"x"}},"subscription":"${subscription}"}`
    const { message } = push(delivery(body))
    expect(message.cloudEvent).toBe('attributes')
    expect(Object.entries(message.attributes ?? {})).toEqual([['__proto__', 'x']])
  })

  test.each([
    ['', 'got 0 bytes that are no JSON'],
    ['{', 'got 1 bytes that are no JSON'],
    ['[]', 'got an array'],
    ['"x"', 'got a string'],
    [{}, 'got an empty object'],
    [{ id: '1', type: 'google.cloud.storage.object.v1.finalized' }, 'got an object with id, type'],
    [{ message: 'x', subscription }, 'got an object with message, subscription'],
    [{ message: { messageId: '7' } }, 'got an object with message'],
    [{ message: { data: '' }, subscription }, 'got a message without messageId'],
    [{ message: { messageId: '7', data: '%' }, subscription }, "in base64, got '%'"],
    [{ message: { messageId: '7', data: {} }, subscription }, 'in base64, got an empty object'],
    [{ message: { messageId: '7', attributes: { a: 1 } }, subscription }, "got a number as 'a'"],
    [{ message: { messageId: '7', attributes: 'x' }, subscription }, 'got a string'],
  ])('%j is refused, and told (E4)', (body, told) => {
    expect(() => push(delivery(body))).toThrow(told)
  })
})

// https://docs.cloud.google.com/pubsub/docs/payload-unwrapping
describe('an unwrapped push', () => {
  const headers = {
    host: 'a.run.app',
    'user-agent': 'CloudPubSub-Google',
    'content-type': 'application/json',
    'content-length': '25',
    authorization: 'Bearer x',
    'x-forwarded-for': '203.0.113.7',
    'x-cloud-trace-context': '1/2',
    'x-goog-pubsub-subscription-name': 'projects/p/subscriptions/s',
    'x-goog-pubsub-message-id': '7',
    'x-goog-pubsub-publish-time': '2026-01-01T00:00:00Z',
    'x-goog-pubsub-ordering-key': 'some-key',
    tenant: 'a',
  }

  test('has its data as the body and what Pub/Sub knows in headers', () => {
    const { message, origin } = unwrapped(delivery('{"status": "Hello there"}', headers))
    expect(message).toMatchObject({
      id: '7',
      time: '2026-01-01T00:00:00Z',
      contentType: 'application/json',
      attributes: { tenant: 'a' },
      delivery: { orderingKey: 'some-key', enqueuedAt: new Date('2026-01-01T00:00:00Z') },
    })
    expect(origin).toMatchObject({
      data: text('{"status": "Hello there"}'),
      attributes: { tenant: 'a', 'Content-Type': 'application/json' },
      orderingKey: 'some-key',
      subscription: 'projects/p/subscriptions/s',
    })
  })

  test('without its metadata is refused: nothing says which message it is (E4)', () => {
    expect(() => unwrapped(delivery('{}', { 'content-type': 'application/json' }))).toThrow(
      'got 2 bytes without x-goog-pubsub-message-id. The subscription must have write_metadata on',
    )
  })

  test('that comes to a function for wrapped ones is refused', () => {
    expect(() => push(delivery('{"status": "Hello there"}', headers))).toThrow('got an object with status')
  })
})
