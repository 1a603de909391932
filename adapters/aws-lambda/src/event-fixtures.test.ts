import { changes, event, queue, schedule, storage, stream, topic, type Event, type EventContext } from '@isobar/core'
import { beforeEach, describe, expect, test } from 'vitest'
import { dynamoDb, eventBridge, kinesis, s3, scheduler, sns, sqs, type LambdaContext } from './index.ts'
import { eventApplication, type SeenEvent } from './testing/events.ts'
import { captureLog, fixture, fixtureNames, lambdaContext } from './testing/lambda.ts'
import { snsEvents, sqsEvents } from './testing/recorded-messages.ts'
import { dynamoDbEvents, kinesisEvents, s3Events, schedulerEvents } from './testing/recorded-records.ts'
import type { Recorded } from './testing/recorded-events.ts'
import { fakeSqs } from './testing/sqs.ts'

let seen: SeenEvent[]
const note = async (...[one, context]: [Event, EventContext]): Promise<void> => void seen.push({ event: one, context })
beforeEach(() => {
  seen = []
})

const rejecting = { sqs: fakeSqs().load }
type Handler = (event: unknown, context: LambdaContext) => Promise<unknown>

/** A handler for the folder's source, and the data of a record of it as its sender gave it. */
const sources: Record<string, { handler: Handler; dataOf?: (record: unknown) => unknown; recorded: Recorded }> = {
  sqs: {
    handler: sqs({
      ...eventApplication(queue({ queue: 'q', data: 'text', concurrency: 1 }, note)),
      ...rejecting,
      visibilitySeconds: 360,
    }),
    dataOf: (record) => path(record, 'body'),
    recorded: sqsEvents,
  },
  sns: {
    handler: sns({ ...eventApplication(topic({ topic: 't', data: 'text', concurrency: 1 }, note)), ...rejecting }),
    dataOf: (record) => path(record, 'Sns', 'Message'),
    recorded: snsEvents,
  },
  s3: { handler: s3({ ...eventApplication(storage('b', note)), ...rejecting }), recorded: s3Events },
  kinesis: {
    handler: kinesis({ ...eventApplication(stream({ stream: 's', data: 'bytes' }, note)), ...rejecting }),
    dataOf: (record) => new Uint8Array(Buffer.from(String(path(record, 'kinesis', 'data')), 'base64')),
    recorded: kinesisEvents,
  },
  'dynamodb-stream': {
    handler: dynamoDb({ ...eventApplication(changes('t', note)), ...rejecting }),
    recorded: dynamoDbEvents,
  },
  schedule: { handler: scheduler(eventApplication(schedule('* * * * *', note))), recorded: schedulerEvents },
}

/** What the vendor's templates leave open. */
const placeholders = { subject: 'a subject', message: 'a text', data: 'AP8=', sequence: '7', partition_key: 'a key' }

describe.each(Object.entries(sources))('%s', (kind, { handler, dataOf, recorded }) => {
  const { events, refused = {}, malformed = {} } = recorded

  test.each(Object.entries(events))('%s', async (file, expected) => {
    using log = captureLog()
    const native = fixture(`${kind}/${file}`, placeholders)
    const untouched = structuredClone(native)
    await handler(native, lambdaContext())
    expect(seen).toHaveLength(expected.length)
    for (const [index, { time, data, delivery, ...rest }] of expected.entries()) {
      const { event: one, context } = at(seen, index)
      expect(one).toMatchObject(rest)
      expect(one.time).toBe(time === '' ? one.time : time)
      expect(one.time).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/)
      expect(one.attributes).toEqual(rest.attributes ?? {})
      expect(one.subject).toBe(rest.subject)
      expect(one.data).toEqual(dataOf ? dataOf(path(native, 'Records', index)) : data)
      expect(context.delivery).toMatchObject({ ...delivery, batch: { index, size: expected.length } })
    }
    expect(log.lines()).toEqual([])
    expect(native).toEqual(untouched)
  })

  const failures = [
    ...Object.entries(refused).map(([file, text]) => [file, 'UnexpectedEventError', text] as const),
    ...Object.entries(malformed).map(([file, text]) => [file, 'MalformedEventError', text] as const),
  ]
  test.each(failures)('%s is a typed error, and not acknowledged', async (file, name, text) => {
    using _log = captureLog()
    const native = fixture(`${kind}/${file}`, placeholders)
    await expect(handler(native, lambdaContext())).rejects.toMatchObject({ name, message: expect.stringMatching(text) })
    expect(seen).toEqual([])
  })

  test('has every recorded event in its table', () => {
    const listed = [events, refused, malformed].flatMap((table) => Object.keys(table))
    expect(fixtureNames(kind).toSorted()).toEqual(listed.map((file) => `${kind}/${file}`).toSorted())
  })
})

test.each(fixtureNames('eventbridge'))('%s', async (file) => {
  const native = fixture(file)
  await eventBridge({ ...eventApplication(event('e', note)), ...rejecting })(native, lambdaContext())
  expect(seen).toHaveLength(1)
  expect(seen[0]?.event).toMatchObject({
    id: native['id'],
    source: native['source'],
    type: native['detail-type'],
    time: native['time'],
    datacontenttype: 'application/json',
    data: native['detail'],
  })
})

// An alarm of CloudWatch is JSON in the message of a topic.
test.each(fixtureNames('sns-message-body'))('%s', async (file) => {
  using log = captureLog()
  const native = fixture(file)
  await sns({ ...eventApplication(topic('t', note)), ...rejecting })(native, lambdaContext())
  expect(seen).toHaveLength(1)
  expect(seen[0]?.event).toMatchObject({
    id: '95df01b4-ee98-5cb9-9903-4c221d41eb5e',
    type: 'topic.message',
    time: '2015-06-03T17:43:27.123Z',
    data: { AlarmName: 'EXAMPLE', NewStateValue: 'ALARM', Trigger: { Period: 60, Threshold: 0 } },
  })
  expect(seen[0]?.event.data).toEqual(JSON.parse(String(path(native, 'Records', 0, 'Sns', 'Message'))))
  expect(log.lines()).toEqual([])
})

describe('an event of another source', () => {
  // No kind of trigger stands for a topic of Kafka.
  const kinds = [...Object.keys(sources), 'eventbridge', 'kafka']
  const foreign = kinds.flatMap((kind) => fixtureNames(kind).map((file): [string, string] => [kind, file]))
  const handlers: [string, Handler][] = [
    ...Object.entries(sources).map(([kind, { handler }]): [string, Handler] => [kind, handler]),
    ['eventbridge', eventBridge({ ...eventApplication(event('e', note)), ...rejecting })],
  ]

  test.each(handlers)('is never acknowledged by a function of %s', async (kind, handler) => {
    const others = [
      ...foreign.filter(([other]) => other !== kind).map(([, file]) => fixture(file, placeholders)),
      fixture('apigw-v2/aws_aws-sam-cli__HttpApi.json'),
      // https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
      {
        Service: 'Amazon S3',
        Event: 's3:TestEvent',
        Time: '2014-10-13T15:57:02.089Z',
        Bucket: 'b',
        RequestId: '5',
        HostId: '8',
      },
      {},
      null,
      'ping',
      { Records: [] },
      { Records: [null] },
      { Records: {} },
    ]
    for (const native of others) {
      await expect(handler(native, lambdaContext())).rejects.toMatchObject({ name: 'UnexpectedEventError' })
    }
    expect(seen).toEqual([])
  })

  test.each(handlers)('is named to a function of %s, which has no records of Kafka', async (_, handler) => {
    for (const file of fixtureNames('kafka')) {
      const refused = handler(fixture(file), lambdaContext())
      await expect(refused).rejects.toMatchObject({
        name: 'UnexpectedEventError',
        message: expect.stringContaining('but it was invoked with records of aws:kafka.'),
      })
    }
    expect(seen).toEqual([])
  })

  test('is named', async () => {
    const { handler } = sources['s3'] ?? {}
    const said: [unknown, string][] = [
      [{ Event: 's3:TestEvent' }, 'with the event with which S3 tests a notification'],
      [{ scheduledTime: '2026-01-01T00:00:00Z' }, 'with a tick of EventBridge Scheduler'],
      [
        fixture('eventbridge/aws-powertools_powertools-lambda-typescript__base.json'),
        'an EventBridge event of aws.ec2',
      ],
      [
        { Records: [{ eventSource: 'aws:sqs' }] },
        'built for a bucket of S3 (records of aws:s3), but it was invoked with records of aws:sqs',
      ],
    ]
    for (const [native, text] of said) await expect(handler?.(native, lambdaContext())).rejects.toThrow(text)
  })
})

function at<Item>(items: readonly Item[], index: number): Item {
  const item = items[index]
  if (item === undefined) throw new Error(`There is no item ${index}.`)
  return item
}

function path(value: unknown, ...keys: (string | number)[]): unknown {
  return keys.reduce<unknown>((found, name) => Reflect.get(Object(found), name), value)
}
