import { lastForwardedFor, type HttpCall, type NodeResponse, type RequestParts } from '@isobar/core/adapter'
import type { CloudFunctionsNative, CloudFunctionsRequest } from './native.ts'

/**
 * What Cloud Functions tells of a request beside the request itself. Pure.
 *
 * @param now epoch milliseconds.
 * @param timeoutSeconds how long the platform waits, which it tells nobody at run time.
 */
export function describeCall(
  req: CloudFunctionsRequest,
  res: NodeResponse,
  env: HttpCall['env'],
  now: number,
  timeoutSeconds: number | undefined,
): Omit<HttpCall, 'request' | 'sink'> {
  const native: CloudFunctionsNative = { req, res }
  // Never req.ip: Express is told to trust every proxy and takes the left-most entry, which is the client's word (R8).
  const address = lastForwardedFor(req.headers['x-forwarded-for'])
  return {
    id: req.executionId,
    native,
    env,
    client: address === undefined ? {} : { address },
    deadline: timeoutSeconds === undefined ? undefined : now + timeoutSeconds * 1000,
    version: env['K_REVISION'],
    fetchDecodes: true,
  }
}

/**
 * Gives a request the bytes that the framework's parsers have taken from the connection. They inflate a compressed body
 * and leave the headers that describe it as it was (R7):
 * https://github.com/GoogleCloudPlatform/functions-framework-nodejs/blob/main/src/server.ts
 */
export function withRawBody(parts: RequestParts, rawBody: Uint8Array | undefined): RequestParts {
  if (rawBody === undefined) return parts
  const headers = [...parts.headers]
  const inflated = headers.some(([name]) => name.toLowerCase() === 'content-encoding')
  return {
    ...parts,
    headers: inflated ? headers.filter(([name]) => !/^content-(?:encoding|length)$/i.test(name)) : headers,
    body: rawBody,
  }
}
