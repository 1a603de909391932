import { randomBytes } from 'node:crypto'
import type { ServerResponse } from 'node:http'

import { parseQuery } from './asp-net-url.ts'
import { renderCookie } from './cookies.ts'
import type { HostRequest } from './front-end.ts'
import type { InvocationRequest, NullableString, RpcHttp, TypedData } from './protocol.ts'
import type { RouteMatch } from './routes.ts'

/** The whole request in one message: how the host calls an app that did not enable HTTP streaming. */
export function bufferedRequest(
  invocationId: string,
  request: HostRequest,
  match: RouteMatch,
  body: Uint8Array,
): InvocationRequest {
  const http: RpcHttp = {
    method: request.method,
    url: `https://${request.host}${request.url.encodedPath}${request.url.query}`,
    nullableHeaders: nullable(joinHeaders(request)),
    nullableQuery: nullable(parseQuery(request.url.query)),
    nullableParams: nullable(match.params),
    // Only when Content-Length says so: a chunked body is lost.
    // https://github.com/Azure/azure-functions-host/blob/dev/src/WebJobs.Script.Grpc/MessageExtensions/GrpcMessageConversionExtensions.cs
    ...(request.contentLength > 0 && { body: { bytes: body } }),
  }
  return invocation(invocationId, match, { http }, {}, request)
}

/**
 * The message that goes beside a request which is forwarded to the library's own server: the request is empty, and the library
 * takes headers and parameters from the trigger's metadata.
 */
export function streamingRequest(invocationId: string, request: HostRequest, match: RouteMatch): InvocationRequest {
  const params = Object.fromEntries(Object.entries(match.params).map(([name, value]) => [name, { string: value }]))
  const metadata = {
    Query: { json: JSON.stringify(parseQuery(request.url.query)) },
    Headers: { json: JSON.stringify(joinHeaders(request)) },
    ...params,
  }
  return invocation(invocationId, match, { http: {} }, metadata, request)
}

/** Writes what a buffered invocation returned. */
export function writeBuffered(response: ServerResponse, returnValue: TypedData | null | undefined): void {
  const http = returnValue?.http
  if (http === undefined) {
    // Nothing returned: an ObjectResult of null, which ASP.NET answers with 204.
    response.writeHead(204).end()
    return
  }
  const headers = Object.entries(http.headers ?? {}).flat()
  for (const cookie of http.cookies ?? []) headers.push('set-cookie', renderCookie(cookie))
  const body = http.body?.bytes ?? Buffer.from(http.body?.string ?? '')
  response.writeHead(Number(http.statusCode), headers)
  response.end(body)
}

function joinHeaders(request: HostRequest): Record<string, string> {
  // `StringValues.ToString()` joins with a comma and no space.
  return Object.fromEntries([...request.headers].map(([name, values]) => [name, values.join(',')]))
}

function nullable(values: Record<string, string>): Record<string, NullableString> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { value }]))
}

function invocation(
  invocationId: string,
  match: RouteMatch,
  data: TypedData,
  triggerMetadata: Record<string, TypedData>,
  request: HostRequest,
): InvocationRequest {
  return {
    invocationId,
    functionId: match.function.metadata.functionId,
    inputData: [{ name: match.function.trigger, data }],
    triggerMetadata,
    traceContext: {
      traceParent: traceParent(request.headers.get('traceparent')?.[0]),
      traceState: request.headers.get('tracestate')?.join(',') ?? '',
      attributes: {},
    },
    retryContext: null,
  }
}

/** The host's own activity: the client's trace, a span of its own. https://www.w3.org/TR/trace-context/#traceparent-header */
function traceParent(received = ''): string {
  const valid =
    /^(?!ff)[\da-f]{2}-(?<trace>(?!0{32})[\da-f]{32})-(?!0{16})[\da-f]{16}-(?<flags>[\da-f]{2})(?:$|-)/.exec(received)
  const { trace = randomBytes(16).toString('hex'), flags = '00' } = valid?.groups ?? {}
  return `00-${trace}-${randomBytes(8).toString('hex')}-${flags}`
}
