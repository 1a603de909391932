import { lastForwardedFor, type HttpCall, type NodeRequest, type NodeResponse } from '@isobar/core/adapter'
import type { CloudRunNative } from './native.ts'

/**
 * What Cloud Run tells of a request beside the request itself. It gives no request id: the trace id serves. Pure.
 *
 * @param now epoch milliseconds.
 */
export function describeCall(
  request: NodeRequest,
  response: NodeResponse,
  env: HttpCall['env'],
  now: number,
): Omit<HttpCall, 'request' | 'sink'> {
  const native: CloudRunNative = { request, response }
  const address = lastForwardedFor(request.headers['x-forwarded-for'])
  // Set by service.yaml beside the timeout itself, which the platform tells nobody.
  const seconds = Number(env['CLOUD_RUN_TIMEOUT_SECONDS'] ?? 0)
  return {
    native,
    env,
    client: address === undefined ? {} : { address },
    deadline: seconds > 0 ? now + seconds * 1000 : undefined,
    version: env['K_REVISION'],
    fetchDecodes: true,
  }
}
