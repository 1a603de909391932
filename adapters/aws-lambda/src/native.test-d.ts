import type * as clientSqs from '@aws-sdk/client-sqs'
import type {
  ALBEvent,
  ALBResult as VendorAlbResult,
  APIGatewayProxyEvent,
  APIGatewayProxyEventV2,
  APIGatewayProxyResult,
  APIGatewayProxyStructuredResultV2,
  Context,
  DynamoDBBatchResponse,
  DynamoDBStreamEvent,
  EventBridgeEvent as VendorEventBridgeEvent,
  KinesisStreamBatchResponse,
  KinesisStreamEvent,
  LambdaFunctionURLEvent,
  S3Event as VendorS3Event,
  SNSEvent,
  SQSBatchResponse,
  SQSEvent,
} from 'aws-lambda'
import type { AlbEvent, AlbMultiValueResult, AlbResult, HttpApiEvent, LambdaContext } from './index.ts'
import type { BatchResult, DynamoDbEvent, EventBridgeEvent, KinesisEvent, LoadSqs } from './index.ts'
import type { Payload2Result, RestApiEvent, RestApiResult, S3Event, SnsEvent, SqsEvent } from './index.ts'

/** Compiles only where the first type can stand for the second. */
type Fits<Given extends Wanted, Wanted> = Given

/** What the vendor's types say comes in is what ours say comes in, and what goes out is taken. */
export type Checked = [
  Fits<APIGatewayProxyEventV2, HttpApiEvent>,
  Fits<LambdaFunctionURLEvent, HttpApiEvent>,
  Fits<APIGatewayProxyEvent, RestApiEvent>,
  Fits<ALBEvent, AlbEvent>,
  Fits<Context, LambdaContext>,
  Fits<Payload2Result, APIGatewayProxyStructuredResultV2>,
  Fits<RestApiResult, APIGatewayProxyResult>,
  Fits<AlbResult, VendorAlbResult>,
  Fits<AlbMultiValueResult, VendorAlbResult>,
  Fits<SQSEvent, SqsEvent>,
  Fits<SNSEvent, SnsEvent>,
  Fits<VendorS3Event, S3Event>,
  Fits<KinesisStreamEvent, KinesisEvent>,
  Fits<DynamoDBStreamEvent, DynamoDbEvent>,
  Fits<VendorEventBridgeEvent<string, unknown>, EventBridgeEvent>,
  Fits<BatchResult, SQSBatchResponse>,
  Fits<BatchResult, KinesisStreamBatchResponse>,
  Fits<BatchResult, DynamoDBBatchResponse>,
  /** What the shim hands over is the SDK itself. */
  Fits<() => Promise<typeof clientSqs>, LoadSqs>,
]
