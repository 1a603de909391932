import type { Event, EventContext, EventDefinition } from '@isobar/core'
import { isDefinition } from '@isobar/core/adapter'

type Handler = (event: Event, context: EventContext) => void | Promise<void>

export type EventFlaw =
  | 'acks-all'
  | 'acks-early'
  | 'retries-all'
  | 'loses-the-id'
  | 'rejects-as-retry'
  | 'forgets-the-delay'
  | 'decodes-twice'
  | 'forgets-wait-until'
  | 'throws-for-one'

/** Mistakes that adapters make, each in a line: between an adapter and a handler. */
const flaws: Readonly<Record<Exclude<EventFlaw, 'throws-for-one'>, (handler: Handler) => Handler>> = {
  /** Takes every message for done. */
  'acks-all': (handler) => async (event, context) => {
    try {
      await handler(event, context)
    } catch {
      // Nobody is told.
    }
  },
  /** Does not wait for the handler. */
  'acks-early': (handler) => (event, context) => {
    void Promise.resolve(handler(event, context)).catch(() => {})
  },
  /** Has what was done come again. */
  'retries-all': (handler) => async (event, context) => {
    await handler(event, context)
    throw new Error('again')
  },
  /** Gives an event a new id at every delivery. */
  'loses-the-id': (handler) => (event, context) => handler({ ...event, id: crypto.randomUUID() }, context),
  /** Knows no other failure than the one that is tried again. */
  'rejects-as-retry': onError((error) => (has(error, 'isobar.reject') ? new Error('plain') : error)),
  /** Leaves out the time that a handler asks for. */
  'forgets-the-delay': onError((error) => (has(error, 'isobar.retry') ? new Error('plain') : error)),
  /** Parses text that looks like JSON, as a binding of a platform may do. */
  'decodes-twice': (handler) => (event, context) => handler({ ...event, data: parsed(event.data) }, context),
  /** Lets the platform freeze the process while work goes on. */
  'forgets-wait-until': (handler) => (event, context) =>
    handler(event, Object.create(context, { waitUntil: { value: () => {} } })),
}

/** What a broken target's shim hands to the official adapter: the definition, with one mistake in between. */
export function spoiltDefinition(value: unknown, flaw: EventFlaw): unknown {
  if (flaw === 'throws-for-one' || !isDefinition(value) || value.kind === 'http') return value
  const definition: EventDefinition = value
  return { ...definition, handler: flaws[flaw]((event, context) => definition.handler(event, context)) }
}

function onError(spoil: (error: unknown) => unknown): (handler: Handler) => Handler {
  return (handler) => async (event, context) => {
    try {
      await handler(event, context)
    } catch (error) {
      throw spoil(error)
    }
  }
}

function has(error: unknown, mark: string): boolean {
  return typeof error === 'object' && error !== null && mark in error
}

function parsed(data: unknown): unknown {
  if (typeof data !== 'string') return data
  try {
    return JSON.parse(data)
  } catch {
    return data
  }
}

/** What the handler of a queue answers for a batch, on the platforms that take partial answers. */
interface PartialAnswer {
  batchItemFailures: readonly unknown[]
}

/** A function that throws for the whole batch when one message is to come again. */
export function throwsForOne<Args extends unknown[]>(
  handler: (...args: Args) => Promise<PartialAnswer>,
): (...args: Args) => Promise<PartialAnswer> {
  return async (...args) => {
    const answer = await handler(...args)
    if (answer.batchItemFailures.length > 0) throw new Error('one of the batch failed')
    return answer
  }
}

interface Message {
  ack(): void
  retry(options?: object): void
}

interface Consumer<Batch extends { messages: readonly Message[] }, Rest extends unknown[]> {
  queue(batch: Batch, ...rest: Rest): Promise<void>
}

/** A worker that throws where a message is to come again, and leaves the rest of the batch to the platform. */
export function workerThrowsForOne<Batch extends { messages: readonly Message[] }, Rest extends unknown[]>(
  worker: Consumer<Batch, Rest>,
): Consumer<Batch, Rest> {
  return {
    ...worker,
    async queue(batch, ...rest) {
      let failed = false
      const messages = batch.messages.map((message) =>
        Object.create(message, {
          id: { get: () => Reflect.get(message, 'id') },
          body: { get: () => Reflect.get(message, 'body') },
          timestamp: { get: () => Reflect.get(message, 'timestamp') },
          attempts: { get: () => Reflect.get(message, 'attempts') },
          ack: { value: () => {} },
          retry: { value: () => (failed = true) },
        }),
      )
      await worker.queue(
        Object.create(batch, { messages: { value: messages }, queue: { get: () => Reflect.get(batch, 'queue') } }),
        ...rest,
      )
      if (failed) throw new Error('one of the batch failed')
    },
  }
}
