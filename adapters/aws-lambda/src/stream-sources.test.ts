import { changes, stream, type ChangesTrigger, type Event, type StreamTrigger } from '@isobar/core'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { dynamoDb, kinesis, type BatchResult } from './index.ts'
import {
  dynamoDbRecord,
  eventApplication,
  invoke,
  kinesisRecord,
  noting,
  obey,
  type SeenEvent,
} from './testing/events.ts'
import { captureLog } from './testing/lambda.ts'
import { fakeSqs, type FakeSqs } from './testing/sqs.ts'

const deadUrl = 'https://sqs.us-east-2.amazonaws.com/123456789012/shop-ship-dead'

beforeEach(() => void vi.stubEnv('ISOBAR_DEAD_LETTER_QUEUE_URL', deadUrl))
afterEach(() => void vi.unstubAllEnvs())

interface Ran {
  /** The answer, or the error that was thrown. */
  end: BatchResult | Error
  seen: SeenEvent[]
  log: string
  fake: FakeSqs
}

async function clicks(
  records: object[],
  trigger: Partial<StreamTrigger> = {},
  fake: FakeSqs = fakeSqs(),
  act: (event: Event) => unknown = ({ data }) => obey(data),
): Promise<Ran> {
  using log = captureLog()
  const { seen, handler } = noting(act)
  const definition = stream({ stream: 'clicks', data: 'text', ...trigger }, handler)
  const end = await invoke(kinesis({ ...eventApplication(definition), sqs: fake.load }), { Records: records }).catch(
    asError,
  )
  return { end, seen, log: log.text(), fake }
}

async function users(
  records: object[],
  act: (event: Event) => unknown = () => {},
  trigger: Partial<ChangesTrigger> = {},
  fake: FakeSqs = fakeSqs(),
): Promise<Ran> {
  using log = captureLog()
  const { seen, handler } = noting(act)
  const definition = changes({ table: 'users', ...trigger }, handler)
  const end = await invoke(dynamoDb({ ...eventApplication(definition), sqs: fake.load }), { Records: records }).catch(
    asError,
  )
  return { end, seen, log: log.text(), fake }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error))
}

const sequences = ({ seen }: Ran): unknown[] => seen.map(({ context }) => context.delivery.sequence)
const failedFrom = (itemIdentifier: string): BatchResult => ({ batchItemFailures: [{ itemIdentifier }] })
const done: BatchResult = { batchItemFailures: [] }

describe('Kinesis', () => {
  test('goes through a batch in order, whatever the partition keys', async () => {
    const ran = await clicks(
      ['1', '2', '3'].map((sequence) => kinesisRecord(sequence, 'ok')),
      { concurrency: 5 },
    )
    expect([ran.end, sequences(ran)]).toEqual([done, ['1', '2', '3']])
    expect(ran.fake.counts.loads).toBe(0)
  })

  test('stops at the first failure and reports it: everything after it comes again', async () => {
    const ran = await clicks([
      kinesisRecord('1', 'ok'),
      kinesisRecord('2', 'fail'),
      kinesisRecord('3', 'ok'),
      kinesisRecord('4', 'fail'),
    ])
    expect([ran.end, sequences(ran)]).toEqual([failedFrom('2'), ['1', '2']])
  })

  test('fails as a whole when its first record fails, so that Lambda halves the batch', async () => {
    const ran = await clicks([kinesisRecord('1', 'fail'), kinesisRecord('2', 'ok')])
    expect(ran.end).toMatchObject({ message: 'as told' })
    expect(sequences(ran)).toEqual(['1'])
  })

  test('tells the event', async () => {
    const { seen } = await clicks([kinesisRecord('7', 'hello')])
    expect(seen[0]?.event).toMatchObject({
      id: 'shardId-000000000006:7',
      source: 'stream:clicks',
      type: 'stream.record',
      time: '2018-12-17T22:10:50.987Z',
      data: 'hello',
    })
    expect(seen[0]?.context.delivery).toEqual({
      orderingKey: 'key of 7',
      sequence: '7',
      enqueuedAt: new Date('2018-12-17T22:10:50.987Z'),
      batch: { index: 0, size: 1 },
    })
  })

  test('E3: a CloudEvent is in the data', async () => {
    const text = '{"specversion":"1.0","id":"e-1","source":"/shop","type":"order.placed","data":{"n":1}}'
    const { seen } = await clicks([kinesisRecord('1', text)])
    expect(seen[0]?.event).toMatchObject({ id: 'e-1', source: '/shop', type: 'order.placed', data: { n: 1 } })
  })

  test('sets a rejected record aside with its place in the stream, and goes on', async () => {
    const ran = await clicks([kinesisRecord('1', 'reject'), kinesisRecord('2', 'ok')])
    expect([ran.end, sequences(ran)]).toEqual([done, ['1', '2']])
    const text = (StringValue: string): object => ({ DataType: 'String', StringValue })
    expect(ran.fake.sent).toEqual([
      {
        QueueUrl: deadUrl,
        MessageBody: 'reject',
        MessageAttributes: {
          'isobar-source': text('arn:aws:kinesis:us-east-2:123456789012:stream/clicks'),
          'isobar-id': text('shardId-000000000006:1'),
          'isobar-reason': text('no such order'),
          'isobar-sequence': text('1'),
          'isobar-key': text('key of 1'),
        },
      },
    ])
  })

  // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
  test.each([
    ['bytes that are no UTF-8', 'AP8=', 'AP8='],
    ['a control character', Buffer.from('a\u0000').toString('base64'), 'YQA='],
    ['nothing', '', '='],
  ])('sends %s as base64, and says so', async (_, data, MessageBody) => {
    const record = kinesisRecord('1', '', { data })
    const { fake, end } = await clicks([record], { data: 'bytes' }, fakeSqs(), () => obey('reject'))
    expect(end).toEqual(done)
    expect(fake.sent).toMatchObject([
      { MessageBody, MessageAttributes: { 'isobar-encoding': { DataType: 'String', StringValue: 'base64' } } },
    ])
  })

  test('stops where a rejected record cannot be set aside', async () => {
    const fake = Object.assign(fakeSqs(), { fails: new Error('endpoint down') })
    const ran = await clicks(
      [kinesisRecord('1', 'ok'), kinesisRecord('2', 'reject'), kinesisRecord('3', 'ok')],
      {},
      fake,
    )
    expect([ran.end, sequences(ran)]).toEqual([failedFrom('2'), ['1', '2']])
    expect(ran.log).toContain('endpoint down')
  })

  test.each([
    [{ data: '%' }, 'kinesis.data is "%", and should be base64'],
    [{ data: undefined }, 'kinesis.data is missing'],
    [{ approximateArrivalTimestamp: 'now' }, 'approximateArrivalTimestamp is "now"'],
  ])('E4: stops at a record of a wrong shape: %j', async (more, message) => {
    const ran = await clicks([kinesisRecord('1', 'ok'), kinesisRecord('2', 'x', more), kinesisRecord('3', 'ok')])
    expect([ran.end, sequences(ran)]).toEqual([failedFrom('2'), ['1']])
    expect(ran.log).toContain(JSON.stringify(message).slice(1, -1))
  })

  test('E4: a record without a sequence number could not be reported, so nothing is begun', async () => {
    const ran = await clicks([kinesisRecord('1', 'ok'), kinesisRecord('', 'ok')])
    expect(ran.end).toMatchObject({
      name: 'UnexpectedEventError',
      message: expect.stringContaining('each with a sequenceNumber'),
    })
    expect(ran.seen).toEqual([])
  })
})

describe('DynamoDB', () => {
  test.each([
    ['INSERT', 'changes.inserted', { NewImage: { id: { S: '1' } }, OldImage: undefined }, { after: { id: '1' } }],
    ['MODIFY', 'changes.updated', {}, { before: { id: '1', text: 'before' }, after: { id: '1', text: 'after' } }],
    ['REMOVE', 'changes.deleted', { NewImage: undefined }, { before: { id: '1', text: 'before' } }],
  ])('%s is %s', async (eventName, type, more, images) => {
    const { seen, end } = await users([dynamoDbRecord('1', more, eventName)])
    expect(end).toEqual(done)
    expect(seen[0]?.event).toMatchObject({
      id: 'event 1',
      source: 'changes:users',
      type,
      time: '2019-06-18T23:53:27.000Z',
    })
    expect(seen[0]?.event.data).toEqual({ key: { id: '1' }, ...images })
    expect(seen[0]?.context.delivery).toMatchObject({ sequence: '1', orderingKey: '[["id",{"S":"1"}]]' })
  })

  test('stops at the first failure and reports it', async () => {
    const act = ({ data }: Event): void => obey(Reflect.get(Object(Reflect.get(Object(data), 'key')), 'id'))
    const ran = await users(
      ['1', 'fail', '3'].map((one) => dynamoDbRecord(one)),
      act,
    )
    expect([ran.end, sequences(ran)]).toEqual([failedFrom('fail'), ['1', 'fail']])
    const whole = await users(
      ['fail', '3'].map((one) => dynamoDbRecord(one)),
      act,
    )
    expect(whole.end).toMatchObject({ message: 'as told' })
  })

  test('sets a rejected record aside as it came, and goes on', async () => {
    const records = [dynamoDbRecord('1'), dynamoDbRecord('2')]
    const ran = await users(records, ({ id }) => obey(id === 'event 1' ? 'reject' : 'ok'))
    expect([ran.end, sequences(ran)]).toEqual([done, ['1', '2']])
    expect(JSON.parse(ran.fake.sent[0]?.MessageBody ?? '')).toEqual(records[0])
    expect(ran.fake.sent[0]?.MessageAttributes).toMatchObject({
      'isobar-source': { StringValue: expect.stringContaining('table/users/stream/') },
      'isobar-sequence': { StringValue: '1' },
    })
  })

  test.each([
    ['string', '9007199254740993', '9007199254740993'],
    ['bigint', '9007199254740993', 9_007_199_254_740_993n],
  ] as const)('tells a number that a double cannot hold as %s', async (numbers, N, expected) => {
    const { seen } = await users([dynamoDbRecord('1', { NewImage: { n: { N } } })], undefined, { numbers })
    expect(seen[0]?.event.data).toMatchObject({ after: { n: expected } })
  })

  test.each([
    [{ Keys: undefined }, 'MODIFY', 'dynamodb.Keys is missing'],
    [{}, 'RENAME', 'eventName is "RENAME"'],
    [{ NewImage: { n: { N: 'seven' } } }, 'MODIFY', '{"N":"seven"} is no value of an attribute of DynamoDB'],
  ])('E4: stops at a record of a wrong shape: %j %s', async (more, eventName, message) => {
    const ran = await users([dynamoDbRecord('1'), dynamoDbRecord('2', more, eventName), dynamoDbRecord('3')])
    expect([ran.end, sequences(ran)]).toEqual([failedFrom('2'), ['1']])
    expect(ran.log).toContain(JSON.stringify(message).slice(1, -1))
  })
})
