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

/** What it reads of the context of an invocation by an event. */
export interface AzureEventContext extends AzureInvocationContext {
  /** Facts of the message, by names of the binding in camelCase. */
  triggerMetadata?: Record<string, unknown> | undefined
  /** Absent at the first try, and where the platform itself counts the tries. */
  retryContext?: { retryCount: number; maxRetryCount: number } | undefined
  extraOutputs: { set(output: AzureOutput, value: unknown): void }
}

/** An output binding, made by the library's `output`. */
export interface AzureOutput {
  type: string
  name: string
}

/** What `context.native` of an http function is on Azure Functions: the library's request and invocation context. */
export interface AzureFunctionsNative {
  request: AzureHttpRequest
  context: AzureInvocationContext
}

/** What it is in an event function: what the trigger's binding gave, and the invocation context. */
export interface AzureFunctionsEventNative {
  /** Bytes of a message; a timer; documents of a change feed; an event of Event Grid. */
  trigger: unknown
  context: AzureEventContext
}

/**
 * What `@azure/functions` gave, behind a context.
 *
 * @throws TypeError when the context comes from another platform.
 */
export function native(context: Context & { delivery: object }): AzureFunctionsEventNative
export function native(context: Context): AzureFunctionsNative
export function native(context: Context): AzureFunctionsNative | AzureFunctionsEventNative {
  const value = context.native
  if (isNative(value)) return value
  throw new TypeError(
    `native() of @isobar/azure-functions got the context of target '${context.target}', which does not run on Azure Functions. Look at context.target before the call.`,
  )
}

function isNative(value: unknown): value is AzureFunctionsNative | AzureFunctionsEventNative {
  return typeof value === 'object' && value !== null && 'context' in value && ('request' in value || 'trigger' in value)
}
