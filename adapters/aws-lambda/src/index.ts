export { alb, albMultiValue } from './alb.ts'
export type { AlbMultiValueResult, AlbResult } from './alb.ts'
export type { RejectingApplication } from './async-call.ts'
export { dynamoDb } from './dynamo-db.ts'
export type { ChangeMessageVisibilityInput, LoadSqs, MessageAttribute, SendMessageInput, SqsClient } from './effects.ts'
export { eventBridge } from './event-bridge.ts'
export { functionUrlStreaming } from './function-url-streaming.ts'
export type { ResponseStream } from './function-url-streaming.ts'
export { functionUrl } from './function-url.ts'
export { httpApi } from './http-api.ts'
export { load } from './invocation.ts'
export { kinesis } from './kinesis.ts'
export type { LambdaContext } from './lambda-context.ts'
export type {
  DynamoDbEvent,
  DynamoDbRecord,
  EventBridgeEvent,
  KinesisEvent,
  KinesisRecord,
  NativeEvent,
  S3Event,
  S3Record,
  SchedulerEvent,
  SnsEvent,
  SnsRecord,
  SqsEvent,
  SqsMessageAttribute,
  SqsRecord,
} from './native-events.ts'
export type { AlbEvent, HttpApiEvent, NativeHttp, RestApiEvent } from './native-http.ts'
export { native } from './native.ts'
export type { Native } from './native.ts'
export type { Payload2Result } from './payload-2.ts'
export { restApi } from './rest-api.ts'
export type { RestApiResult } from './rest-api.ts'
export { s3 } from './s3.ts'
export { scheduler } from './scheduler.ts'
export { sns } from './sns.ts'
export { sqs } from './sqs.ts'
export type { BatchResult, SqsApplication } from './sqs.ts'
