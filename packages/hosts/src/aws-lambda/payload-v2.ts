import { checkHeaders, type DoorAnswer, type DoorRequest, type Header } from './door.ts'
import {
  clfTime,
  decodeQueryPart,
  endToEnd,
  eventBody,
  grouped,
  queryPairs,
  valuesOf,
  withForwarding,
} from './door-parts.ts'
import { bodyOf, isObject, parseJson, statusOf, stringList, stringsOf, type Result } from './result.ts'

/**
 * Payload format 2.0, which HTTP APIs and function URLs share:
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 * https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-payloads
 */
export interface EventV2 {
  version: '2.0'
  routeKey: string
  rawPath: string
  rawQueryString: string
  cookies?: string[]
  headers: Record<string, string>
  queryStringParameters?: Record<string, string>
  requestContext: {
    accountId: string
    apiId: string
    domainName: string
    domainPrefix: string
    http: { method: string; path: string; protocol: string; sourceIp: string; userAgent: string }
    requestId: string
    routeKey: string
    stage: string
    time: string
    timeEpoch: number
  }
  body?: string
  isBase64Encoded: boolean
}

export interface FactsV2 {
  accountId: string
  apiId: string
  domainName: string
  requestId: string
  rawPath: string
}

export function eventV2(request: DoorRequest, facts: FactsV2): { event: EventV2; traceRoot: string } {
  const { method, query, body, protocol, sourceIp, time } = request
  const { accountId, apiId, domainName, requestId, rawPath } = facts
  const forwarded = withForwarding(endToEnd(request.headers), { sourceIp, proto: 'https' })
  const cookies = valuesOf(forwarded.headers, 'cookie').flatMap((value) => value.split(';').map((one) => one.trim()))
  const parameters = grouped(queryPairs(query).map(([name, value]) => [decodeQueryPart(name), decodeQueryPart(value)]))
  const event: EventV2 = {
    version: '2.0',
    routeKey: '$default',
    rawPath,
    rawQueryString: query ?? '',
    ...(cookies.length > 0 ? { cookies: cookies.filter((cookie) => cookie !== '') } : {}),
    headers: joined(forwarded.headers),
    ...(parameters.size > 0 ? { queryStringParameters: commaJoined(parameters) } : {}),
    requestContext: {
      accountId,
      apiId,
      domainName,
      domainPrefix: apiId,
      http: {
        method,
        path: rawPath,
        protocol,
        sourceIp,
        userAgent: valuesOf(request.headers, 'user-agent').at(-1) ?? '',
      },
      requestId,
      routeKey: '$default',
      stage: '$default',
      time: clfTime(time),
      timeEpoch: time,
    },
    ...(body.length > 0 ? eventBody(request.headers, body) : { isBase64Encoded: false }),
  }
  return { event, traceRoot: forwarded.traceRoot }
}

/** Names in lower case, values of one name joined with a comma, cookies taken out. */
function joined(headers: Header[]): Record<string, string> {
  const lower = headers.map(([name, value]): Header => [name.toLowerCase(), value])
  return commaJoined(grouped(lower.filter(([name]) => name !== 'cookie')))
}

function commaJoined(groups: Map<string, string[]>): Record<string, string> {
  // A null prototype: `__proto__` is a legal name of a header or parameter.
  const record: Record<string, string> = Object.create(null)
  for (const [name, values] of groups) record[name] = values.join(',')
  return record
}

/**
 * The answer to the client. A result that has no `statusCode` is itself the body.
 * @throws MalformedResult
 */
export function answerV2(payload: Uint8Array): DoorAnswer {
  const result = parseJson(Buffer.from(payload).toString())
  if (!isObject(result) || result['statusCode'] === undefined) {
    return { status: 200, headers: [['content-type', 'application/json']], body: payload }
  }
  return { ...headV2(result), body: bodyOf(result) }
}

/** Status, headers and cookies: of a result, or of the prelude of a streamed one. @throws MalformedResult */
export function headV2(result: Result): Omit<DoorAnswer, 'body'> {
  const headers = stringsOf(result, 'headers').map(([name, value]): Header => [name.toLowerCase(), value])
  const cookies = stringList(result['cookies'], 'cookies').map((cookie): Header => ['set-cookie', cookie])
  return { status: statusOf(result), headers: checkHeaders([...headers, ...cookies]) }
}
