import {
  createEventFunction,
  type EventApplication,
  type EventCall,
  type EventFunction,
  type EventKind,
  type EventResult,
  type IncomingMessage,
  type MalformedMessage,
} from '@isobar/core/adapter'
import { watchFaults } from './faults.ts'
import { invocationSink } from './log.ts'
import type { AzureEventContext, AzureFunctionsEventNative, AzureOutput } from './native.ts'

/** The handler of an event function, as the library calls it. */
export type EventHandler = (trigger: unknown, context: AzureEventContext) => Promise<void>

/** What the shim tells of the app that it registers the function in. */
export interface EventSettings {
  /** `functionTimeout` of host.json, milliseconds. */
  timeoutMs: number
  /** Where messages go that are set aside; registered among the function's extra outputs. */
  parked?: AzureOutput
  /** Of sources that do not count themselves: after so many tries a message is set aside. */
  maxAttempts?: number
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

/** What a source makes of its native event; what it throws becomes a message that comes again (E4). */
export function decoded(decode: () => IncomingMessage): IncomingMessage | MalformedMessage {
  try {
    return decode()
  } catch (error) {
    return { malformed: error instanceof Error ? error : new Error(String(error)) }
  }
}

/**
 * Gives the host what is to be set aside. It writes when the invocation has succeeded, and when it cannot write the
 * invocation has failed, so that the message comes again:
 * https://learn.microsoft.com/azure/azure-functions/functions-bindings-error-pages#retries
 *
 * @param value bytes are one message; of an array the host makes one for each element, and of a text that holds an array
 *   too: https://github.com/Azure/azure-functions-host/blob/dev/src/WebJobs.Script/Binding/FunctionBinding.cs
 */
export function setAside(context: AzureEventContext, { parked }: EventSettings, value: Uint8Array | unknown[]): void {
  if (!parked) throw new Error('The function was registered without an output for what is set aside.')
  context.extraOutputs.set(parked, value)
}

/** The number of the try, where the host tries again by a retry policy. */
export function attemptOf({ retryContext }: AzureEventContext): number {
  return (retryContext?.retryCount ?? 0) + 1
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
