import {
  createEventFunction,
  type EventApplication,
  type EventCall,
  type EventFunction,
  type EventKind,
  type EventResult,
} from '@isobar/core/adapter'
import { watchFaults } from '../faults.ts'
import { invocationSink } from '../log.ts'
import type { AzureEventContext, AzureFunctionsEventNative, AzureOutput } from '../native.ts'

/** The handler of an event function, as the library calls it. */
export type EventHandler = (trigger: unknown, context: AzureEventContext) => Promise<void>

/** What the shim tells of the app that it registers the function in. */
export interface EventSettings {
  /** `functionTimeout` of host.json, milliseconds. */
  timeoutMs: number
  /** Where messages go that are set aside; registered among the function's extra outputs. */
  parked?: AzureOutput
}

/** The event function of a shim, made once at start. */
export function bindEvents(application: EventApplication, kind: EventKind): EventFunction {
  watchFaults()
  return createEventFunction(application, kind)
}

/**
 * What an invocation by an event tells, but for its messages.
 *
 * The host ends a worker whose function takes longer than `functionTimeout`, and whatever else runs in it; so the
 * messages' signals abort ahead of that.
 * https://learn.microsoft.com/azure/azure-functions/functions-scale#timeout
 */
export function describeEvents(
  trigger: unknown,
  context: AzureEventContext,
  { timeoutMs }: EventSettings,
): Omit<EventCall, 'messages'> {
  const native: AzureFunctionsEventNative = { trigger, context }
  const traceparent = context.traceContext?.traceParent
  return {
    id: context.invocationId,
    native,
    env: process.env,
    traceparent: traceparent === '' ? undefined : traceparent,
    deadline: Date.now() + timeoutMs,
    sink: invocationSink(context),
  }
}

/**
 * Tells the host what became of the messages: nothing when all are done or set aside, else the first error, so that the
 * host logs it and the source sends again. Work given to waitUntil is waited for before (C1): the host scales in an
 * instance that has nothing to do.
 */
export async function conclude({ outcomes, settle }: EventResult): Promise<void> {
  await settle()
  for (const outcome of outcomes) if (outcome.kind === 'retry') throw outcome.error
}
