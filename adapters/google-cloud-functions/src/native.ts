import type { Context, NodeRequest, NodeResponse } from '@isobar/core/adapter'

/** What the adapter reads of the framework's request, beside what is Node's. */
export interface CloudFunctionsRequest extends NodeRequest {
  /** The body as the framework's parsers read it; absent when none of them did. */
  rawBody?: Uint8Array
  executionId?: string
}

/** What `context.native` is on Cloud Functions: the framework's request and response, which are Express's. */
export interface CloudFunctionsNative {
  req: CloudFunctionsRequest
  res: NodeResponse
}

/**
 * The framework's request and response behind a context.
 *
 * @throws TypeError when the context comes from another platform.
 */
export function native(context: Context): CloudFunctionsNative {
  const value = context.native
  if (isNative(value)) return value
  throw new TypeError(
    `native() of @isobar/google-cloud-functions got the context of target '${context.target}', which does not run on Cloud Functions. Look at context.target before the call.`,
  )
}

function isNative(value: unknown): value is CloudFunctionsNative {
  return typeof value === 'object' && value !== null && 'req' in value && 'res' in value
}
