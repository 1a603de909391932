import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { expect, test } from 'vitest'

import { createClock } from '../../events/clock.ts'
import type { ChangeInput } from '../../events/types.ts'
import { busEvent } from './async/event-bridge.ts'
import { bucketEvent, s3Event } from './async/s3.ts'
import { messageForSns, snsEvent } from './async/sns.ts'
import type { MessageAttribute } from './sqs/message.ts'
import { createSqsQueue } from './sqs/queue.ts'
import { sqsRecord } from './sqs/record.ts'
import { recordForChange, viewTypes } from './stream/dynamodb.ts'
import { recordForKinesis } from './stream/kinesis.ts'
import { createStream, type NewRecord } from './stream/stream.ts'
import { listOf, objectOf, textOf, type Properties } from './values.ts'

/**
 * What the modelled sources make is held against recorded events: each is sent again, and what comes of it must have the
 * members of the recorded one, of the same types, and the values that the sender gave.
 */
const fixtures = join(import.meta.dirname, '../../../../../conformance/fixtures/aws')

function events(kind: string): [name: string, event: Properties][] {
  return (
    readdirSync(join(fixtures, kind))
      .map((name): [string, Properties] => [
        name,
        JSON.parse(readFileSync(join(fixtures, kind, name), 'utf8').replace(/^\uFEFF/, '')),
      ])
      // Its strings are places for values.
      .filter(([name]) => !name.startsWith('aws_aws-sam-cli'))
  )
}

function records(kind: string): [name: string, record: Properties][] {
  return events(kind).flatMap(([name, { Records }]) =>
    listOf(Records).map((record): [string, Properties] => [name, objectOf(record)]),
  )
}

/** Members by path, with the type of each; `open` are maps that the sender fills. */
function shape(value: unknown, open: RegExp, path = '', into = new Map<string, string>()): Map<string, string> {
  into.set(path, value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value)
  if (typeof value !== 'object' || value === null || Array.isArray(value) || open.test(path)) return into
  for (const [name, member] of Object.entries(value)) shape(member, open, `${path}/${name}`, into)
  return into
}

const nothing = /^\b$/

function expectSameShape(ours: unknown, recorded: unknown, open: RegExp = nothing, optional: RegExp = nothing): void {
  const [mine, theirs] = [shape(ours, open), shape(recorded, open)]
  const names = [...new Set([...mine.keys(), ...theirs.keys()])].filter((name) => !optional.test(name))
  const differences = names.filter((name) => mine.get(name) !== theirs.get(name))
  expect(differences.map((name) => `${name}: ours ${mine.get(name)}, recorded ${theirs.get(name)}`)).toEqual([])
}

test.each(records('sqs'))('SQS makes a record like one of %s', (_name, recorded) => {
  const arn = String(recorded['eventSourceARN'])
  const facts = objectOf(recorded['attributes'])
  const sentAt = Number(facts['SentTimestamp'])
  const clock = createClock(sentAt)
  const queue = createSqsQueue(clock, 'any', arn, { fifo: arn.endsWith('.fifo') })
  const from = textOf(facts['DeadLetterQueueSourceArn'])
  const first =
    from === undefined
      ? queue
      : createSqsQueue(clock, 'first', from, { fifo: false, redrive: { queue, maxReceiveCount: 0 } })
  const attributes = Object.entries(objectOf(recorded['messageAttributes'])).map(([name, value]) => [
    name,
    attributeOf(objectOf(value)),
  ])
  first.send({
    body: String(recorded['body']),
    attributes: Object.fromEntries(attributes),
    groupId: textOf(facts['MessageGroupId']),
    deduplicationId: textOf(facts['MessageDeduplicationId']),
  })
  if (first !== queue) first.receive(1)
  const [message] = queue.receive(1)
  if (message === undefined) throw new Error('There is no message.')
  const ours = sqsRecord(message, arn)
  // Not every recording has the digest of attributes; lists of values are not implemented, says the vendor.
  expectSameShape(ours, recorded, /^\/messageAttributes$/, /^\/md5OfMessageAttributes$/)
  const { SentTimestamp, MessageGroupId, MessageDeduplicationId, DeadLetterQueueSourceArn } = facts
  const { body, eventSource } = recorded
  expect(ours).toMatchObject({ body, eventSource, eventSourceARN: arn })
  expect(ours.attributes).toMatchObject(
    JSON.parse(JSON.stringify({ SentTimestamp, MessageGroupId, MessageDeduplicationId, DeadLetterQueueSourceArn })),
  )
  for (const [name, value] of Object.entries(objectOf(recorded['messageAttributes']))) {
    const { dataType, ...rest } = attributeOf(objectOf(value))
    expect(ours.messageAttributes[name]).toEqual({ dataType, ...rest, stringListValues: [], binaryListValues: [] })
  }
})

/** Of the text and the bytes that written examples may have both, the one that the type says. */
function attributeOf({ dataType, stringValue, binaryValue }: Properties): MessageAttribute {
  const type = String(dataType)
  return type.startsWith('Binary')
    ? { dataType: type, binaryValue: String(binaryValue) }
    : { dataType: type, stringValue: String(stringValue) }
}

test.each(records('sns').filter(([, record]) => 'EventSource' in record))(
  'SNS makes a record like one of %s',
  (_name, recorded) => {
    const sns = objectOf(recorded['Sns'])
    const clock = createClock(Date.parse(String(sns['Timestamp'])))
    const arn = String(sns['TopicArn'])
    const [ours] = listOf(
      objectOf(snsEvent(messageForSns({ body: String(sns['Message']) }, 'topic:any', clock), arn))['Records'],
    )
    // One recording was sent with a subject.
    expectSameShape(ours, recorded, /^\/Sns\/MessageAttributes$/, /^\/Sns\/Subject$/)
    expect(ours).toMatchObject({
      EventSource: recorded['EventSource'],
      Sns: { Message: sns['Message'], TopicArn: arn, Type: sns['Type'] },
    })
    expect(Date.parse(String(objectOf(objectOf(ours)['Sns'])['Timestamp']))).toBe(Date.parse(String(sns['Timestamp'])))
  },
)

const anyAttribute = messageForSns({ body: 'x', attributes: { a: 'b' } }, 'topic:any', createClock(0))

test('attributes of SNS are written as recorded', () => {
  const recorded = records('sns').flatMap(([, record]) =>
    Object.values(objectOf(objectOf(record['Sns'])['MessageAttributes'])),
  )
  const [ours] = listOf(objectOf(snsEvent(anyAttribute, 'arn'))['Records'])
  expect(objectOf(objectOf(ours)['Sns'])['MessageAttributes']).toEqual({ a: { Type: 'String', Value: 'b' } })
  for (const attribute of recorded) expectSameShape({ Type: 'String', Value: 'b' }, attribute)
})

test.each(records('s3'))('S3 makes a record like one of %s', (name, recorded) => {
  const s3 = objectOf(recorded['s3'])
  const object = objectOf(s3['object'])
  const bucket = { name: String(objectOf(s3['bucket'])['name']), versioned: 'versionId' in object }
  const clock = createClock(Date.parse(String(recorded['eventTime'])))
  const key = decodeURIComponent(String(object['key']).replaceAll('+', ' '))
  const event = bucketEvent({ object: 'created', key, size: Number(object['size']) }, 'storage:any', bucket, clock)
  const [ours] = listOf(objectOf(s3Event(event, bucket, 'any'))['Records'])
  // Of other events than these; one example has names of members as a language's library has them.
  const optional = /^\/(glacier|replication|intelligentTiering)EventData|^\/s3\/object\/urlDecodedKey$/
  const written = name.startsWith('awsdocs') ? /^\/responseElements/ : nothing
  expectSameShape(ours, recorded, nothing, new RegExp(`${optional.source}|${written.source}`))
  expect(ours).toMatchObject({
    eventTime: recorded['eventTime'],
    s3: { bucket: { name: bucket.name }, object: { size: object['size'] } },
  })
})

/** A record as it comes out of a stream at a time. */
function through(record: NewRecord, key: string, seconds: number): unknown {
  const options = { arn: 'any', retentionMs: 1, shardIds: ['shardId-000000000000'], firstSequence: 1n, step: 1n }
  return createStream(createClock(seconds * 1000), options).put(key, record).native
}

test.each(records('kinesis'))('Kinesis makes a record like one of %s', (_name, recorded) => {
  const { partitionKey, data, approximateArrivalTimestamp } = objectOf(recorded['kinesis'])
  const arn = String(recorded['eventSourceARN'])
  const input = { body: Buffer.from(String(data), 'base64'), orderingKey: String(partitionKey) }
  const { key, record } = recordForKinesis(input, 'stream:any', arn)
  const ours = through(record, key, Number(approximateArrivalTimestamp))
  expectSameShape(ours, recorded)
  const { eventSource, eventName, eventVersion } = recorded
  expect(ours).toMatchObject({
    kinesis: { partitionKey, data, approximateArrivalTimestamp },
    eventSource,
    eventName,
    eventVersion,
    eventSourceARN: arn,
  })
})

test.each(records('dynamodb-stream'))('a table makes a record like one of %s', (_name, recorded) => {
  const { Keys, NewImage, OldImage, StreamViewType, ApproximateCreationDateTime } = objectOf(recorded['dynamodb'])
  const view = viewTypes.find((one) => one === StreamViewType) ?? 'KEYS_ONLY'
  const change: ChangeInput['change'] =
    OldImage === undefined ? 'inserted' : NewImage === undefined ? 'deleted' : 'updated'
  const input = { change, key: plain(Keys), before: plain(OldImage), after: plain(NewImage) }
  const { key, record } = recordForChange(input, 'changes:any', 'arn', view)
  const ours = through(record, key, Number(ApproximateCreationDateTime ?? 0))
  // Written examples leave the time out.
  expectSameShape(ours, recorded, nothing, /ApproximateCreationDateTime$/)
  expect(ours).toMatchObject({
    eventName: recorded['eventName'],
    dynamodb: JSON.parse(JSON.stringify({ Keys, NewImage, OldImage, StreamViewType })),
  })
})

/** Text and numbers of an item. */
function plain(item: unknown): Record<string, string | number> {
  const entries = Object.entries(objectOf(item)).map(([name, value]): [string, string | number] => {
    const { S, N } = objectOf(value)
    return [name, N === undefined ? String(S) : Number(N)]
  })
  return Object.fromEntries(entries)
}

test.each(events('eventbridge').filter(([, event]) => 'version' in event))(
  'EventBridge makes an event like %s',
  (_name, recorded) => {
    const detailType = String(recorded['detail-type'])
    const time = new Date(String(recorded['time'] ?? 0))
    const ours = JSON.parse(
      busEvent(String(recorded['source']), detailType, time, JSON.stringify(recorded['detail'])).text,
    )
    // One recording has no time, and one is of a replay.
    expectSameShape(ours, recorded, /^\/detail$/, /^\/(time|replay-name)$/)
    const { source, detail } = recorded
    expect(ours).toMatchObject({ 'detail-type': detailType, source, detail })
  },
)
