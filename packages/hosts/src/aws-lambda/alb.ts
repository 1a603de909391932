import { randomBytes } from 'node:crypto'

import {
  checkHeaders,
  MalformedResult,
  type DoorAnswer,
  type DoorModel,
  type DoorRequest,
  type Header,
} from './door.ts'
import { eventBody, grouped, queryPairs, valuesOf, withForwarding } from './door-parts.ts'
import { collectOutcome, RequestTooLarge } from './invocation.ts'
import { accountId, region, type LambdaFunction } from './lambda-function.ts'
import { withoutFraming } from './response-headers.ts'
import { bodyOf, parseObject, statusOf, stringListsOf, stringsOf, type Result } from './result.ts'

/** The name of the load balancer. */
export const albDomain: string = `isobar-1234567890.${region}.elb.amazonaws.com`

/** The target group attribute `lambda.multi_value_headers.enabled`: off or on. */
export type HeaderMode = 'single-value' | 'multi-value'

/** Of a request's body and of the JSON that the function returns: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html */
const maxBytes = 1024 * 1024
/** https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/how-elastic-load-balancing-works.html#http-header-limits */
const maxHeadBytes = 64 * 1024

const targetGroupArn = `arn:aws:elasticloadbalancing:${region}:${accountId}:targetgroup/isobar/6d0ecf831eec9f09`

/** An HTTP listener of an application load balancer with a Lambda function as its target. */
export function alb(lambda: LambdaFunction, mode: HeaderMode): DoorModel {
  const tooLarge = page(413, 'Request Entity Too Large')
  return {
    maxBodyBytes: maxBytes,
    maxHeadBytes,
    tooLarge,
    refuse(_method, headers) {
      return valuesOf(headers, 'upgrade').length > 0 ? page(400, 'Bad Request') : undefined
    },
    async handle(request) {
      const { event, traceRoot } = albEvent(request, mode)
      try {
        const outcome = await collectOutcome(await lambda.invoke(Buffer.from(JSON.stringify(event)), { traceRoot }))
        if (outcome.kind === 'error' || outcome.body.length > maxBytes) return badGateway
        return albAnswer(outcome.body, mode)
      } catch (error) {
        if (error instanceof MalformedResult) return badGateway
        if (error instanceof RequestTooLarge) return tooLarge
        throw error
      }
    },
  }
}

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html#receive-event-from-load-balancer */
export interface AlbEvent {
  requestContext: { elb: { targetGroupArn: string } }
  httpMethod: string
  path: string
  queryStringParameters?: Record<string, string>
  multiValueQueryStringParameters?: Record<string, string[]>
  headers?: Record<string, string>
  multiValueHeaders?: Record<string, string[]>
  body: string
  isBase64Encoded: boolean
}

export function albEvent(request: DoorRequest, mode: HeaderMode): { event: AlbEvent; traceRoot: string } {
  const { method, path, query, body, sourceIp } = request
  const forwarded = withForwarding(request.headers, { sourceIp, proto: 'http' })
  const headers = forwarded.headers
    .map(([name, value]): Header => [name.toLowerCase(), name === 'x-amzn-trace-id' ? withSelf(value) : value])
    // The body that the function gets is whole.
    .filter(([name]) => name !== 'transfer-encoding')
  // Names and values stay as the client encoded them.
  const parameters = queryPairs(query)
  const event: AlbEvent = {
    requestContext: { elb: { targetGroupArn } },
    httpMethod: method,
    path,
    ...(mode === 'single-value'
      ? { queryStringParameters: lastValues(parameters), headers: lastValues(headers) }
      : { multiValueQueryStringParameters: allValues(parameters), multiValueHeaders: allValues(headers) }),
    ...eventBody(request.headers, body),
  }
  return { event, traceRoot: forwarded.traceRoot }
}

/** A trace that began before the load balancer gets a `Self` field: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-request-tracing.html */
function withSelf(trace: string): string {
  const seconds = Math.floor(Date.now() / 1000).toString(16)
  return /^Root=[^;]+$/.test(trace) ? trace : `Self=1-${seconds}-${randomBytes(12).toString('hex')};${trace}`
}

function lastValues(pairs: Header[]): Record<string, string> {
  const record: Record<string, string> = Object.create(null)
  for (const [name, value] of pairs) record[name] = value
  return record
}

function allValues(pairs: Header[]): Record<string, string[]> {
  const record: Record<string, string[]> = Object.create(null)
  for (const [name, values] of grouped(pairs)) record[name] = values
  return record
}

/** @throws MalformedResult */
function albAnswer(payload: Uint8Array, mode: HeaderMode): DoorAnswer {
  const result = parseObject(payload)
  const name = mode === 'single-value' ? 'headers' : 'multiValueHeaders'
  if (result[name] === undefined) {
    throw new MalformedResult(`The result has no ${name}, and the target group is set to ${mode} headers.`)
  }
  const headers = withoutFraming(mode === 'single-value' ? stringsOf(result, name) : stringListsOf(result, name))
  const typed = valuesOf(headers, 'content-type').length > 0
  return {
    status: statusOf(result),
    reason: reasonOf(result),
    headers: [
      ...checkHeaders(headers),
      ...(typed ? [] : [['Content-Type', 'application/octet-stream'] satisfies Header]),
      ...(valuesOf(headers, 'server').length > 0 ? [] : [server]),
    ],
    body: bodyOf(result),
  }
}

/** `statusDescription`: the code, a space and the reason. */
function reasonOf(result: Result): string | undefined {
  const { statusDescription } = result
  if (statusDescription === undefined || statusDescription === null) return undefined
  if (typeof statusDescription !== 'string' || !/^\d{3}(?: [\t\x20-\x7e]*)?$/.test(statusDescription)) {
    throw new MalformedResult(`statusDescription is ${JSON.stringify(statusDescription)}, not like "200 OK".`)
  }
  return statusDescription.slice(4) || undefined
}

const server: Header = ['Server', 'awselb/2.0']

function page(status: number, reason: string): DoorAnswer {
  const title = `${status} ${reason}`
  const lines = [
    '<html>',
    `<head><title>${title}</title></head>`,
    '<body>',
    `<center><h1>${title}</h1></center>`,
    '</body>',
    '</html>',
    '',
  ]
  return { status, headers: [server, ['Content-Type', 'text/html']], body: Buffer.from(lines.join('\r\n')) }
}

/** The function failed or returned something else: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html#http-502-issues */
const badGateway: DoorAnswer = page(502, 'Bad Gateway')
