import { encodeQuery, runBuffered } from '@isobar/core/adapter'
import type { Answer, HttpApplication, RequestParts, Origin } from '@isobar/core/adapter'
import { bodyBytes, clientOf, member, pairs, requestUrl, UnexpectedEventError } from './event.ts'
import { bind, invocation } from './invocation.ts'
import { encodeBody, multiValueHeaders } from './result.ts'
import type { LambdaContext } from './lambda-context.ts'
import type { RestApiEvent } from './native-http.ts'

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html */
const integrationTimeoutMs = 29_000

/**
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
 *
 * There is no `cookies` in it: a member that the gateway does not know makes it answer 502 by itself.
 */
export interface RestApiResult {
  statusCode: number
  multiValueHeaders: Record<string, string[]>
  body: string
  isBase64Encoded: boolean
}

/**
 * The handler of a function behind a REST API with Lambda proxy integration.
 *
 * @throws TypeError when a function of the application is no definition.
 */
export function restApi(input: HttpApplication): (event: unknown, context: LambdaContext) => Promise<RestApiResult> {
  const app = bind(input)
  return async (event, context) => {
    if (!isRestApi(event)) throw new UnexpectedEventError('a REST API (payload format 1.0)', event)
    const result = await runBuffered(app, {
      ...invocation({ frontDoor: 'rest-api', event, context }, integrationTimeoutMs),
      request: decode(event, app.origin),
      client: clientOf(event.requestContext.identity?.sourceIp),
    })
    await result.settle()
    return encode(result.answer)
  }
}

function isRestApi(event: unknown): event is RestApiEvent {
  const context = member(event, 'requestContext')
  if (typeof context !== 'object' || context === null || 'elb' in context || 'connectionId' in context) return false
  return typeof member(event, 'httpMethod') === 'string' && typeof member(event, 'path') === 'string'
}

function decode(event: RestApiEvent, origin: Origin | undefined): RequestParts {
  const query = encodeQuery(pairs(event.multiValueQueryStringParameters, event.queryStringParameters))
  const target = withoutBasePath(event) + (query && `?${query}`)
  return {
    method: event.httpMethod,
    url: requestUrl(origin, 'https', event.requestContext.domainName, target),
    headers: pairs(event.multiValueHeaders, event.headers),
    body: bodyBytes(event),
  }
}

function encode(answer: Answer<Uint8Array>): RestApiResult {
  return { statusCode: answer.status, multiValueHeaders: multiValueHeaders(answer), ...encodeBody(answer) }
}

/**
 * A custom domain's base path mapping stands in front of the path, and the event does not name it:
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-mappings.html. It is what is left of the path in
 * front of the resource that was matched. On the API's own domain the context's path is the stage and the path.
 */
function withoutBasePath({ path, resource, pathParameters, requestContext }: RestApiEvent): string {
  if (requestContext.path === `/${requestContext.stage}${path}`) return path
  const segments = path.split('/').slice(1)
  for (let skip = 0; skip <= segments.length; skip++) {
    const rest = segments.slice(skip)
    if (matches(rest, resource, pathParameters)) return `/${rest.join('/')}`
  }
  return path
}

function matches(segments: readonly string[], resource: unknown, parameters: RestApiEvent['pathParameters']): boolean {
  const template = typeof resource === 'string' ? resource.split('/').filter(Boolean) : ['']
  const given = segments.join('/').replace(/\/$/, '').split('/')
  const expected = template.map((part) => {
    const name = /^\{(.+?)\+?\}$/.exec(part)?.[1]
    return name === undefined ? part : parameters?.[name]
  })
  if (expected.includes(undefined)) return false
  const wanted = expected.join('/').replace(/^\/|\/$/g, '')
  return [given.join('/'), decoded(given.join('/'))].includes(wanted)
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
