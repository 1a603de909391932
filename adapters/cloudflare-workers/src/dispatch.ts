import { MalformedEventError } from '@isobar/core/adapter'
import type { Consumer } from './consume.ts'

/**
 * The `queue` handler of a Worker: each batch to the consumer of its queue.
 *
 * @returns a handler that rejects with a MalformedEventError for a batch of another queue, so that it comes again.
 */
export function queues(consumers: Readonly<Record<string, Consumer>>): Consumer {
  return async (batch, env, ctx) => {
    const { queue, messages } = batch
    const consumer = Object.hasOwn(consumers, queue) ? consumers[queue] : undefined
    if (!consumer || !Array.isArray(messages)) {
      const expected = Object.keys(consumers).join(', ')
      throw new MalformedEventError(
        `A batch of messages of the queue ${JSON.stringify(queue)} came; one of these is expected: ${expected}.`,
      )
    }
    await consumer(batch, env, ctx)
  }
}
