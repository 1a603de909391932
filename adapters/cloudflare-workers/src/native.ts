import type { Context } from '@isobar/core/adapter'

/** https://developers.cloudflare.com/workers/runtime-apis/context/ */
export interface WorkersExecutionContext {
  waitUntil(promise: Promise<unknown>): void
  passThroughOnException(): void
}

/** What `context.native` is on Workers. `env` has the bindings, which `context.env` leaves out. */
export interface WorkersNative<Env extends object = Record<string, unknown>> {
  request: Request
  env: Env
  ctx: WorkersExecutionContext
}

/**
 * The request, bindings and execution context of the Worker behind a context.
 *
 * @throws TypeError when the context comes from another platform.
 */
export function native<Env extends object = Record<string, unknown>>(context: Context): WorkersNative<Env> {
  const value = context.native
  if (isNative<Env>(value)) return value
  throw new TypeError(
    `native() of @isobar/cloudflare-workers got the context of target '${context.target}', which does not run on Workers. Look at context.target before the call.`,
  )
}

function isNative<Env extends object>(value: unknown): value is WorkersNative<Env> {
  return typeof value === 'object' && value !== null && 'request' in value && 'env' in value && 'ctx' in value
}
