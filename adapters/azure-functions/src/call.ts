import { lastForwardedFor, type HttpCall } from '@isobar/core/adapter'
import { invocationSink } from './log.ts'
import type { AzureFunctionsNative, AzureHttpRequest, AzureInvocationContext } from './native.ts'
import { clientUrl } from './url.ts'

/**
 * The load balancer gives an answer 230 s, whatever functionTimeout says:
 * https://learn.microsoft.com/azure/azure-functions/functions-scale#timeout
 */
const frontDoorMs = 230_000

/**
 * What an HTTP invocation tells. Pure but for the clock.
 *
 * The URL is the request's own: `params` and `query` are decoded and, for a repeated name, wrong
 * (https://github.com/Azure/azure-functions-nodejs-library/issues/168).
 *
 * @param hasBody false where the body that the library gives is none.
 */
export function describeCall(
  request: AzureHttpRequest,
  context: AzureInvocationContext,
  env: HttpCall['env'],
  now: number,
  hasBody = true,
): HttpCall {
  const { method, url, headers, body } = request
  const native: AzureFunctionsNative = { request, context }
  const address = clientAddress(headers.get('x-forwarded-for'))
  // The host's own span, child of the client's.
  const traceparent = context.traceContext?.traceParent
  return {
    id: context.invocationId,
    request: {
      method,
      url: clientUrl(url, headers.get('x-waws-unencoded-url')),
      headers,
      body: hasBody && body instanceof ReadableStream ? body : null,
    },
    native,
    env,
    client: address === undefined ? {} : { address },
    traceparent: traceparent === '' ? undefined : traceparent,
    deadline: now + frontDoorMs,
    sink: invocationSink(context),
    fetchDecodes: true,
  }
}

/**
 * Whether a body follows the head of a request that is streamed: the library gives every POST one. The front end speaks
 * HTTP/1.1 with the host, where one of the two headers announces it (RFC 9112, section 6.3).
 */
export function announcesBody({ headers }: AzureHttpRequest): boolean {
  return headers.get('transfer-encoding') !== null || Number(headers.get('content-length') ?? 0) > 0
}

/** The front end appends the address that it saw, with its port: `203.0.113.7:41000`, `[2001:db8::1]:41000`. */
function clientAddress(forwarded: string | null): string | undefined {
  const last = lastForwardedFor(forwarded)
  if (last === undefined) return undefined
  const bracketed = /^\[([^\]]+)\](?::\d+)?$/.exec(last)
  if (bracketed) return bracketed[1]
  return /^[^:]+:\d+$/.test(last) ? last.slice(0, last.lastIndexOf(':')) : last
}
