import { runBuffered } from '@isobar/core/adapter'
import type { Answer, Application, HttpApplication, HttpResult, RequestParts, Origin } from '@isobar/core/adapter'
import { bodyBytes, clientOf, lastHeader, member, pairs, requestUrl, UnexpectedEventError, type Pair } from './event.ts'
import { bind, invocation } from './invocation.ts'
import { encodeBody, multiValueHeaders } from './result.ts'
import type { LambdaContext } from './lambda-context.ts'
import type { AlbEvent } from './native-http.ts'

/**
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html#respond-to-load-balancer
 *
 * The load balancer reads only the map that its target group's attribute names.
 */
interface AlbHead {
  statusCode: number
  statusDescription: string
  body: string
  isBase64Encoded: boolean
}
export type AlbResult = AlbHead & { headers: Record<string, string> }
export type AlbMultiValueResult = AlbHead & { multiValueHeaders: Record<string, string[]> }

/**
 * The handler of a function in a target group without multi-value headers.
 *
 * @throws TypeError when a function of the application is no definition.
 */
export function alb(input: HttpApplication): (event: unknown, context: LambdaContext) => Promise<AlbResult> {
  const app = bind(input)
  return async (event, context) => {
    if (!isAlb(event) || !isSingle(event)) {
      throw new UnexpectedEventError('a load balancer whose target group has multi-value headers turned off', event)
    }
    const result = await invoke(app, event, context, 'alb')
    const { cookies } = result.answer
    const answer = cookies.length > 1 ? result.refuse(tooManyCookies(cookies.length)) : result.answer
    const headers = Object.fromEntries(answer.headers)
    for (const cookie of answer.cookies) headers['set-cookie'] = cookie
    return { ...head(answer), headers }
  }
}

/**
 * The handler of a function in a target group whose attribute `lambda.multi_value_headers.enabled` is true.
 *
 * @throws TypeError when a function of the application is no definition.
 */
export function albMultiValue(
  input: HttpApplication,
): (event: unknown, context: LambdaContext) => Promise<AlbMultiValueResult> {
  const app = bind(input)
  return async (event, context) => {
    if (!isAlb(event) || !isMulti(event)) {
      throw new UnexpectedEventError('a load balancer whose target group has multi-value headers turned on', event)
    }
    const { answer } = await invoke(app, event, context, 'alb-multi-value')
    return { ...head(answer), multiValueHeaders: multiValueHeaders(answer) }
  }
}

function isAlb(event: unknown): event is AlbEvent {
  if (member(member(event, 'requestContext'), 'elb') === undefined) return false
  return typeof member(event, 'httpMethod') === 'string' && typeof member(event, 'path') === 'string'
}

function isSingle(event: AlbEvent): boolean {
  return Boolean(event.headers) || !event.multiValueHeaders
}

function isMulti(event: AlbEvent): boolean {
  return Boolean(event.multiValueHeaders) || !event.headers
}

async function invoke(
  app: Application,
  event: AlbEvent,
  context: LambdaContext,
  frontDoor: 'alb' | 'alb-multi-value',
): Promise<HttpResult<Uint8Array>> {
  const headers = pairs(event.multiValueHeaders, event.headers)
  const result = await runBuffered(app, {
    ...invocation({ frontDoor, event, context }, Infinity),
    request: decode(event, headers, app.origin),
    client: clientOf(lastEntry(lastHeader(headers, 'x-forwarded-for'))?.replace(port, '$1$2')),
  })
  await result.settle()
  return result
}

function decode(event: AlbEvent, headers: Pair[], origin: Origin | undefined): RequestParts {
  const query = pairs(event.multiValueQueryStringParameters, event.queryStringParameters)
    .map(([name, value]) => (value === '' && name !== '' ? name : `${name}=${value}`))
    .join('&')
  const scheme = lastEntry(lastHeader(headers, 'x-forwarded-proto')) ?? 'http'
  const target = event.path + (query && `?${query}`)
  return {
    method: event.httpMethod,
    url: requestUrl(origin, scheme, lastHeader(headers, 'host'), target),
    headers,
    body: bodyBytes(event),
  }
}

/** The load balancer appends to what the client sent, so only the last entry is its own (R2, R8). */
function lastEntry(list: string | undefined): string | undefined {
  return list?.split(',').at(-1)?.trim()
}

/** With `routing.http.xff_client_port.enabled` an entry has the client's port: `203.0.113.7:4000`, `[2001:db8::1]:4000`. */
const port = /^(?:\[(.+)\]|([\d.]+))(?::\d+)?$/

function head(answer: Answer<Uint8Array>): AlbHead {
  // The runtime has this module in memory already; an import statement would load its WebSocket as well.
  const phrase = globalThis.process.getBuiltinModule('node:http').STATUS_CODES[answer.status] ?? 'Unknown'
  return { statusCode: answer.status, statusDescription: `${answer.status} ${phrase}`, ...encodeBody(answer) }
}

function tooManyCookies(count: number): string {
  return (
    `The handler set ${count} cookies, but this load balancer can carry one Set-Cookie header. Turn on the target ` +
    `group's attribute lambda.multi_value_headers.enabled and build with frontDoor 'alb-multi-value'.`
  )
}
