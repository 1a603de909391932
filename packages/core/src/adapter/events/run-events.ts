import { toDefinition } from '../../definitions/definition.ts'
import type { EventKind } from '../../definitions/brand.ts'
import type { EventDefinition } from '../../definitions/events.ts'
import { subjectOf } from '../../definitions/triggers.ts'
import { EventDataError } from '../../events/errors.ts'
import { isReject, isRetry, type RetryError } from '../../events/outcome.ts'
import { beforeDeadline, DeadlineError } from '../deadline.ts'
import { createInvocation, invocationId, marginOf, type Invocation } from '../invocation.ts'
import { toEvent } from './decode.ts'
import type { EventApplication, EventCall, EventResult, IncomingMessage, MalformedMessage, Outcome } from './types.ts'

/** One event function, made once, at start. */
export interface EventFunction {
  target: string
  name: string
  definition: EventDefinition
  /** `queue:orders` (E1). */
  source: string
}

/** How many messages of an unordered batch run side by side. */
const defaultConcurrency = 10

/** @throws TypeError when the definition is none, or one of another kind than the source of the shim sends. */
export function createEventFunction(input: EventApplication, kind: EventKind): EventFunction {
  const definition = toDefinition(input.definition)
  if (!definition || definition.kind === 'http' || definition.kind !== kind) {
    const found = definition ? `one of ${definition.kind}()` : 'none'
    throw new TypeError(`The function '${input.name}' must be a definition of ${kind}(), but it is ${found}.`)
  }
  return { target: input.target, name: input.name, definition, source: sourceOf(definition, input.name) }
}

function sourceOf(definition: EventDefinition, name: string): string {
  // A schedule has no name but the function's.
  const subject = definition.kind === 'schedule' ? name : Reflect.get(definition.trigger, subjectOf[definition.kind])
  return `${definition.kind}:${String(subject)}`
}

/**
 * Runs the messages of one call and gives an outcome for each. Never rejects: whatever fails is an outcome.
 *
 * Messages run side by side up to the trigger's `concurrency`; those of an ordered source one after the other within
 * their partition. What has not begun by the deadline's margin comes again.
 */
export async function runEvents(fn: EventFunction, call: EventCall): Promise<EventResult> {
  const batch: Batch = {
    fn,
    // One for the whole batch: each message would get another.
    call: { ...call, id: invocationId(call, call.traceparent) },
    marginMs: call.deadline === undefined ? 0 : marginOf(call.deadline, Date.now()),
    invocations: [],
  }
  const outcomes: Outcome[] = []
  const { ordered = false, partition = 'key', messages } = call
  const { trigger } = fn.definition
  const concurrency = ('concurrency' in trigger ? trigger.concurrency : undefined) ?? (ordered ? 1 : defaultConcurrency)
  const alone = messages.map((_, index) => [index])
  const lanes = ordered ? (partition === 'batch' ? [alone.flat()] : partitions(messages)) : alone
  await eachAtMost(concurrency, lanes, async (lane) => {
    let behind: Error | undefined
    for (const index of lane) {
      const outcome: Outcome = behind ? { kind: 'retry', error: behind } : await runMessage(batch, index)
      outcomes[index] = outcome
      if (outcome.kind === 'retry') behind ??= new Error('A message before it in its partition is to come again.')
    }
  })
  return { outcomes, settle: () => settleAll(batch) }
}

interface Batch {
  fn: EventFunction
  call: EventCall
  /** Of the whole batch: a message that begins late has no shorter one. */
  marginMs: number
  invocations: Invocation[]
}

/** A message on its way: its context lives as long as its handler and the work that this gave to waitUntil. */
interface Running {
  batch: Batch
  invocation: Invocation
  message: IncomingMessage
  index: number
}

function settleAll({ invocations }: Batch): Promise<void> | undefined {
  const waits = invocations.flatMap((invocation) => invocation.settle() ?? [])
  return waits.length === 0 ? undefined : Promise.all(waits).then(() => undefined)
}

/** The indexes of the messages, by ordering key, in the order in which they came. */
function partitions(messages: EventCall['messages']): number[][] {
  const lanes = new Map<string, number[]>()
  for (const [index, { delivery }] of messages.entries()) {
    const key = delivery?.orderingKey ?? ''
    const lane = lanes.get(key)
    if (lane) lane.push(index)
    else lanes.set(key, [index])
  }
  return [...lanes.values()]
}

async function eachAtMost<Item>(
  limit: number,
  items: readonly Item[],
  act: (item: Item) => Promise<void>,
): Promise<void> {
  const queue = items.values()
  const worker = async (): Promise<void> => {
    for (const item of queue) await act(item)
  }
  await Promise.all(Array.from({ length: Math.min(Math.max(1, limit), items.length) }, worker))
}

async function runMessage(batch: Batch, index: number): Promise<Outcome> {
  const { fn, call, marginMs } = batch
  const message = call.messages[index]
  if (!message) throw new RangeError(`There is no message ${index}.`)
  const invocation = createInvocation(call, {
    target: fn.target,
    functionName: fn.name,
    traceparent: ('attributes' in message ? message.attributes?.['traceparent'] : undefined) ?? call.traceparent,
    timeoutMs: fn.definition.trigger.timeoutMs,
    marginMs,
  })
  batch.invocations.push(invocation)
  if (call.deadline !== undefined && Date.now() >= call.deadline - marginMs) {
    return failed(invocation, message, new DeadlineError('The message was not begun before the deadline.'))
  }
  if ('malformed' in message) return failed(invocation, message, message.malformed)
  const running: Running = { batch, invocation, message, index }
  try {
    await handle(running)
    return { kind: 'ack' }
  } catch (error) {
    return outcomeOf(running, error)
  }
}

async function handle({ batch: { fn, call }, invocation, message, index }: Running): Promise<void> {
  const event = await toEvent(fn.definition, fn.source, message)
  const delivery = { ...message.delivery, batch: { index, size: call.messages.length } }
  const work = Promise.resolve(fn.definition.handler(event, invocation.context({ delivery })))
  await beforeDeadline(work, invocation)
}

async function outcomeOf(running: Running, error: unknown): Promise<Outcome> {
  const { trigger } = running.batch.fn.definition
  const invalid = 'invalid' in trigger ? (trigger.invalid ?? 'reject') : 'reject'
  if (isReject(error) || (error instanceof EventDataError && invalid === 'reject')) return rejected(running, error)
  if (isRetry(error)) return delayed(running, error)
  return failed(running.invocation, running.message, error)
}

async function rejected({ batch, invocation, message, index }: Running, error: Error): Promise<Outcome> {
  invocation.note('error', `The event ${message.id} is rejected: ${error.message}`, { event: message.id, error })
  try {
    await batch.call.reject?.(message, index, error.message)
    return { kind: 'reject', reason: error.message }
  } catch (cause) {
    return failed(invocation, message, new Error('The rejected event could not be set aside.', { cause }))
  }
}

async function delayed({ batch, invocation, message, index }: Running, error: RetryError): Promise<Outcome> {
  const { delaySeconds } = error
  invocation.note('warn', `The event ${message.id} is to come again after ${delaySeconds} s: ${error.message}`, {
    event: message.id,
  })
  try {
    await batch.call.delay?.(message, index, delaySeconds)
    return { kind: 'retry', error, delaySeconds }
  } catch (cause) {
    return failed(invocation, message, new Error('The delay of the event could not be set.', { cause }))
  }
}

function failed(invocation: Invocation, { id }: IncomingMessage | MalformedMessage, error: unknown): Outcome {
  const kind = error instanceof DeadlineError ? 'deadline' : 'handler'
  invocation.fault(kind, `The event ${id ?? 'without id'} failed.`, error)
  return { kind: 'retry', error: error instanceof Error ? error : new Error(String(error)) }
}
