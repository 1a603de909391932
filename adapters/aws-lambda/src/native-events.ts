import type { LambdaContext } from './lambda-context.ts'

/** https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html */
export interface SqsEvent {
  Records: SqsRecord[]
}

export interface SqsRecord {
  messageId: string
  receiptHandle: string
  body: string
  attributes: {
    ApproximateReceiveCount: string
    /** Milliseconds since 1970. */
    SentTimestamp: string
    SenderId: string
    ApproximateFirstReceiveTimestamp: string
    MessageGroupId?: string | undefined
    MessageDeduplicationId?: string | undefined
    SequenceNumber?: string | undefined
    AWSTraceHeader?: string | undefined
    DeadLetterQueueSourceArn?: string | undefined
  }
  messageAttributes: Record<string, SqsMessageAttribute>
  md5OfBody: string
  eventSource: string
  eventSourceARN: string
  awsRegion: string
}

export interface SqsMessageAttribute {
  /** `String`, `Number` or `Binary`, with a label behind a dot where the sender gave one. */
  dataType: string
  stringValue?: string | undefined
  /** Base64. */
  binaryValue?: string | undefined
}

/** https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html */
export interface SnsEvent {
  Records: SnsRecord[]
}

export interface SnsRecord {
  EventSource: string
  EventVersion: string
  EventSubscriptionArn: string
  Sns: {
    Type: string
    MessageId: string
    TopicArn: string
    Subject?: string | null | undefined
    Message: string
    Timestamp: string
    MessageAttributes: Record<string, { Type: string; Value: string }>
  }
}

/** What the schedule of the generated template sends as its input. */
export interface SchedulerEvent {
  /** RFC 3339. */
  scheduledTime: string
  scheduleArn: string
  executionId: string
  /** Counts from 1. */
  attempt: string
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html */
export interface S3Event {
  Records: S3Record[]
}

export interface S3Record {
  eventVersion: string
  eventSource: string
  awsRegion: string
  eventTime: string
  /** Without `s3:` in front. */
  eventName: string
  s3: {
    configurationId?: string
    bucket: { name: string; arn: string }
    object: {
      /** Encoded as in a form: `+` is a space. */
      key: string
      size?: number | undefined
      eTag?: string | undefined
      versionId?: string | undefined
      sequencer?: string | undefined
    }
  }
}

/** https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html */
export interface KinesisEvent {
  Records: KinesisRecord[]
}

export interface KinesisRecord {
  /** `shardId-000000000006:<sequence number>` */
  eventID: string
  eventName: string
  eventSource: string
  eventSourceARN: string
  eventVersion: string
  awsRegion: string
  kinesis: {
    partitionKey: string
    sequenceNumber: string
    /** Base64. */
    data: string
    /** Seconds since 1970, with a fraction. */
    approximateArrivalTimestamp: number
  }
}

/** https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html */
export interface DynamoDbEvent {
  Records: DynamoDbRecord[]
}

export interface DynamoDbRecord {
  eventID?: string | undefined
  eventName?: 'INSERT' | 'MODIFY' | 'REMOVE' | undefined
  eventSource?: string | undefined
  eventSourceARN?: string | undefined
  awsRegion?: string | undefined
  /** There on a deletion by time to live: `{ type: 'Service', principalId: 'dynamodb.amazonaws.com' }`. */
  userIdentity?: unknown
  dynamodb?:
    | {
        /** Seconds since 1970. */
        ApproximateCreationDateTime?: number | undefined
        Keys?: Record<string, unknown> | undefined
        NewImage?: Record<string, unknown> | undefined
        OldImage?: Record<string, unknown> | undefined
        SequenceNumber?: string | undefined
        StreamViewType?: string | undefined
      }
    | undefined
}

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-structure.html */
export interface EventBridgeEvent {
  version: string
  id: string
  'detail-type': string
  source: string
  account: string
  time: string
  region: string
  resources: string[]
  detail: unknown
}

/** The event and the context of an event function, told apart by where its events come from. */
export type NativeEvent =
  | { source: 'sqs'; event: SqsEvent; context: LambdaContext }
  | { source: 'sns'; event: SnsEvent; context: LambdaContext }
  | { source: 'scheduler'; event: SchedulerEvent; context: LambdaContext }
  | { source: 's3'; event: S3Event; context: LambdaContext }
  | { source: 'kinesis'; event: KinesisEvent; context: LambdaContext }
  | { source: 'dynamodb'; event: DynamoDbEvent; context: LambdaContext }
  | { source: 'eventbridge'; event: EventBridgeEvent; context: LambdaContext }
