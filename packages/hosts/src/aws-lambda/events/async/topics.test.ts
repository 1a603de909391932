import { expect, test } from 'vitest'

import { bootTemplate, recorder, type TestFunction } from '../testing.ts'

/** Two functions that SAM subscribes to a topic; a test adds to how the first is called. */
function template(first = '', resources = ''): string {
  return `
Transform: AWS::Serverless-2016-10-31
Resources:
  IndexFunction:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: index/
      ${first}
      Events: { Prices: { Type: SNS, Properties: { Topic: { Ref: PricesTopic } } } }
  AuditFunction:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: ./audit
      Events: { Prices: { Type: SNS, Properties: { Topic: { Ref: PricesTopic } } } }
  PricesTopic: { Type: AWS::SNS::Topic, Properties: { TopicName: prices } }
  Failed: { Type: AWS::SQS::Queue, Properties: { QueueName: failed } }
  ${resources}
`
}

function listener(name: string, body = ''): TestFunction {
  const resource = { logical: 'prices', physical: 'prices' }
  return { name, listens: { kind: 'topic', trigger: { topic: 'prices' }, resource }, source: recorder(body) }
}

const boom = `throw new Error('boom')`
const minute = 60_000
const onFailure = `EventInvokeConfig: { DestinationConfig: { OnFailure: { Type: SQS, Destination: { 'Fn::GetAtt': [Failed, Arn] } } } }`

test('each function gets every message, and fails for itself', async () => {
  await using booted = await bootTemplate(template(), [listener('index', boom), listener('audit')])
  const { running } = booted
  const [id] = await running.deliver('topic:prices', [{ body: '{"price":1}', attributes: { currency: 'CHF' } }])
  expect(running.deliveries()).toMatchObject([
    {
      id: `${id}-1`,
      source: 'topic:prices',
      function: 'index',
      attempts: [{ outcome: 'retry', error: 'Error: boom' }],
    },
    { id: `${id}-2`, function: 'audit', end: 'acknowledged', attempts: [{ outcome: 'ack' }] },
  ])
  const [event] = await booted.events('audit')
  expect(event).toMatchObject({
    Records: [
      {
        EventSource: 'aws:sns',
        Sns: {
          MessageId: id,
          Message: '{"price":1}',
          MessageAttributes: { currency: { Type: 'String', Value: 'CHF' } },
        },
      },
    ],
  })
})

test('is tried again after a minute and after two more, and then dropped', async () => {
  await using booted = await bootTemplate(template(), [listener('index', boom), listener('audit')])
  const { running } = booted
  await running.deliver('topic:prices', [{ body: 'x' }])
  await running.advance(minute - 1)
  expect(await booted.events('index')).toHaveLength(1)
  await running.advance(1)
  expect(await booted.events('index')).toHaveLength(2)
  await running.advance(2 * minute - 1)
  expect(await booted.events('index')).toHaveLength(2)
  expect(running.deliveries()[0]).not.toHaveProperty('end')
  await running.advance(1)
  expect(running.deliveries()[0]).toMatchObject({ end: 'dropped', attempts: { length: 3 } })
  await running.advance(24 * 60 * minute)
  expect(await booted.events('index')).toHaveLength(3)
  expect(await running.deadLetters('topic:prices')).toEqual([])
})

test('goes to the destination for failures, from where its data is read', async () => {
  await using booted = await bootTemplate(template(onFailure), [listener('index', boom), listener('audit')])
  const { running } = booted
  await running.deliver('topic:prices', [{ body: 'one', attributes: { a: 'b' } }])
  await running.advance(3 * minute)
  expect(running.deliveries()[0]).toMatchObject({ end: 'dead-lettered', attempts: { length: 3 } })
  expect(await running.deadLetters('topic:prices')).toEqual([{ body: Buffer.from('one'), attributes: { a: 'b' } }])
})

test('is tried as often as EventInvokeConfig says, in the form of CloudFormation', async () => {
  const resource = `IndexInvoke:
    Type: AWS::Lambda::EventInvokeConfig
    Properties: { FunctionName: { Ref: IndexFunction }, Qualifier: $LATEST, MaximumRetryAttempts: 0 }`
  await using booted = await bootTemplate(template('', resource), [listener('index', boom), listener('audit')])
  await booted.running.deliver('topic:prices', [{ body: 'x' }])
  expect(booted.running.deliveries()[0]).toMatchObject({ end: 'dropped', attempts: { length: 1 } })
})

test('is given up when it has become too old', async () => {
  const young = 'EventInvokeConfig: { MaximumEventAgeInSeconds: 100 }'
  await using booted = await bootTemplate(template(young), [listener('index', boom), listener('audit')])
  await booted.running.deliver('topic:prices', [{ body: 'x' }])
  await booted.running.advance(100_000)
  expect(booted.running.deliveries()[0]).toMatchObject({ end: 'dropped', attempts: { length: 2 } })
})

test("goes to the function's own dead-letter queue as it is", async () => {
  const own = `DeadLetterQueue: { Type: SQS, TargetArn: { 'Fn::GetAtt': [Failed, Arn] } }`
  await using booted = await bootTemplate(template(own), [listener('index', boom), listener('audit')])
  await booted.running.deliver('topic:prices', [{ body: 'one' }])
  await booted.running.advance(3 * minute)
  expect(booted.running.deliveries()[0]).toMatchObject({ end: 'dead-lettered' })
  expect(await booted.running.deadLetters('topic:prices')).toEqual([{ body: Buffer.from('one'), attributes: {} }])
})

test('a subscription beside the functions needs a permission', async () => {
  const subscribed = `
Resources:
  IndexFunction: { Type: AWS::Serverless::Function, Properties: { CodeUri: index } }
  PricesTopic: { Type: AWS::SNS::Topic, Properties: { TopicName: prices } }
  Subscription:
    Type: AWS::SNS::Subscription
    Properties: { Protocol: lambda, TopicArn: { Ref: PricesTopic }, Endpoint: { 'Fn::GetAtt': [IndexFunction, Arn] } }
`
  await expect(bootTemplate(subscribed, [listener('index')])).rejects.toThrow(
    'AWS::Lambda::Permission for sns.amazonaws.com',
  )
  const permission = `
  Permission:
    Type: AWS::Lambda::Permission
    Properties: { Action: 'lambda:InvokeFunction', FunctionName: { Ref: IndexFunction }, Principal: sns.amazonaws.com, SourceArn: { Ref: PricesTopic } }
`
  await using booted = await bootTemplate(subscribed + permission, [listener('index')])
  const [id] = await booted.running.deliver('topic:prices', [{ body: 'x' }])
  expect(booted.running.deliveries()).toMatchObject([{ id, end: 'acknowledged' }])
})

test('many events come side by side, and each once', async () => {
  await using booted = await bootTemplate(template(), [listener('index'), listener('audit')])
  const all = Array.from({ length: 500 }, (_, index) => String(index))
  await booted.running.deliver(
    'topic:prices',
    all.map((body) => ({ body })),
  )
  for (const name of ['index', 'audit']) {
    const events = (await booted.events(name)).flatMap(({ Records }) => Records as { Sns: { Message: string } }[])
    expect(events).toHaveLength(500)
    expect(new Set(events.map(({ Sns }) => Sns.Message))).toEqual(new Set(all))
  }
})
