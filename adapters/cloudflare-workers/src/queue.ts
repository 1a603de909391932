import { createEventFunction, type EventApplication } from '@isobar/core/adapter'
import { payloadOf } from './body.ts'
import { consumer, type Consumer } from './consume.ts'

export interface QueueFunction extends EventApplication {
  /** The binding of the producer of its dead-letter queue. */
  deadLetters: string
}

/** The consumer of a queue: https://developers.cloudflare.com/queues/configuration/javascript-apis/#consumer */
export function queue(options: QueueFunction): Consumer {
  const fn = createEventFunction(options, 'queue')
  return consumer(fn, {
    deadLetters: options.deadLetters,
    decode: (message) => ({
      id: message.id,
      time: message.timestamp,
      payload: payloadOf(message),
      // A message is its body and nothing else, so that a CloudEvent can only be in it (E3).
      cloudEvent: 'body',
      delivery: { attempt: message.attempts, enqueuedAt: message.timestamp },
    }),
  })
}
