import { MalformedEventError } from '@isobar/core/adapter'
import type { Consumer } from './consume.ts'
import type { Tick } from './schedule.ts'

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

/**
 * The `scheduled` handler of a Worker: each cron trigger to all functions of its expression, side by side.
 *
 * @returns a handler that rejects when one of them failed, and with a MalformedEventError for another expression.
 */
export function crons(ticks: Readonly<Record<string, readonly Tick[]>>): Tick {
  return async (controller, env, ctx) => {
    const { cron } = controller
    const due = Object.hasOwn(ticks, cron) ? (ticks[cron] ?? []) : []
    if (due.length === 0) {
      const expected = Object.keys(ticks).join(', ')
      throw new MalformedEventError(
        `The cron trigger ${JSON.stringify(cron)} fired; one of these is expected: ${expected}.`,
      )
    }
    const results = await Promise.allSettled(due.map((tick) => tick(controller, env, ctx)))
    const errors = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []))
    if (errors.length > 1) throw new AggregateError(errors, `${errors.length} functions failed at ${cron}.`)
    if (errors.length > 0) throw errors[0]
  }
}
