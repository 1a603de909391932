import { randomBytes, randomUUID } from 'node:crypto'

import {
  checkHeaders,
  MalformedResult,
  type DoorAnswer,
  type DoorModel,
  type DoorRequest,
  type Header,
} from './door.ts'
import {
  clfTime,
  decodeEscapes,
  decodeQueryPart,
  endToEnd,
  grouped,
  queryPairs,
  valuesOf,
  withForwarding,
} from './door-parts.ts'
import { collectOutcome, RequestTooLarge } from './invocation.ts'
import { accountId, region, type LambdaFunction } from './lambda-function.ts'
import { remapHeaders } from './response-headers.ts'
import { bodyOf, parseObject, statusOf, stringListsOf, stringsOf } from './result.ts'
import { inTime } from './timeout.ts'

const apiId = 'isobarre5t'
const stage = 'prod'

/** The host of the API's regional endpoint. */
export const restApiDomain: string = `${apiId}.execute-api.${region}.amazonaws.com`

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html */
const maxBodyBytes = 10 * 1024 * 1024
const maxHeadBytes = 10_240
const timeoutMs = 29_000

/** What `ANY` stands for: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-method-settings-method-request.html */
const methods = new Set(['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT'])
const resultKeys = new Set(['statusCode', 'headers', 'multiValueHeaders', 'body', 'isBase64Encoded'])

/**
 * A regional REST API: `ANY /` and `ANY /{proxy+}` with a Lambda proxy integration (payload format 1.0) and
 * `binaryMediaTypes: ['*\/*']`. The door stands for `https://<domain>/prod`: clients name paths below the stage.
 */
export function restApi(lambda: LambdaFunction): DoorModel {
  return {
    maxBodyBytes,
    maxHeadBytes,
    tooLarge,
    refuse(method) {
      return methods.has(method)
        ? undefined
        : message(403, 'Missing Authentication Token', 'MissingAuthenticationTokenException')
    },
    async handle(request) {
      const { event, traceRoot } = restApiEvent(request)
      const answer = await inTime(timeoutMs, timedOut, async () => {
        try {
          const outcome = await collectOutcome(await lambda.invoke(Buffer.from(JSON.stringify(event)), { traceRoot }))
          return outcome.kind === 'error' ? malformed : restApiAnswer(outcome.body)
        } catch (error) {
          if (error instanceof MalformedResult) return malformed
          if (error instanceof RequestTooLarge) return tooLarge
          throw error
        }
      })
      const { requestId, extendedRequestId } = event.requestContext
      return {
        ...answer,
        headers: [
          ...answer.headers,
          ['x-amzn-RequestId', requestId],
          ['x-amz-apigw-id', extendedRequestId],
          ['X-Amzn-Trace-Id', traceRoot],
        ],
      }
    },
  }
}

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html#api-gateway-simple-proxy-for-lambda-input-format */
export interface EventV1 {
  resource: string
  path: string
  httpMethod: string
  headers: Record<string, string> | null
  multiValueHeaders: Record<string, string[]> | null
  queryStringParameters: Record<string, string> | null
  multiValueQueryStringParameters: Record<string, string[]> | null
  pathParameters: Record<string, string> | null
  stageVariables: null
  requestContext: { requestId: string; extendedRequestId: string; [member: string]: unknown }
  body: string | null
  isBase64Encoded: boolean
}

export function restApiEvent(request: DoorRequest): { event: EventV1; traceRoot: string } {
  const { method, path, query, body, protocol, sourceIp, time } = request
  // Content-Length does not come with the event: https://github.com/dougmoscrop/serverless-http/pull/1
  const passed = endToEnd(request.headers).filter(([name]) => name.toLowerCase() !== 'content-length')
  const { headers, traceRoot } = withForwarding(passed, { sourceIp, proto: 'https', spell })
  // A semicolon separates parameters too (important notes for REST APIs).
  const parameters = queryPairs(query, /[&;]/).map(([name, value]): Header => [
    decodeQueryPart(name),
    decodeQueryPart(value),
  ])
  const headerMaps = maps(headers)
  const queryMaps = maps(parameters)
  // The greedy parameter has no leading slash and loses a trailing one.
  const proxy = decodeEscapes(path.replace(/^\//, '').replace(/\/$/, ''))
  const resource = proxy === '' ? '/' : '/{proxy+}'
  const event: EventV1 = {
    resource,
    path,
    httpMethod: method,
    headers: headerMaps.last,
    multiValueHeaders: headerMaps.all,
    queryStringParameters: queryMaps.last,
    multiValueQueryStringParameters: queryMaps.all,
    pathParameters: proxy === '' ? null : { proxy },
    stageVariables: null,
    requestContext: {
      resourceId: proxy === '' ? 'r00t00' : 'pr0xy0',
      resourcePath: resource,
      httpMethod: method,
      extendedRequestId: randomBytes(11).toString('base64'),
      requestTime: clfTime(time),
      path: `/${stage}${path}`,
      accountId,
      protocol,
      stage,
      domainPrefix: apiId,
      requestTimeEpoch: time,
      requestId: randomUUID(),
      identity: {
        cognitoIdentityPoolId: null,
        accountId: null,
        cognitoIdentityId: null,
        caller: null,
        sourceIp,
        principalOrgId: null,
        accessKey: null,
        cognitoAuthenticationType: null,
        cognitoAuthenticationProvider: null,
        userArn: null,
        userAgent: valuesOf(request.headers, 'user-agent').at(-1) ?? null,
        user: null,
      },
      domainName: restApiDomain,
      deploymentId: 'd3ploy',
      apiId,
    },
    // `*/*` makes every body a binary one.
    body: body.length > 0 ? body.toString('base64') : null,
    isBase64Encoded: body.length > 0,
  }
  return { event, traceRoot }
}

/** All values of each name, and the last one; null for none. Names keep their case and are told apart by it. */
function maps(pairs: Header[]): { all: Record<string, string[]> | null; last: Record<string, string> | null } {
  const groups = grouped(pairs)
  if (groups.size === 0) return { all: null, last: null }
  const all: Record<string, string[]> = Object.create(null)
  const last: Record<string, string> = Object.create(null)
  for (const [name, values] of groups) {
    all[name] = values
    last[name] = values.at(-1) ?? ''
  }
  return { all, last }
}

/** @throws MalformedResult */
function restApiAnswer(payload: Uint8Array): DoorAnswer {
  const result = parseObject(payload)
  // `cookies` is the best known of them: https://github.com/fastify/aws-lambda-fastify/issues/109
  const unknown = Object.keys(result).find((key) => !resultKeys.has(key))
  if (unknown !== undefined) throw new MalformedResult(`The result has the member ${unknown}.`)
  const multi = stringListsOf(result, 'multiValueHeaders')
  const names = new Set(multi.map(([name]) => name.toLowerCase()))
  // Where both maps have a name, multiValueHeaders has its values.
  const single = stringsOf(result, 'headers').filter(([name]) => !names.has(name.toLowerCase()))
  const headers = checkHeaders(remapHeaders([...single, ...multi]))
  const typed = valuesOf(headers, 'content-type').length > 0
  return {
    status: statusOf(result),
    headers: typed ? headers : [...headers, ['Content-Type', 'application/json']],
    body: bodyOf(result),
  }
}

/** `X-Forwarded-For`, `X-Amzn-Trace-Id`. */
function spell(name: string): string {
  return name.replaceAll(/(?<=^|-)[a-z]/g, (letter) => letter.toUpperCase())
}

function message(status: number, text: string, type: string): DoorAnswer {
  return {
    status,
    headers: [
      ['Content-Type', 'application/json'],
      ['x-amzn-ErrorType', type],
    ],
    body: Buffer.from(JSON.stringify({ message: text })),
  }
}

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html */
const malformed: DoorAnswer = message(502, 'Internal server error', 'InternalServerErrorException')
const timedOut: DoorAnswer = message(504, 'Endpoint request timed out', 'InternalServerErrorException')
const tooLarge: DoorAnswer = message(413, 'Request Too Long', 'RequestTooLargeException')
