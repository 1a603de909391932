import { lastForwardedFor, type HttpCall, type NodeRequest, type NodeResponse } from '@isobar/core/adapter'
import type { CloudRunNative } from './native.ts'

/**
 * What Cloud Run tells of a request beside the request itself. It gives no request id: the trace id serves. Pure.
 *
 * @param now epoch milliseconds.
 * @param timeoutSeconds how long the platform waits, which it tells nobody at run time.
 */
export function describeCall(
  request: NodeRequest,
  response: NodeResponse,
  env: HttpCall['env'],
  now: number,
  timeoutSeconds: number | undefined,
): Omit<HttpCall, 'request' | 'sink'> {
  const native: CloudRunNative = { request, response }
  const address = lastForwardedFor(request.headers['x-forwarded-for'])
  return {
    native,
    env,
    client: address === undefined ? {} : { address },
    deadline: timeoutSeconds === undefined ? undefined : now + timeoutSeconds * 1000,
    version: env['K_REVISION'],
    fetchDecodes: true,
  }
}
