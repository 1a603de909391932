import { expect, test } from 'vitest'

import { bootTemplate, recorder, type TestFunction } from './testing.ts'

const resource = { logical: 'orders', physical: 'orders' }

function ship(source: string = recorder()): TestFunction {
  return { name: 'ship', listens: { kind: 'queue', trigger: { queue: 'orders', ordered: true }, resource }, source }
}

const web: TestFunction = {
  name: 'http',
  listens: { kind: 'http', trigger: { route: '/*' } },
  source: `export const handler = async () => ({ statusCode: 200, body: JSON.stringify(process.env) })`,
}

const fifo = `
Transform: AWS::Serverless-2016-10-31
Globals:
  Function:
    Timeout: 5
    Environment: { Variables: { SHARED: { 'Fn::Join': ['-', [{ Ref: 'AWS::Region' }, { Ref: Stage }]] } } }
Parameters:
  Stage: { Type: String, Default: prod }
Resources:
  HttpFunction: { Type: AWS::Serverless::Function, Properties: { CodeUri: http/, Handler: index.handler } }
  ShipFunction:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: ship/
      FunctionName: shipping
      Environment: { Variables: { QUEUE: { 'Fn::GetAtt': OrdersQueue.QueueUrl } } }
  Mapping:
    Type: AWS::Lambda::EventSourceMapping
    Properties:
      FunctionName: { 'Fn::GetAtt': [ShipFunction, Arn] }
      EventSourceArn: { 'Fn::GetAtt': [OrdersQueue, Arn] }
      FunctionResponseTypes: [ReportBatchItemFailures]
      BatchSize: 2
  OrdersQueue:
    Type: AWS::SQS::Queue
    Properties:
      FifoQueue: true
      VisibilityTimeout: 5
      RedrivePolicy: { deadLetterTargetArn: { 'Fn::GetAtt': [Dead, Arn] }, maxReceiveCount: 2 }
  Dead: { Type: AWS::SQS::Queue, Properties: { FifoQueue: true } }
`

/** Fails at the first bad message, and leaves what is behind it in its group. */
const ordered = recorder(`const failed = new Set()
  for (const one of records) if (one.body.startsWith('bad') || failed.has(one.attributes.MessageGroupId)) failed.add(one.attributes.MessageGroupId).add(one)
  return { batchItemFailures: records.filter((one) => failed.has(one)).map((one) => ({ itemIdentifier: one.messageId })) }`)

test('a group of a FIFO queue waits for what failed until that is dead', async () => {
  await using booted = await bootTemplate(fifo, [web, ship(ordered)])
  const { running } = booted
  await running.deliver('queue:orders', [
    { body: 'bad1', orderingKey: 'a' },
    { body: 'a2', orderingKey: 'a' },
    { body: 'b1', orderingKey: 'b' },
    { body: 'a3', orderingKey: 'a' },
  ])
  const seen = async (): Promise<string[][]> =>
    (await booted.events('ship')).map(({ Records }) => (Records as { body: string }[]).map(({ body }) => body))
  expect((await seen()).toSorted()).toEqual([['b1'], ['bad1', 'a2']])
  await running.advance(5000)
  expect((await seen())[2]).toEqual(['bad1', 'a2'])
  await running.advance(5000)
  // a2 was received twice as well, behind the bad one.
  expect((await seen())[3]).toEqual(['a3'])
  const dead = await running.deadLetters('queue:orders')
  expect(dead.map(({ body, orderingKey }) => [Buffer.from(body).toString(), orderingKey])).toEqual([
    ['bad1', 'a'],
    ['a2', 'a'],
  ])
})

test('what a FIFO queue has no group for is refused', async () => {
  await using booted = await bootTemplate(fifo, [web, ship()])
  await expect(booted.running.deliver('queue:orders', [{ body: 'x' }])).rejects.toThrow(
    'a FIFO queue wants an orderingKey',
  )
})

test('functions behind a door have the environment of the template, and event functions have no door', async () => {
  await using booted = await bootTemplate(fifo, [web, ship(`export const handler = async () => process.env`)])
  const { running } = booted
  expect(running.doors).toHaveLength(1)
  const answer = await running.doors[0]?.send({})
  const environment: Record<string, string> = JSON.parse(Buffer.from(answer?.body ?? []).toString())
  expect(environment).toMatchObject({ SHARED: 'us-east-1-prod', AWS_LAMBDA_FUNCTION_NAME: 'shop-http' })
  expect(environment).not.toHaveProperty('QUEUE')
  const url = new URL('/2015-03-31/functions/shipping/invocations', running.endpoints.invoke)
  const own: Record<string, string> = await (await fetch(url, { method: 'POST', body: '{}' })).json()
  expect(own).toMatchObject({
    SHARED: 'us-east-1-prod',
    AWS_LAMBDA_FUNCTION_NAME: 'shipping',
    QUEUE: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/123456789012\/shop-OrdersQueue-[0-9A-F]{12}\.fifo$/),
  })
  expect(own['QUEUE']).toContain(`${own['AWS_ENDPOINT_URL_SQS']}/`)
})

test('a target without http functions has no door', async () => {
  await using booted = await bootTemplate(fifo.replace(/ {2}HttpFunction.*\n/, ''), [ship()])
  expect(booted.running.doors).toEqual([])
  await booted.running.deliver('queue:orders', [{ body: 'x', orderingKey: 'a' }])
  expect(booted.running.deliveries()).toMatchObject([{ function: 'ship', end: 'acknowledged' }])
})

test.each([
  [
    'a function that it does not have',
    (text: string) => text.replace('CodeUri: ship/', 'CodeUri: other/'),
    'CodeUri is ship/',
  ],
  [
    'a reference to what is not there',
    (text: string) => text.replace('OrdersQueue.QueueUrl', 'OrdersQueueX.QueueUrl'),
    'refers to OrdersQueueX',
  ],
  [
    'a reference to nothing',
    (text: string) => text.replace('OrdersQueue.QueueUrl', 'Nothing.QueueUrl'),
    'refers to Nothing',
  ],
  [
    'an attribute that there is not',
    (text: string) => text.replace('OrdersQueue.QueueUrl', 'OrdersQueue.Url'),
    'OrdersQueue.Url',
  ],
  [
    'a dead-letter queue of another type',
    (text: string) =>
      text.replace(
        'Dead: { Type: AWS::SQS::Queue, Properties: { FifoQueue: true } }',
        'Dead: { Type: AWS::SQS::Queue }',
      ),
    'must be of its type',
  ],
])('a template with %s is refused', async (_name, change, message) => {
  await expect(bootTemplate(change(fifo), [web, ship()])).rejects.toThrow(message)
})

test('a bundle that wants more of the SDK than is installed says what to add', async () => {
  const source = `import '@aws-sdk/client-not-there'; ${recorder()}`
  const booting = bootTemplate(fifo, [web, ship(source)])
  await expect(booting).rejects.toThrow('npm install --save-dev @aws-sdk/client-not-there')
})

test('what a function sends to the queue of another is delivered with the rest', async () => {
  const chain = `
Resources:
  ShipFunction:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: ship/
      Policies: [AmazonSQSFullAccess]
      Environment: { Variables: { BILLS: { Ref: BillsQueue } } }
      Events: { Orders: { Type: SQS, Properties: { Queue: { 'Fn::GetAtt': [OrdersQueue, Arn] } } } }
  BillFunction:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: bill/
      Events: { Bills: { Type: SQS, Properties: { Queue: { 'Fn::GetAtt': [BillsQueue, Arn] } } } }
  OrdersQueue: { Type: AWS::SQS::Queue, Properties: { QueueName: orders } }
  BillsQueue: { Type: AWS::SQS::Queue, Properties: { QueueName: bills } }
`
  const sends = `import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
const client = new SQSClient()
${recorder(`for (const { body } of records) await client.send(new SendMessageCommand({ QueueUrl: process.env.BILLS, MessageBody: 'bill for ' + body }))`)}`
  const bills = { logical: 'bills', physical: 'bills' }
  const bill: TestFunction = { name: 'bill', listens: { kind: 'queue', trigger: { queue: 'bills' }, resource: bills } }
  await using booted = await bootTemplate(chain, [ship(sends), bill])
  await booted.running.deliver('queue:orders', [{ body: 'one' }])
  expect(booted.running.deliveries()).toMatchObject([
    { source: 'queue:orders', function: 'ship', end: 'acknowledged' },
    { source: 'queue:bills', function: 'bill', end: 'acknowledged' },
  ])
  expect(await booted.events('bill')).toMatchObject([{ Records: [{ body: 'bill for one' }] }])
  // A queue that is consumed is no place for the dead.
  expect(await booted.running.deadLetters('queue:orders')).toEqual([])
})
