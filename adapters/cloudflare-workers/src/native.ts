import type { Context } from '@isobar/core/adapter'

/** https://developers.cloudflare.com/workers/runtime-apis/context/ */
export interface WorkersExecutionContext {
  waitUntil(promise: Promise<unknown>): void
  passThroughOnException(): void
}

/** https://developers.cloudflare.com/queues/configuration/javascript-apis/#message */
export interface QueueMessage {
  readonly id: string
  readonly timestamp: Date
  /** What was sent; an ArrayBuffer where that was bytes. */
  readonly body: unknown
  /** Counts from 1. */
  readonly attempts: number
  ack(): void
  /** `delaySeconds`: 0 to 43,200. */
  retry(options?: { delaySeconds?: number }): void
}

/** https://developers.cloudflare.com/queues/configuration/javascript-apis/#messagebatch */
export interface QueueBatch {
  readonly queue: string
  readonly messages: readonly QueueMessage[]
}

/** https://developers.cloudflare.com/workers/runtime-apis/handlers/scheduled/ */
export interface WorkersScheduledController {
  /** Milliseconds since 1970. */
  readonly scheduledTime: number
  readonly cron: string
  noRetry(): void
}

interface Invoked<Env extends object> {
  env: Env
  ctx: WorkersExecutionContext
}

/** What `context.native` of an http function is on Workers. `env` has the bindings, which `context.env` leaves out. */
export interface WorkersNative<Env extends object = Record<string, unknown>> extends Invoked<Env> {
  request: Request
}

/** What it is for queues, topics and storage; the message is `batch.messages[context.delivery.batch.index]`. */
export interface WorkersQueueNative<Env extends object = Record<string, unknown>> extends Invoked<Env> {
  batch: QueueBatch
}

/** What it is for a schedule. */
export interface WorkersScheduledNative<Env extends object = Record<string, unknown>> extends Invoked<Env> {
  controller: WorkersScheduledController
}

/** What it is for an event, told apart by `'batch' in native(context)`. */
export type WorkersEventNative<Env extends object = Record<string, unknown>> =
  | WorkersQueueNative<Env>
  | WorkersScheduledNative<Env>

/**
 * What the Worker was called with behind a context: the request, the batch of messages or the controller of a cron
 * trigger, and the bindings and the execution context.
 *
 * @throws TypeError when the context comes from another platform.
 */
export function native<Env extends object = Record<string, unknown>>(
  context: Context & { delivery: object },
): WorkersEventNative<Env>
export function native<Env extends object = Record<string, unknown>>(context: Context): WorkersNative<Env>
export function native<Env extends object>(context: Context): WorkersNative<Env> | WorkersEventNative<Env> {
  const value = context.native
  if (isNative<Env>(value)) return value
  throw new TypeError(
    `native() of @isobar/cloudflare-workers got the context of target '${context.target}', which does not run on Workers. Look at context.target before the call.`,
  )
}

function isNative<Env extends object>(value: unknown): value is WorkersNative<Env> | WorkersEventNative<Env> {
  if (typeof value !== 'object' || value === null || !('env' in value) || !('ctx' in value)) return false
  return 'request' in value || 'batch' in value || 'controller' in value
}
