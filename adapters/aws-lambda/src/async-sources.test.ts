import { event, Reject, schedule, storage, topic } from '@isobar/core'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { eventBridge, native, s3, scheduler, sns } from './index.ts'
import { obey, s3Record, snsRecord } from './testing/events.ts'
import { runEvent, type Define, type Make } from './testing/run-event.ts'
import { fakeSqs } from './testing/sqs.ts'

const deadUrl = 'https://sqs.us-east-2.amazonaws.com/123456789012/shop-ship-dead'

beforeEach(() => void vi.stubEnv('ISOBAR_DEAD_LETTER_QUEUE_URL', deadUrl))
afterEach(() => void vi.unstubAllEnvs())

const prices: Define = (handler) => topic({ topic: 'prices', data: 'text' }, handler)

const placed = {
  version: '0',
  id: 'af718b2a-b987-e8c0-7a2b-a188fad2661a',
  'detail-type': 'order.placed',
  source: 'my.shop',
  account: '425362996713',
  time: '2023-08-03T22:49:03Z',
  region: 'us-east-1',
  resources: [],
  detail: 'ok',
}
const tick = {
  scheduledTime: '2026-03-04T02:30:00Z',
  scheduleArn: 'arn',
  executionId: 'd32c5kddcf5bb8c3',
  attempt: '1',
}

const sources: [name: string, make: Make, define: Define, came: (text: string) => unknown, kept: string][] = [
  ['a topic', sns, prices, (text) => ({ Records: [snsRecord('m-1', { Message: text })] }), 'reject'],
  [
    'a rule',
    eventBridge,
    (handler) => event({ type: 'e', data: 'json' }, handler),
    (text) => ({ ...placed, detail: text }),
    '"detail":"reject"',
  ],
  [
    'a bucket',
    s3,
    (handler) => storage('uploads', ({ data, ...rest }, context) => handler({ ...rest, data: data.key }, context)),
    (text) => ({ Records: [s3Record(text)] }),
    '"key":"reject"',
  ],
]

describe.each(sources)('an event of %s', (_, make, define, came, kept) => {
  test('is done when the function returns, and the SDK is not loaded', async () => {
    const { end, seen, fake } = await runEvent(make, define, came('ok'))
    expect([end, seen.length, fake.counts.loads]).toEqual(['returned', 1, 0])
  })

  test('comes again when the function throws, with the error of the handler', async () => {
    expect((await runEvent(make, define, came('fail'))).end).toMatchObject({ message: 'as told' })
  })

  test('comes again for Retry.after too, since there is no delay', async () => {
    const { end, fake } = await runEvent(make, define, came('later 30'))
    expect([end, fake.counts.loads]).toEqual([expect.objectContaining({ name: 'Retry' }), 0])
  })

  test('that is rejected goes to the queue of the function’s own dead, and is done', async () => {
    const { end, fake } = await runEvent(make, define, came('reject'))
    expect(end).toBe('returned')
    expect(fake.sent).toMatchObject([
      {
        QueueUrl: deadUrl,
        MessageBody: expect.stringContaining(kept),
        MessageAttributes: {
          'isobar-source': { DataType: 'String', StringValue: expect.stringMatching(/prices|uploads|my\.shop/) },
          'isobar-id': { DataType: 'String' },
          'isobar-reason': { DataType: 'String', StringValue: 'no such order' },
        },
      },
    ])
  })

  test('that is rejected and cannot be set aside comes again', async () => {
    const fake = Object.assign(fakeSqs(), { fails: new Error('endpoint down') })
    const { end } = await runEvent(make, define, came('reject'), undefined, fake)
    expect(end).toMatchObject({ cause: { message: 'endpoint down' } })
  })
})

describe('SNS', () => {
  test('tells attributes and subject; binary attributes only on native', async () => {
    const MessageAttributes = {
      tenant: { Type: 'String', Value: 'blue' },
      sizes: { Type: 'String.Array', Value: '["s","m"]' },
      picture: { Type: 'Binary', Value: 'R0lG' },
    }
    const came = { Records: [snsRecord('reject', { MessageAttributes, Subject: 'News' })] }
    const { seen, fake } = await runEvent(sns, prices, came)
    expect(seen[0]?.event).toMatchObject({
      id: 'reject',
      source: 'topic:prices',
      type: 'topic.message',
      time: '2019-01-02T12:45:07.000Z',
      subject: 'News',
    })
    expect(seen[0]?.event.attributes).toEqual({ tenant: 'blue', sizes: '["s","m"]' })
    expect(seen.map(({ context }) => native(context).event)).toEqual([came])
    expect(fake.sent[0]?.MessageAttributes).toMatchObject({
      sizes: { DataType: 'String.Array', StringValue: '["s","m"]' },
      picture: { DataType: 'Binary', BinaryValue: new Uint8Array([0x47, 0x49, 0x46]) },
    })
  })

  test('E3: a CloudEvent in structured mode is announced by an attribute', async () => {
    const MessageAttributes = { 'content-type': { Type: 'String', Value: 'application/cloudevents+json' } }
    const Message = '{"specversion":"1.0","id":"e-1","source":"/shop","type":"order.placed","data":"ok"}'
    for (const data of ['text', 'bytes'] as const) {
      const came = { Records: [snsRecord('m-1', { MessageAttributes, Message })] }
      const { seen } = await runEvent(sns, (handler) => topic({ topic: 'prices', data }, handler), came)
      expect(seen[0]?.event).toMatchObject({ id: 'e-1', source: '/shop', type: 'order.placed', data: 'ok' })
    }
  })

  test('E2: bytes are those of the text that a message is', async () => {
    const define: Define = (handler) => topic({ topic: 'prices', data: 'bytes' }, handler)
    const { seen } = await runEvent(sns, define, { Records: [snsRecord('m-1', { Message: 'é AP8=' })] })
    expect(seen[0]?.event.data).toEqual(new TextEncoder().encode('é AP8='))
  })

  test.each([
    ['MessageId', undefined, 'Sns.MessageId is missing'],
    ['Message', 7, 'Sns.Message is 7, and should be a text'],
    ['Timestamp', 'yesterday', 'Sns.Timestamp is "yesterday"'],
  ])('E4: a record whose %s is %s is a typed error', async (name, value, message) => {
    const { end, seen } = await runEvent(sns, prices, { Records: [snsRecord('m-1', { [name]: value })] })
    expect(end).toMatchObject({ name: 'MalformedEventError', message: expect.stringContaining(message) })
    expect(seen).toEqual([])
  })
})

describe('EventBridge', () => {
  test.each(['id', 'source', 'detail-type', 'time', 'detail'])('E4: without its %s it is none', async (name) => {
    const came = { ...placed, [name]: undefined }
    const { end, seen } = await runEvent(eventBridge, (handler) => event('e', handler), came)
    expect([end, seen]).toEqual([expect.objectContaining({ name: 'UnexpectedEventError' }), []])
  })

  test('the data is the detail, whatever form is wanted', async () => {
    const detail = { n: 1, ['__proto__']: { x: 1 } }
    const json = await runEvent(
      eventBridge,
      (handler) => event('e', handler),
      { ...placed, detail },
      () => {},
    )
    expect(json.seen[0]?.event).toMatchObject({
      id: placed.id,
      source: 'my.shop',
      type: 'order.placed',
      time: placed.time,
      data: { n: 1 },
    })
    const text = await runEvent(
      eventBridge,
      (handler) => event({ type: 'e', data: 'text' }, handler),
      { ...placed, detail: { n: 1 } },
      () => {},
    )
    expect(text.seen[0]?.event.data).toBe('{"n":1}')
  })
})

describe('EventBridge Scheduler', () => {
  const nightly: Define = (handler) => schedule('30 2 * * *', handler)
  const make: Make = (input) => scheduler(input)

  test('E1: a tick has one id however often it fires', async () => {
    const once = await runEvent(make, nightly, tick, () => {})
    const again = await runEvent(make, nightly, { ...tick, executionId: 'other', attempt: '2' }, () => {})
    for (const { end, seen } of [once, again]) {
      expect(end).toBe('returned')
      expect(seen[0]?.event).toMatchObject({
        id: 'ship/2026-03-04T02:30:00.000Z',
        source: 'schedule:ship',
        type: 'schedule.tick',
        time: '2026-03-04T02:30:00.000Z',
        data: null,
      })
    }
  })

  test('that fails comes again, that is rejected is only logged', async () => {
    const failed = await runEvent(make, nightly, tick, () => obey('fail'))
    expect(failed.end).toMatchObject({ message: 'as told' })
    const rejected = await runEvent(make, nightly, tick, () => {
      throw Reject('not tonight')
    })
    expect([rejected.end, rejected.fake.counts.loads]).toEqual(['returned', 0])
    expect(rejected.log).toContain('not tonight')
  })

  test('without a scheduled time it is another source', async () => {
    for (const came of [
      { ...tick, scheduledTime: '<aws.scheduler.scheduled-time>' },
      { ...tick, scheduledTime: 7 },
      {},
    ]) {
      expect((await runEvent(make, nightly, came)).end).toMatchObject({ name: 'UnexpectedEventError' })
    }
  })
})
