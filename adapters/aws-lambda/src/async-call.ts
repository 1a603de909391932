import { runEvents, type EventApplication, type EventCall, type EventFunction } from '@isobar/core/adapter'
import { sendDeadLetter, type DeadLetter } from './dead-letters.ts'
import { createEffects, type LoadSqs } from './effects.ts'
import { invocation } from './invocation.ts'
import type { NativeEvent } from './native-events.ts'

/** What a shim hands to a source whose rejected events go to the queue of the function's own dead. */
export interface RejectingApplication extends EventApplication {
  sqs: LoadSqs
}

/** What is to be set aside for one message of a call. */
export type LetterOf = (index: number) => Omit<DeadLetter, 'reason'>

/** Gives the `reject` of an invocation: it sends to the queue of the function's own dead. */
export function rejecter({
  sqs,
}: RejectingApplication): (native: NativeEvent, letterOf: LetterOf) => NonNullable<EventCall['reject']> {
  const effectsOf = createEffects(sqs)
  return ({ context }, letterOf) => {
    const effects = effectsOf(() => context.getRemainingTimeInMillis())
    return (_, index, reason) => sendDeadLetter(effects, { ...letterOf(index), reason })
  }
}

/**
 * Runs the messages of an event that Lambda was given asynchronously: it is done when the function returns, and comes again,
 * all of it, when the function throws.
 *
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
 *
 * @throws the error of the message that is to come again; an AggregateError when there are several.
 */
export async function runAsynchronous(
  fn: EventFunction,
  native: NativeEvent,
  call: Pick<EventCall, 'messages' | 'reject'>,
): Promise<void> {
  const { outcomes, settle } = await runEvents(fn, { ...invocation(native, Infinity), ...call })
  await settle()
  const errors = outcomes.flatMap((outcome) => (outcome.kind === 'retry' ? [outcome.error] : []))
  const [error] = errors
  if (error === undefined) return
  throw errors.length === 1
    ? error
    : new AggregateError(
        errors,
        `${errors.length} of ${outcomes.length} events failed, the first with: ${error.message}`,
      )
}
