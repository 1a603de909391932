import { queue } from '@isobar/core'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { sqs, type BatchResult } from './index.ts'
import { eventApplication, obey, sqsRecord } from './testing/events.ts'
import { captureLog, lambdaContext } from './testing/lambda.ts'
import { serveSqs } from './testing/sqs.ts'

describe('with the SDK itself', () => {
  afterEach(() => {
    vi.unstubAllEnvs()
    vi.restoreAllMocks()
  })
  beforeEach(() => {
    // It says that the address of a queue is not the region's own.
    vi.spyOn(console, 'warn').mockReturnValue()
    vi.stubEnv('AWS_REGION', 'us-east-2')
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'test')
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test')
    vi.stubEnv('AWS_MAX_ATTEMPTS', '1')
  })

  async function invokeReal(url: string, getRemainingTimeInMillis = (): number => 10_000): Promise<BatchResult> {
    using _log = captureLog()
    vi.stubEnv('ISOBAR_QUEUE_URL', `${url}/123456789012/orders`)
    vi.stubEnv('ISOBAR_DEAD_LETTER_QUEUE_URL', `${url}/123456789012/orders-dead`)
    const definition = queue({ queue: 'orders', data: 'text' }, ({ data }) => obey(data))
    const shim = sqs({
      ...eventApplication(definition),
      visibilitySeconds: 360,
      sqs: () => import('@aws-sdk/client-sqs'),
    })
    const messageAttributes = { picture: { dataType: 'Binary', binaryValue: 'R0lG' } }
    const records = [sqsRecord('a'), sqsRecord('later 30'), sqsRecord('reject', { messageAttributes })]
    return await shim({ Records: records }, lambdaContext({ getRemainingTimeInMillis }))
  }

  test('effects are requests of the JSON protocol to the queues', async () => {
    await using server = await serveSqs()
    expect(await invokeReal(server.url)).toEqual({ batchItemFailures: [{ itemIdentifier: 'later 30' }] })
    expect(server.requests.toSorted((one, other) => one.action.localeCompare(other.action))).toMatchObject([
      {
        action: 'AmazonSQS.ChangeMessageVisibility',
        body: {
          QueueUrl: `${server.url}/123456789012/orders`,
          ReceiptHandle: 'receipt of later 30',
          VisibilityTimeout: 30,
        },
      },
      {
        action: 'AmazonSQS.SendMessage',
        body: {
          QueueUrl: `${server.url}/123456789012/orders-dead`,
          MessageBody: 'reject',
          MessageAttributes: {
            picture: { DataType: 'Binary', BinaryValue: 'R0lG' },
            'isobar-reason': { DataType: 'String', StringValue: 'no such order' },
          },
        },
      },
    ])
  })

  test('an effect that is refused lists the message', async () => {
    await using server = await serveSqs()
    server.status = 400
    const { batchItemFailures } = await invokeReal(server.url)
    expect(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)).toEqual(['later 30', 'reject'])
  })

  test('an effect that hangs lists the message before the time is up', async () => {
    await using server = await serveSqs()
    server.status = 0
    const timeout = vi.spyOn(AbortSignal, 'timeout')
    const { batchItemFailures } = await invokeReal(server.url, () => 400)
    expect(timeout.mock.calls).toEqual([[380], [380]])
    expect(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)).toEqual(['later 30', 'reject'])
  })
})
