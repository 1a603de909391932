import type {
  ALBEvent,
  ALBResult as VendorAlbResult,
  APIGatewayProxyEvent,
  APIGatewayProxyEventV2,
  APIGatewayProxyResult,
  APIGatewayProxyStructuredResultV2,
  Context,
  LambdaFunctionURLEvent,
} from 'aws-lambda'
import type { AlbEvent, AlbMultiValueResult, AlbResult, HttpApiEvent, LambdaContext } from './index.ts'
import type { Payload2Result, RestApiEvent, RestApiResult } from './index.ts'

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
]
