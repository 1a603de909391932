import { expect, test } from 'vitest'

import { bootTemplate, recorder } from '../testing.ts'

/** What a function does to its queues, by the SDK that Lambda's runtime ships. */
const template = `
Transform: AWS::Serverless-2016-10-31
Resources:
  ShipFunction:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: ship/
      Policies:
        - SQSSendMessagePolicy: { QueueName: { 'Fn::GetAtt': [ShipDead, QueueName] } }
        - Statement: [{ Effect: Allow, Action: 'sqs:ChangeMessageVisibility', Resource: { 'Fn::GetAtt': [OrdersQueue, Arn] } }]
      Environment:
        Variables:
          QUEUE_URL: { Ref: OrdersQueue }
          DEAD_QUEUE_URL: { Ref: ShipDead }
          ORDERS: { 'Fn::Sub': '\${AWS::Region}/\${OrdersQueue.QueueName}' }
      Events:
        Orders:
          Type: SQS
          Properties:
            Queue: { 'Fn::GetAtt': [OrdersQueue, Arn] }
            FunctionResponseTypes: [ReportBatchItemFailures]
  OrdersQueue: { Type: AWS::SQS::Queue, Properties: { QueueName: orders } }
  ShipDead: { Type: AWS::SQS::Queue, Properties: { QueueName: ship-dead } }
`

const source = `import { ChangeMessageVisibilityCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
const client = new SQSClient()
${recorder(`const { QUEUE_URL, DEAD_QUEUE_URL, ORDERS } = process.env
  const batchItemFailures = []
  for (const { body, messageId, receiptHandle } of records) {
    const effect = body === 'park'
      ? new SendMessageCommand({ QueueUrl: DEAD_QUEUE_URL, MessageBody: body, MessageAttributes: { from: { DataType: 'String', StringValue: ORDERS } } })
      : new ChangeMessageVisibilityCommand({ QueueUrl: QUEUE_URL, ReceiptHandle: receiptHandle, VisibilityTimeout: 600 })
    try {
      await client.send(effect)
      if (body !== 'park') batchItemFailures.push({ itemIdentifier: messageId })
    } catch (error) {
      console.log(error.name)
      batchItemFailures.push({ itemIdentifier: messageId })
    }
  }
  return { batchItemFailures }`)}`

const listens = {
  kind: 'queue',
  trigger: { queue: 'orders' },
  resource: { logical: 'orders', physical: 'orders' },
} as const

test('delays and parks, and what fails comes again', async () => {
  await using booted = await bootTemplate(template, [{ name: 'ship', listens, source }])
  const { running } = booted
  await running.deliver('queue:orders', [{ body: 'later' }])
  await running.advance(599_999)
  expect(running.deliveries()).toMatchObject([{ attempts: [{ outcome: 'retry' }] }])
  await running.advance(1)
  expect(
    running.deliveries()[0]?.attempts.map(({ at }) => at.getTime() - Number(running.deliveries()[0]?.sentAt)),
  ).toEqual([0, 600_000])

  running.breakEffects(true)
  await running.deliver('queue:orders', [{ body: 'park' }])
  expect(running.deliveries()[1]).toMatchObject({ attempts: [{ outcome: 'retry' }] })
  expect(await running.deadLetters('queue:orders')).toEqual([])
  expect(running.logs.some(({ line }) => line.includes('AccessDenied'))).toBe(true)

  running.breakEffects(false)
  await running.advance(30_000)
  expect(running.deliveries()[1]).toMatchObject({ end: 'acknowledged', attempts: { length: 2 } })
  const dead = await running.deadLetters('queue:orders')
  expect(dead).toEqual([{ body: Buffer.from('park'), attributes: { from: 'us-east-1/orders' } }])
})

test('a function does to a queue only what its policies allow', async () => {
  const without = template.replace(/ {8}- SQSSendMessagePolicy.*\n/, '')
  await using booted = await bootTemplate(without, [{ name: 'ship', listens, source }])
  const { running } = booted
  await running.deliver('queue:orders', [{ body: 'park' }])
  expect(running.deliveries()).toMatchObject([{ attempts: [{ outcome: 'retry' }] }])
  expect(running.logs.some(({ line }) => line.includes('AccessDenied'))).toBe(true)
  await running.deliver('queue:orders', [{ body: 'later' }])
  await running.advance(600_000)
  expect(running.deliveries()[1]).toMatchObject({ attempts: { length: 2 } })
})
