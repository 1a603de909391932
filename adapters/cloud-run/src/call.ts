import type { HttpCall, NodeRequest, NodeResponse } from '@isobar/core/adapter'
import type { CloudRunNative } from './native.ts'

/** What Cloud Run tells of a request beside the request itself. Pure. */
export function describeCall(
  request: NodeRequest,
  response: NodeResponse,
  env: HttpCall['env'],
): Omit<HttpCall, 'request' | 'sink'> {
  const { headers } = request
  const native: CloudRunNative = { request, response }
  const address = lastForwarded(text(headers['x-forwarded-for']))
  return {
    id: headers['traceparent'] === undefined ? cloudTraceId(text(headers['x-cloud-trace-context'])) : undefined,
    native,
    env,
    client: address === undefined ? {} : { address },
    version: env['K_REVISION'],
    fetchDecodes: true,
  }
}

/** The front end appends the address that it saw; everything to the left came with the request (R8). */
function lastForwarded(header: string | undefined): string | undefined {
  const last = header?.split(',').at(-1)?.trim()
  return last === '' ? undefined : last
}

/** `TRACE_ID/SPAN_ID;o=OPTIONS`: https://docs.cloud.google.com/trace/docs/trace-context#legacy-http-header */
function cloudTraceId(header: string | undefined): string | undefined {
  return /^([0-9a-f]{32})(?:\/|;|$)/i.exec(header ?? '')?.[1]
}

function text(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value.join(', ') : value
}
