import { Reject, Retry } from '@isobar/core'
import type { Event, EventContext, EventDefinition } from '@isobar/core'
import type { LambdaContext } from '../lambda-context.ts'
import { lambdaContext } from './lambda.ts'

export interface SeenEvent {
  event: Event
  context: EventContext
}

/** Gives a handler that notes what it sees and then does what it is told. */
export function noting(act: (event: Event) => unknown = () => {}): {
  seen: SeenEvent[]
  handler: (event: Event, context: EventContext) => Promise<void>
} {
  const seen: SeenEvent[] = []
  return {
    seen,
    async handler(event, context) {
      seen.push({ event, context })
      await act(event)
    },
  }
}

/** The application of a shim for one event function. */
export function eventApplication(definition: EventDefinition): {
  target: string
  name: string
  definition: EventDefinition
} {
  return { target: 'aws-lambda', name: 'ship', definition }
}

/** Invokes a handler with ten seconds left. */
export function invoke<Result>(
  handler: (event: unknown, context: LambdaContext) => Promise<Result>,
  event: unknown,
): Promise<Result> {
  return handler(event, lambdaContext())
}

/** What a text says: `fail`, `reject`, `later 30`; anything else is done. */
export function obey(data: unknown): void {
  const [word, rest] = String(data).split(' ')
  if (word === 'fail') throw new Error('as told')
  if (word === 'reject') throw Reject('no such order')
  if (word === 'later') throw Retry.after(Number(rest))
}

/** A record of SQS as a mapping hands it over; its body is its id unless another is given. */
export function sqsRecord(
  id: string,
  more: Record<string, unknown> = {},
  attributes: Record<string, string> = {},
): object {
  return {
    messageId: id,
    receiptHandle: `receipt of ${id}`,
    body: id,
    attributes: {
      ApproximateReceiveCount: '2',
      SentTimestamp: '1545082649183',
      SenderId: 'AIDAIENQZJOLO23YVJ4VO',
      ApproximateFirstReceiveTimestamp: '1545082649185',
      ...attributes,
    },
    messageAttributes: {},
    md5OfBody: 'e4e68fb7bd0e697a0ae8f1bb342846b3',
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:us-east-2:123456789012:orders',
    awsRegion: 'us-east-2',
    ...more,
  }
}

/** A record of SNS; its message is its id unless another is given. */
export function snsRecord(id: string, more: Record<string, unknown> = {}): object {
  return {
    EventSource: 'aws:sns',
    EventVersion: '1.0',
    EventSubscriptionArn: 'arn:aws:sns:us-east-2:123456789012:prices:224b60ba',
    Sns: {
      Type: 'Notification',
      MessageId: id,
      TopicArn: 'arn:aws:sns:us-east-2:123456789012:prices',
      Subject: null,
      Message: id,
      Timestamp: '2019-01-02T12:45:07.000Z',
      MessageAttributes: {},
      ...more,
    },
  }
}

/** A record of S3 for an object that was put. */
export function s3Record(
  key: string,
  more: Record<string, unknown> = {},
  object: Record<string, unknown> = {},
): object {
  return {
    eventVersion: '2.1',
    eventSource: 'aws:s3',
    awsRegion: 'us-east-2',
    eventTime: '2020-03-08T00:30:12.456Z',
    eventName: 'ObjectCreated:Put',
    s3: {
      s3SchemaVersion: '1.0',
      configurationId: '682bbb7a',
      bucket: { name: 'uploads', arn: 'arn:aws:s3:::uploads' },
      object: { key, size: 3, eTag: 'd132', sequencer: '005E64A65DF093B26D', ...object },
    },
    ...more,
  }
}

/** A record of Kinesis with a sequence number; its data is the text. */
export function kinesisRecord(sequence: string, text: string, more: Record<string, unknown> = {}): object {
  return {
    eventID: `shardId-000000000006:${sequence}`,
    eventName: 'aws:kinesis:record',
    eventSource: 'aws:kinesis',
    eventSourceARN: 'arn:aws:kinesis:us-east-2:123456789012:stream/clicks',
    eventVersion: '1.0',
    awsRegion: 'us-east-2',
    kinesis: {
      kinesisSchemaVersion: '1.0',
      partitionKey: `key of ${sequence}`,
      sequenceNumber: sequence,
      data: Buffer.from(text).toString('base64'),
      approximateArrivalTimestamp: 1_545_084_650.987,
      ...more,
    },
  }
}

/** A record of DynamoDB with a sequence number, for an item that was changed. */
export function dynamoDbRecord(sequence: string, more: Record<string, unknown> = {}, eventName = 'MODIFY'): object {
  return {
    eventID: `event ${sequence}`,
    eventName,
    eventVersion: '1.1',
    eventSource: 'aws:dynamodb',
    eventSourceARN: 'arn:aws:dynamodb:us-east-1:123456789012:table/users/stream/2015-06-27T00:48:05.899',
    awsRegion: 'us-east-1',
    dynamodb: {
      ApproximateCreationDateTime: 1_560_902_007,
      Keys: { id: { S: sequence } },
      OldImage: { id: { S: sequence }, text: { S: 'before' } },
      NewImage: { id: { S: sequence }, text: { S: 'after' } },
      SequenceNumber: sequence,
      StreamViewType: 'NEW_AND_OLD_IMAGES',
      ...more,
    },
  }
}
