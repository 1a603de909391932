import { queue, type QueueTrigger } from '@isobar/core'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { native, sqs, type BatchResult } from './index.ts'
import { eventApplication, invoke, noting, obey, sqsRecord, type SeenEvent } from './testing/events.ts'
import { captureLog } from './testing/lambda.ts'
import { fakeSqs, type FakeSqs } from './testing/sqs.ts'

const queueUrl = 'https://sqs.us-east-2.amazonaws.com/123456789012/orders'
const deadUrl = 'https://sqs.us-east-2.amazonaws.com/123456789012/orders-dead'

beforeEach(() => {
  vi.stubEnv('ISOBAR_QUEUE_URL', queueUrl)
  vi.stubEnv('ISOBAR_DEAD_LETTER_QUEUE_URL', deadUrl)
})
afterEach(() => void vi.unstubAllEnvs())

interface Ran {
  result: BatchResult
  seen: SeenEvent[]
  log: unknown[]
  fake: FakeSqs
}

async function run(records: object[], trigger: Partial<QueueTrigger> = {}, fake: FakeSqs = fakeSqs()): Promise<Ran> {
  using log = captureLog()
  const { seen, handler } = noting(({ data }) => obey(data))
  const definition = queue({ queue: 'orders', data: 'text', ...trigger }, handler)
  const shim = sqs({ ...eventApplication(definition), visibilitySeconds: 360, sqs: fake.load })
  return { result: await invoke(shim, { Records: records }), seen, log: log.lines(), fake }
}

const failures = ({ result }: Ran): string[] => result.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)

describe('the answer', () => {
  test('lists what failed by its messageId, and nothing else', async () => {
    const records = [sqsRecord('a'), sqsRecord('fail'), sqsRecord('b'), sqsRecord('m-4', { body: 'fail' })]
    expect((await run(records)).result).toEqual({
      batchItemFailures: [{ itemIdentifier: 'fail' }, { itemIdentifier: 'm-4' }],
    })
  })

  test('of a batch that is done is empty, and the SDK is not loaded', async () => {
    const { result, fake } = await run([sqsRecord('a'), sqsRecord('b')])
    expect(result).toEqual({ batchItemFailures: [] })
    expect(fake.counts.loads).toBe(0)
  })

  test('lists a record of a wrong shape, and the log says what came and what was expected', async () => {
    const ran = await run([
      sqsRecord('no-body', { body: undefined }),
      sqsRecord('no-time', {}, { SentTimestamp: 'yesterday' }),
      sqsRecord('a'),
    ])
    expect(failures(ran)).toEqual(['no-body', 'no-time'])
    expect(ran.seen.map(({ event }) => event.id)).toEqual(['a'])
    expect(JSON.stringify(ran.log)).toContain('body is missing, and should be a text')
    expect(JSON.stringify(ran.log)).toMatch(/SentTimestamp is .*yesterday.*milliseconds since 1970/)
  })

  test.each([
    ['records of another source', { Records: [{ EventSource: 'aws:sns' }] }, 'records of aws:sns'],
    ['a record of another source among them', { Records: [sqsRecord('a'), { eventSource: 'aws:s3' }] }, 'SQS'],
    ['a record without an id', { Records: [sqsRecord('a'), sqsRecord('')] }, 'each with a messageId'],
    ['no records', { Records: [] }, 'records of no source'],
    ['an empty event', {}, 'an empty event'],
  ])('of %s is an error, before anything is handled', async (_, event, message) => {
    const { seen, handler } = noting()
    const shim = sqs({ ...eventApplication(queue('orders', handler)), visibilitySeconds: 360, sqs: fakeSqs().load })
    await expect(invoke(shim, event)).rejects.toMatchObject({
      name: 'UnexpectedEventError',
      message: expect.stringContaining(message),
    })
    expect(seen).toEqual([])
  })

  test('waits for the work that was given to waitUntil', async () => {
    let done = false
    const definition = queue({ queue: 'orders', data: 'text' }, (_, context) => {
      context.waitUntil(new Promise<void>((resolve) => setImmediate(() => resolve(void (done = true)))))
    })
    const shim = sqs({ ...eventApplication(definition), visibilitySeconds: 360, sqs: fakeSqs().load })
    await invoke(shim, { Records: [sqsRecord('a')] })
    expect(done).toBe(true)
  })
})

describe('the event', () => {
  test('has what the transport tells', async () => {
    const messageAttributes = {
      tenant: { dataType: 'String', stringValue: 'blue', stringListValues: [], binaryListValues: [] },
      weight: { dataType: 'Number.grams', stringValue: '7', stringListValues: [], binaryListValues: [] },
      picture: { dataType: 'Binary.gif', binaryValue: 'R0lG', stringListValues: [], binaryListValues: [] },
    }
    const { seen } = await run([sqsRecord('m-1', { body: 'hello', messageAttributes })])
    expect(seen[0]?.event).toMatchObject({
      id: 'm-1',
      source: 'queue:orders',
      type: 'queue.message',
      time: '2018-12-17T21:37:29.183Z',
      data: 'hello',
      attributes: { tenant: 'blue', weight: '7' },
    })
    expect(seen[0]?.event.attributes).not.toHaveProperty('picture')
    expect(new TextDecoder().decode(seen[0]?.event.bytes())).toBe('hello')
    expect(seen[0]?.context.delivery).toEqual({
      attempt: 2,
      enqueuedAt: new Date(1_545_082_649_183),
      batch: { index: 0, size: 1 },
    })
  })

  test('C7: native is what came in', async () => {
    const event = { Records: [sqsRecord('a'), sqsRecord('b')] }
    const bodies: unknown[] = []
    const definition = queue({ queue: 'orders', data: 'text', concurrency: 1 }, (_, context) => {
      const found = native(context)
      expect(found.event).toBe(event)
      if (found.source === 'sqs') bodies.push(found.event.Records[context.delivery.batch.index]?.receiptHandle)
    })
    await invoke(sqs({ ...eventApplication(definition), visibilitySeconds: 360, sqs: fakeSqs().load }), event)
    expect(bodies).toEqual(['receipt of a', 'receipt of b'])
  })

  test('E3: a CloudEvent in binary mode is found in the attributes', async () => {
    const text = (stringValue: string): object => ({ dataType: 'String', stringValue })
    const messageAttributes = {
      'ce-specversion': text('1.0'),
      'ce-id': text('e-1'),
      'ce-source': text('/shop'),
      'ce-type': text('order.placed'),
      'content-type': text('application/json'),
      tenant: text('blue'),
    }
    const { seen } = await run([sqsRecord('m-1', { body: '{"n":1}', messageAttributes })])
    expect(seen[0]?.event).toMatchObject({
      id: 'e-1',
      source: '/shop',
      type: 'order.placed',
      data: { n: 1 },
      attributes: { tenant: 'blue' },
    })
  })

  test('E2: bytes are those of the text that a body is; what a sender encoded is its receiver’s to decode', async () => {
    const { seen } = await run([sqsRecord('m-1', { body: 'é AP8=' })], { data: 'bytes' })
    expect(seen[0]?.event.data).toEqual(new TextEncoder().encode('é AP8='))
    expect(seen[0]?.event.bytes()).toEqual(new TextEncoder().encode('é AP8='))
  })
})

describe('a FIFO queue', () => {
  const grouped = (id: string, group: string, body: string): object =>
    sqsRecord(id, { body }, { MessageGroupId: group, MessageDeduplicationId: `once ${id}`, SequenceNumber: `1${id}` })

  test('tells group and sequence', async () => {
    const { seen } = await run([grouped('1', 'blue', 'x')], { ordered: true })
    expect(seen[0]?.context.delivery).toMatchObject({ orderingKey: 'blue', sequence: '11' })
  })

  test('leaves the rest of a group alone after its first failure, and lists it', async () => {
    const records = [
      grouped('1', 'blue', 'ok'),
      grouped('2', 'blue', 'fail'),
      grouped('3', 'red', 'ok'),
      grouped('4', 'blue', 'ok'),
    ]
    const ran = await run(records, { ordered: true })
    expect(failures(ran)).toEqual(['2', '4'])
    expect(ran.seen.map(({ event }) => event.id)).toEqual(['1', '2', '3'])
  })

  test('keeps its order behind a record of a wrong shape', async () => {
    const ran = await run([{ ...grouped('1', 'blue', 'ok'), body: 7 }, grouped('2', 'blue', 'ok')], { ordered: true })
    expect(failures(ran)).toEqual(['1', '2'])
  })

  test('sets aside with group and deduplication id', async () => {
    const ran = await run([grouped('1', 'blue', 'reject'), grouped('2', 'blue', 'ok')], { ordered: true })
    expect(failures(ran)).toEqual([])
    expect(ran.fake.sent).toMatchObject([{ MessageGroupId: 'blue', MessageDeduplicationId: 'once 1' }])
  })

  test('of a standard queue a group (fair queues) is no order', async () => {
    const ran = await run([grouped('1', 'blue', 'fail'), grouped('2', 'blue', 'ok')])
    expect(failures(ran)).toEqual(['1'])
    expect(ran.seen[0]?.context.delivery).not.toHaveProperty('orderingKey')
  })
})

describe('a delay', () => {
  test.each([
    ['30', 30],
    ['0', 1],
    ['0.2', 1],
    ['1.5', 2],
    ['42840', 42_840],
    ['43200', 42_840],
    ['1e9', 42_840],
  ])('of %s s is set as %d s, and the message listed', async (seconds, expected) => {
    const ran = await run([sqsRecord('m-1', { body: `later ${seconds}` }), sqsRecord('a')])
    expect(ran.fake.postponed).toEqual([
      { QueueUrl: queueUrl, ReceiptHandle: 'receipt of m-1', VisibilityTimeout: expected },
    ])
    expect(failures(ran)).toEqual(['m-1'])
  })

  test('that fails lists the message all the same', async () => {
    const fake = Object.assign(fakeSqs(), { fails: new Error('endpoint down') })
    const ran = await run([sqsRecord('m-1', { body: 'later 5' })], {}, fake)
    expect(failures(ran)).toEqual(['m-1'])
    expect(JSON.stringify(ran.log)).toContain('endpoint down')
  })
})

describe('a rejected message', () => {
  const messageAttributes = {
    tenant: { dataType: 'String', stringValue: 'blue', stringListValues: [], binaryListValues: [] },
    picture: { dataType: 'Binary.gif', binaryValue: 'R0lG', stringListValues: [], binaryListValues: [] },
  }

  test('goes to the dead-letter queue as it was, with its source named, and is not listed', async () => {
    const ran = await run([
      sqsRecord('m-1', { body: 'reject ä', messageAttributes }, { AWSTraceHeader: 'Root=1-5759e988' }),
    ])
    expect(ran.fake.sent).toEqual([
      {
        QueueUrl: deadUrl,
        MessageBody: 'reject ä',
        MessageAttributes: {
          tenant: { DataType: 'String', StringValue: 'blue' },
          picture: { DataType: 'Binary.gif', BinaryValue: new Uint8Array([0x47, 0x49, 0x46]) },
          'isobar-source': { DataType: 'String', StringValue: 'arn:aws:sqs:us-east-2:123456789012:orders' },
          'isobar-id': { DataType: 'String', StringValue: 'm-1' },
          'isobar-reason': { DataType: 'String', StringValue: 'no such order' },
        },
        MessageSystemAttributes: { AWSTraceHeader: { DataType: 'String', StringValue: 'Root=1-5759e988' } },
      },
    ])
    expect(failures(ran)).toEqual([])
  })

  // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html
  test('keeps its own attributes where there is room for ten', async () => {
    const own = Array.from({ length: 9 }, (_, index) => [`a${index}`, { dataType: 'Number', stringValue: '1' }])
    const { fake } = await run([sqsRecord('reject', { messageAttributes: Object.fromEntries(own) })])
    expect(Object.keys(fake.sent[0]?.MessageAttributes ?? {})).toEqual([...own.map(([name]) => name), 'isobar-source'])
  })

  test.each(['fails', 'loadFails'] as const)('that cannot be set aside comes again: %s', async (which) => {
    const fake = Object.assign(fakeSqs(), { [which]: new Error('endpoint down') })
    const ran = await run([sqsRecord('m-1', { body: 'reject' })], {}, fake)
    expect(failures(ran)).toEqual(['m-1'])
    expect(JSON.stringify(ran.log)).toContain('endpoint down')
  })

  test('comes again when the queue of the dead is not known', async () => {
    vi.stubEnv('ISOBAR_DEAD_LETTER_QUEUE_URL', undefined)
    const ran = await run([sqsRecord('m-1', { body: 'reject' })])
    expect(failures(ran)).toEqual(['m-1'])
    expect(JSON.stringify(ran.log)).toContain('ISOBAR_DEAD_LETTER_QUEUE_URL is not set')
  })
})

test('the client is made once, at the first need, and again only when the SDK could not be loaded', async () => {
  using _log = captureLog()
  const fake = Object.assign(fakeSqs(), { loadFails: new Error('no such module') })
  const definition = queue({ queue: 'orders', data: 'text' }, ({ data }) => obey(data))
  const shim = sqs({ ...eventApplication(definition), visibilitySeconds: 360, sqs: fake.load })
  await invoke(shim, { Records: [sqsRecord('reject')] })
  Object.assign(fake, { loadFails: undefined })
  for (const _ of [1, 2]) await invoke(shim, { Records: [sqsRecord('reject'), sqsRecord('later 3')] })
  expect(fake.counts).toEqual({ loads: 2, clients: 1 })
  expect(fake.sent).toHaveLength(2)
})

test('a definition of another kind is refused at the start', () => {
  const definition = { target: 'aws', name: 'ship', definition: {} }
  expect(() => sqs({ ...definition, visibilitySeconds: 360, sqs: fakeSqs().load })).toThrow(
    'must be a definition of queue()',
  )
  expect(
    sqs({ ...eventApplication(queue('orders', () => {})), visibilitySeconds: 1, sqs: fakeSqs().load }),
  ).toHaveLength(2)
})
