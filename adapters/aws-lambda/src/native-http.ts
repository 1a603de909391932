import type { LambdaContext } from './lambda-context.ts'

type Single = Record<string, string | undefined>
type Multi = Record<string, string[] | undefined>

/** Payload format 2.0, which HTTP APIs and function URLs share. */
export interface HttpApiEvent {
  version: string
  routeKey: string
  rawPath: string
  rawQueryString: string
  cookies?: string[]
  headers: Single
  queryStringParameters?: Single
  pathParameters?: Single
  stageVariables?: Single
  requestContext: {
    accountId: string
    apiId: string
    domainName: string
    domainPrefix: string
    requestId: string
    routeKey: string
    stage: string
    time: string
    /** Milliseconds since 1970. */
    timeEpoch: number
    http: { method: string; path: string; protocol: string; sourceIp: string; userAgent: string }
    authorizer?: unknown
    authentication?: unknown
  }
  body?: string
  isBase64Encoded: boolean
}

/** Payload format 1.0 of REST APIs. */
export interface RestApiEvent {
  resource: string
  path: string
  httpMethod: string
  /** null in tests from the console. */
  headers: Single | null
  multiValueHeaders: Multi | null
  queryStringParameters: Single | null
  multiValueQueryStringParameters: Multi | null
  pathParameters: Single | null
  stageVariables: Single | null
  requestContext: {
    accountId: string
    apiId: string
    domainName?: string | undefined
    path: string
    requestId: string
    resourcePath: string
    stage: string
    identity: { sourceIp: string }
    authorizer?: unknown
  }
  body: string | null
  isBase64Encoded: boolean
}

/** What a load balancer sends; it fills either the single or the multi-value maps. */
export interface AlbEvent {
  requestContext: { elb: { targetGroupArn: string } }
  httpMethod: string
  path: string
  headers?: Single | undefined
  multiValueHeaders?: Multi | undefined
  /** Not decoded. */
  queryStringParameters?: Single | undefined
  multiValueQueryStringParameters?: Multi | undefined
  body: string | null
  isBase64Encoded: boolean
}

/** The event and the context of an http function, told apart by the front door of the target. */
export type NativeHttp =
  | { frontDoor: 'http-api' | 'function-url' | 'function-url-streaming'; event: HttpApiEvent; context: LambdaContext }
  | { frontDoor: 'rest-api'; event: RestApiEvent; context: LambdaContext }
  | { frontDoor: 'alb' | 'alb-multi-value'; event: AlbEvent; context: LambdaContext }
