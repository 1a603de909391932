import type { Context } from '@isobar/core/adapter'

/** What the adapter reads of the library's HttpRequest. */
export interface AzureHttpRequest {
  readonly method: string
  readonly url: string
  readonly headers: Iterable<[name: string, value: string]> & { get(name: string): string | null }
  /** A web stream, or null. */
  readonly body: unknown
}

/** What the adapter reads of the library's InvocationContext. */
export interface AzureInvocationContext {
  invocationId: string
  functionName: string
  traceContext?: { traceParent?: string | undefined } | undefined
  debug(line: string): void
  info(line: string): void
  warn(line: string): void
  error(line: string): void
}

/** What `context.native` is on Azure Functions: the library's request and invocation context. */
export interface AzureFunctionsNative {
  request: AzureHttpRequest
  context: AzureInvocationContext
}

/**
 * The request and invocation context of `@azure/functions` behind a context.
 *
 * @throws TypeError when the context comes from another platform.
 */
export function native(context: Context): AzureFunctionsNative {
  const value = context.native
  if (isNative(value)) return value
  throw new TypeError(
    `native() of @isobar/azure-functions got the context of target '${context.target}', which does not run on Azure Functions. Look at context.target before the call.`,
  )
}

function isNative(value: unknown): value is AzureFunctionsNative {
  return typeof value === 'object' && value !== null && 'request' in value && 'context' in value
}
