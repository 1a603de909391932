import { createEventFunction, writeLine, type EventApplication } from '@isobar/core/adapter'
import { consumer, type Consumer } from './consume.ts'
import { unwrap, wrap } from './envelope.ts'
import { sink } from './log.ts'
import { producer } from './producer.ts'

export interface TopicFunction extends EventApplication {
  /** The binding of the producer of the dead-letter queue of its own queue. */
  deadLetters: string
}

/** The consumer of one subscriber's queue, which gets what was sent to the topic from `fanOut`. */
export function topic(options: TopicFunction): Consumer {
  const fn = createEventFunction(options, 'topic')
  return consumer(fn, {
    deadLetters: options.deadLetters,
    decode(message) {
      const { id, time, payload } = unwrap(message)
      const delivery = { attempt: message.attempts, enqueuedAt: new Date(time) }
      return { id, time, payload, cloudEvent: 'body', delivery }
    },
  })
}

/**
 * The consumer of the queue of a topic: sends each message to the queue of every subscriber. Done when all have it; what
 * one of them could not be given comes again to all, with the same id.
 *
 * @param subscribers bindings of the producers of their queues.
 */
export function fanOut(subscribers: readonly string[]): Consumer {
  return async ({ queue, messages }, env) => {
    await Promise.all(
      messages.map(async (message) => {
        try {
          // Wrapped anew for each, since the runtime detaches the bytes that it sends.
          await Promise.all(subscribers.map(async (binding) => producer(env, binding).send(...wrap(message))))
          message.ack()
        } catch (error) {
          const text = `The message ${message.id} of the topic ${queue} was not passed on to all and is to come again.`
          writeLine(sink, 'error', text, {}, { event: message.id, error }, 'handler')
          message.retry()
        }
      }),
    )
  }
}
