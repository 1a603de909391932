import { expect, test } from 'vitest'

import { bootTemplate, recorder, type TestFunction } from '../testing.ts'

/** A function that follows a stream of Kinesis and one that follows a table, with what a test adds to both mappings. */
function template(mapping = ''): string {
  const failures = `DestinationConfig: { OnFailure: { Type: SQS, Destination: { 'Fn::GetAtt': [Failed, Arn] } } }`
  return `
Transform: AWS::Serverless-2016-10-31
Resources:
  CountFunction:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: count/
      Events:
        Clicks:
          Type: Kinesis
          Properties: { Stream: { 'Fn::GetAtt': [ClicksStream, Arn] }, StartingPosition: TRIM_HORIZON, ${mapping} ${failures} }
  SyncFunction:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: sync/
  SyncMapping:
    Type: AWS::Lambda::EventSourceMapping
    Properties:
      FunctionName: { Ref: SyncFunction }
      EventSourceArn: { 'Fn::GetAtt': [UsersTable, StreamArn] }
      StartingPosition: LATEST
      ${mapping.replaceAll(', ', '\n      ')}
  ClicksStream: { Type: AWS::Kinesis::Stream, Properties: { Name: clicks, ShardCount: 3 } }
  UsersTable:
    Type: AWS::DynamoDB::Table
    Properties:
      TableName: users
      StreamSpecification: { StreamViewType: NEW_AND_OLD_IMAGES }
  Failed: { Type: AWS::SQS::Queue, Properties: { QueueName: failed } }
`
}

function functions(body = ''): TestFunction[] {
  const [clicks, users] = [
    { logical: 'clicks', physical: 'clicks' },
    { logical: 'users', physical: 'users' },
  ]
  return [
    {
      name: 'count',
      listens: { kind: 'stream', trigger: { stream: 'clicks' }, resource: clicks },
      source: recorder(body),
    },
    {
      name: 'sync',
      listens: { kind: 'changes', trigger: { table: 'users' }, resource: users },
      source: recorder(body),
    },
  ]
}

const hour = 3_600_000
const reports = 'FunctionResponseTypes: [ReportBatchItemFailures], '

interface KinesisRecord {
  kinesis: { partitionKey: string; data: string }
  eventID: string
}

test('records of one key come in their order, from one shard a call', async () => {
  await using booted = await bootTemplate(template('BatchSize: 2, '), functions())
  const { running } = booted
  const keys = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']
  const inputs = [1, 2, 3].flatMap((round) =>
    keys.map((orderingKey) => ({ body: `${orderingKey}${round}`, orderingKey })),
  )
  const ids = await running.deliver('stream:clicks', inputs)
  const batches = (await booted.events('count')).map(({ Records }) => Records as KinesisRecord[])
  const shards = batches.map((batch) => new Set(batch.map(({ eventID }) => eventID.split(':')[0])))
  expect(shards.every(({ size }) => size === 1)).toBe(true)
  expect(new Set(shards.flatMap((one) => [...one])).size).toBe(3)
  const records = batches.flat()
  for (const key of keys) {
    const data = records.filter(({ kinesis }) => kinesis.partitionKey === key).map(({ kinesis }) => kinesis.data)
    expect(data.map((one) => Buffer.from(one, 'base64').toString())).toEqual([`${key}1`, `${key}2`, `${key}3`])
  }
  expect(running.deliveries().map(({ id }) => id)).toEqual(ids)
  expect(running.deliveries().every(({ end }) => end === 'acknowledged')).toBe(true)
})

const reporting = `return { batchItemFailures: records.filter((one) => text(one)?.startsWith('bad')).map((one) => ({ itemIdentifier: one.kinesis.sequenceNumber })) }`

test('what was given up is read from the stream by its positions', async () => {
  const settings = `${reports}MaximumRetryAttempts: 1, BisectBatchOnFunctionError: true, `
  await using booted = await bootTemplate(template(settings), functions(reporting))
  const { running } = booted
  const bodies = ['one', 'bad', 'two']
  await running.deliver(
    'stream:clicks',
    bodies.map((body) => ({ body, orderingKey: 'k' })),
  )
  const outcomes = running.deliveries().map(({ attempts }) => attempts.map(({ outcome }) => outcome))
  expect(outcomes).toEqual([['ack'], ['retry'], ['retry']])
  await running.advance(hour)
  expect(running.deliveries().map(({ end }) => end)).toEqual(['acknowledged', 'dead-lettered', 'acknowledged'])
  expect(await running.deadLetters('stream:clicks')).toEqual([
    { body: Buffer.from('bad'), attributes: {}, orderingKey: 'k' },
  ])
})

test('without the settings a bad record blocks its shard for a day', async () => {
  await using booted = await bootTemplate(
    template(),
    functions(`if (records.some((one) => text(one) === 'bad')) throw new Error('boom')`),
  )
  const { running } = booted
  await running.deliver('stream:clicks', [{ body: 'bad', orderingKey: 'k' }])
  await running.deliver('stream:clicks', [{ body: 'good', orderingKey: 'k' }])
  await running.advance(23 * hour)
  expect(running.deliveries()[1]).toMatchObject({ attempts: [] })
  expect(running.deliveries()[0]).not.toHaveProperty('end')
  await running.advance(hour)
  expect(running.deliveries()[0]).toMatchObject({ end: 'dead-lettered' })
})

test('changes of a table are typed values, with the images that the stream shows', async () => {
  await using booted = await bootTemplate(template(), functions())
  const { running } = booted
  await running.deliver('changes:users', [
    {
      change: 'inserted',
      key: { id: 'u1' },
      after: { name: 'Ada', age: 36, tags: ['a', null], big: 12345678901234567890n },
    },
    { change: 'updated', key: { id: 'u1' }, before: { ok: true }, after: { ok: false, address: { city: 'Bern' } } },
    { change: 'deleted', key: { id: 'u1' }, before: { ok: false } },
  ])
  expect(await booted.events('sync')).toMatchObject([
    {
      Records: [
        {
          eventName: 'INSERT',
          eventSource: 'aws:dynamodb',
          dynamodb: {
            Keys: { id: { S: 'u1' } },
            NewImage: {
              id: { S: 'u1' },
              name: { S: 'Ada' },
              age: { N: '36' },
              tags: { L: [{ S: 'a' }, { NULL: true }] },
              big: { N: '12345678901234567890' },
            },
          },
        },
        {
          eventName: 'MODIFY',
          dynamodb: {
            OldImage: { id: { S: 'u1' }, ok: { BOOL: true } },
            NewImage: { id: { S: 'u1' }, ok: { BOOL: false }, address: { M: { city: { S: 'Bern' } } } },
          },
        },
        { eventName: 'REMOVE', dynamodb: { OldImage: { ok: { BOOL: false } } } },
      ],
    },
  ])
  await expect(running.deliver('changes:users', [{ change: 'inserted', key: { id: '' }, after: {} }])).rejects.toThrow(
    'DynamoDB does not take this change',
  )
  await expect(running.deliver('changes:users', [{ body: 'x' }])).rejects.toThrow('takes changes')
})

test('a table that fails without a destination loses what has expired', async () => {
  await using booted = await bootTemplate(
    template('MaximumRetryAttempts: 0'.concat(', ')),
    functions(`throw new Error('boom')`),
  )
  await booted.running.deliver('changes:users', [{ change: 'deleted', key: { id: 'u1' }, before: {} }])
  expect(booted.running.deliveries()).toMatchObject([{ end: 'dropped', attempts: { length: 1 } }])
  expect(await booted.running.deadLetters('changes:users')).toEqual([])
})

test('a mapping says where it begins', async () => {
  const without = template().replace('StartingPosition: TRIM_HORIZON, ', '')
  await expect(bootTemplate(without, functions())).rejects.toThrow('lacks StartingPosition')
})

test('the stream of a table that is not of the template is given as a parameter', async () => {
  const own = `
Parameters:
  UsersStreamArn: { Type: String }
Resources:
  SyncFunction:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: sync/
      Events: { Users: { Type: DynamoDB, Properties: { Stream: { Ref: UsersStreamArn }, StartingPosition: LATEST } } }
`
  const [, sync] = functions()
  if (sync === undefined) throw new Error('There is no function.')
  await using booted = await bootTemplate(own, [sync])
  await booted.running.deliver('changes:users', [{ change: 'inserted', key: { id: 1 }, after: {} }])
  expect(booted.running.deliveries()).toMatchObject([{ function: 'sync', end: 'acknowledged' }])
  const [event] = await booted.events('sync')
  const arn = expect.stringMatching(/^arn:aws:dynamodb:us-east-1:123456789012:table\/users\/stream\//)
  expect(event).toMatchObject({ Records: [{ eventSourceARN: arn, dynamodb: { Keys: { id: { N: '1' } } } }] })
})
