import {
  ChangeMessageVisibilityBatchCommand,
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'

import { createClock, type Clock } from '../../../events/clock.ts'
import { startSqsApi, type SqsApi } from './api.ts'
import { createSqsQueue, type SqsQueue } from './queue.ts'

/** The API as the vendor's own SDK sees it. */
const start = Date.UTC(2026, 0, 1)
let clock: Clock
let api: SqsApi
let queue: SqsQueue
let fifo: SqsQueue
let client: SQSClient
let QueueUrl: string

beforeAll(async () => {
  api = await startSqsApi({ now: () => clock.now() }, '123456789012')
  QueueUrl = api.urlOf('orders')
  client = new SQSClient({
    endpoint: `http://127.0.0.1:${api.port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'any' },
  })
})

beforeEach(() => {
  clock = createClock(start)
  queue = createSqsQueue(clock, 'orders', 'arn:aws:sqs:us-east-1:123456789012:orders', { fifo: false })
  fifo = createSqsQueue(clock, 'orders.fifo', 'arn:aws:sqs:us-east-1:123456789012:orders.fifo', { fifo: true })
  api.serve(new Map([queue, fifo].map((one) => [one.name, one])))
})

afterAll(async () => {
  client.destroy()
  await api.close()
})

/** The one message that is there. */
async function receiveOne(): Promise<{ ReceiptHandle: string }> {
  const { Messages = [] } = await client.send(new ReceiveMessageCommand({ QueueUrl }))
  const [{ ReceiptHandle } = {}] = Messages
  if (ReceiptHandle === undefined) throw new Error('There is no message.')
  return { ReceiptHandle }
}

test('what is sent is received, with attributes of every type, and is gone once deleted', async () => {
  const MessageAttributes = {
    text: { DataType: 'String', StringValue: 'é' },
    count: { DataType: 'Number.int', StringValue: '12' },
    bytes: { DataType: 'Binary', BinaryValue: Uint8Array.of(0, 255) },
  }
  // The SDK compares the digests of body and attributes with its own.
  const sent = await client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'one', MessageAttributes }))
  const { Messages = [] } = await client.send(
    new ReceiveMessageCommand({ QueueUrl, MessageAttributeNames: ['All'], MessageSystemAttributeNames: ['All'] }),
  )
  expect(Messages).toMatchObject([{ MessageId: sent.MessageId, Body: 'one', MessageAttributes }])
  expect(Messages[0]?.Attributes).toMatchObject({ ApproximateReceiveCount: '1', SentTimestamp: String(start) })
  const ReceiptHandle = Messages[0]?.ReceiptHandle
  await client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }))
  expect(queue.messages()).toEqual([])
})

test('a digest of attributes is as the vendor computes it', async () => {
  const MessageAttributes = {
    City: { DataType: 'String', StringValue: 'Any City' },
    Population: { DataType: 'Number', StringValue: '1250800' },
  }
  const sent = await client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'one', MessageAttributes }))
  // Length and bytes of each name, type and value in order of the names, by hand from the vendor's description.
  const part = (text: string): Buffer => {
    const length = Buffer.alloc(4)
    length.writeUInt32BE(Buffer.byteLength(text))
    return Buffer.concat([length, Buffer.from(text)])
  }
  const one = Buffer.of(1)
  const city = [part('City'), part('String'), one, part('Any City')]
  const population = [part('Population'), part('Number'), one, part('1250800')]
  const { createHash } = await import('node:crypto')
  const digest = createHash('md5')
    .update(Buffer.concat([...city, ...population]))
    .digest('hex')
  expect(sent.MD5OfMessageAttributes).toBe(digest)
})

test('a message is hidden for the time that it is given, once more if asked', async () => {
  queue.send({ body: 'one', attributes: {} })
  const { ReceiptHandle } = await receiveOne()
  await client.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 90 }))
  await clock.advance(89_999)
  expect(queue.receive(1)).toEqual([])
  await clock.advance(1)
  expect(queue.receive(1)).toMatchObject([{ body: 'one', receiveCount: 2 }])
})

test('an URL and attributes are found', async () => {
  expect(await client.send(new GetQueueUrlCommand({ QueueName: 'orders' }))).toMatchObject({ QueueUrl })
  queue.send({ body: 'one', attributes: {} })
  const asked = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['ApproximateNumberOfMessages', 'QueueArn'] })
  const { Attributes } = await client.send(asked)
  expect(Attributes).toEqual({ ApproximateNumberOfMessages: '1', QueueArn: queue.arn })
})

test('entries of a batch fail one by one', async () => {
  const Entries = [
    { Id: 'a', MessageBody: 'one' },
    { Id: 'b', MessageBody: 'bad\u0001' },
  ]
  const sent = await client.send(new SendMessageBatchCommand({ QueueUrl, Entries }))
  expect(sent).toMatchObject({
    Successful: [{ Id: 'a' }],
    Failed: [{ Id: 'b', Code: 'InvalidMessageContents', SenderFault: true }],
  })
  const { ReceiptHandle } = await receiveOne()
  const changed = await client.send(
    new ChangeMessageVisibilityBatchCommand({
      QueueUrl,
      Entries: [
        { Id: 'a', ReceiptHandle, VisibilityTimeout: 5 },
        { Id: 'b', ReceiptHandle, VisibilityTimeout: 43_201 },
      ],
    }),
  )
  expect(changed).toMatchObject({ Successful: [{ Id: 'a' }], Failed: [{ Id: 'b', Code: 'InvalidParameterValue' }] })
})

test('a FIFO queue numbers its messages and takes each deduplication id once in five minutes', async () => {
  const command = new SendMessageCommand({
    QueueUrl: api.urlOf('orders.fifo'),
    MessageBody: 'one',
    MessageGroupId: 'g',
    MessageDeduplicationId: 'd',
  })
  const first = await client.send(command)
  expect(first.SequenceNumber).toMatch(/^\d{20}$/)
  await clock.advance(299_999)
  expect(await client.send(command)).toMatchObject({ MessageId: first.MessageId, SequenceNumber: first.SequenceNumber })
  expect(fifo.messages()).toHaveLength(1)
  await clock.advance(1)
  await client.send(command)
  expect(fifo.messages()).toHaveLength(2)
})

describe('refusals', () => {
  test('have the names that the SDK knows', async () => {
    queue.send({ body: 'one', attributes: {} })
    const { ReceiptHandle } = await receiveOne()
    const change = (changed: object): Promise<unknown> =>
      client.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 1, ...changed }))
    await expect(change({ QueueUrl: api.urlOf('none') })).rejects.toMatchObject({
      name: 'QueueDoesNotExist',
      $metadata: { httpStatusCode: 400 },
    })
    await expect(change({ ReceiptHandle: 'short' })).rejects.toMatchObject({ name: 'ReceiptHandleIsInvalid' })
    await expect(change({ VisibilityTimeout: 43_201 })).rejects.toMatchObject({ name: 'InvalidParameterValue' })
    await expect(change({ VisibilityTimeout: -1 })).rejects.toMatchObject({ name: 'InvalidParameterValue' })
    await clock.advance(30_000)
    await expect(change({})).rejects.toMatchObject({ name: 'MessageNotInflight' })
    await expect(
      client.send(new SendMessageCommand({ QueueUrl: api.urlOf('orders.fifo'), MessageBody: 'a' })),
    ).rejects.toMatchObject({
      name: 'MissingParameter',
    })
  })

  test('are for everything while it is broken, and are not repeated', async () => {
    api.break(true)
    const sent = client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'a' }))
    await expect(sent).rejects.toMatchObject({ name: 'AccessDenied', $metadata: { attempts: 1 } })
    api.break(false)
    await client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'a' }))
    expect(queue.messages()).toHaveLength(1)
  })
})
