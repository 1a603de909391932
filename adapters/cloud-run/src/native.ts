import type { Context, NodeRequest, NodeResponse } from '@isobar/core/adapter'

/** What `context.native` is on Cloud Run: Node's own request and response. */
export interface CloudRunNative {
  request: NodeRequest
  response: NodeResponse
}

/**
 * The request and response of Node's server behind a context.
 *
 * @throws TypeError when the context comes from another platform.
 */
export function native(context: Context): CloudRunNative {
  const value = context.native
  if (isNative(value)) return value
  throw new TypeError(
    `native() of @isobar/cloud-run got the context of target '${context.target}', which does not run on Cloud Run. Look at context.target before the call.`,
  )
}

function isNative(value: unknown): value is CloudRunNative {
  return typeof value === 'object' && value !== null && 'request' in value && 'response' in value
}
