import {
  MalformedEventError,
  runEvents,
  type EventFunction,
  type IncomingMessage,
  type MalformedMessage,
  type Outcome,
} from '@isobar/core/adapter'
import { resend } from './body.ts'
import { strings } from './env.ts'
import { sink } from './log.ts'
import type { QueueBatch, QueueMessage, WorkersExecutionContext, WorkersQueueNative } from './native.ts'
import { producer } from './producer.ts'

/** What a Worker does with a batch of one of its queues. Settles each message; rejects for a batch that is none. */
export type Consumer = (batch: QueueBatch, env: object, ctx: WorkersExecutionContext) => Promise<void>

export interface ConsumerOptions {
  /** The binding of the producer of its dead-letter queue. */
  deadLetters: string
  /** @throws MalformedEventError */
  decode(message: QueueMessage): IncomingMessage
}

/** https://developers.cloudflare.com/queues/platform/limits/: a consumer may take 15 minutes, and nothing tells the rest. */
const wallTimeMs = 15 * 60_000

/** https://developers.cloudflare.com/queues/configuration/batching-retries/#delay-messages: 12 hours. */
const maxDelaySeconds = 43_200

/** Runs a function for each message of a batch, and acknowledges or retries each one by itself. */
export function consumer(fn: EventFunction, { deadLetters, decode }: ConsumerOptions): Consumer {
  return async (batch, env, ctx) => {
    const native: WorkersQueueNative<object> = { batch, env, ctx }
    const { messages } = batch
    const { outcomes, settle } = await runEvents(fn, {
      native,
      env: strings(env),
      deadline: Date.now() + wallTimeMs,
      sink,
      waitUntil: (work) => ctx.waitUntil(work),
      messages: messages.map((message) => decodeEach(message, decode)),
      async reject(_, index) {
        const message = messages[index]
        // As the platform itself puts it there, so that all that lies there can be sent back in one way.
        if (message) await producer(env, deadLetters).send(...resend(message))
      },
    })
    for (const [index, message] of messages.entries()) tell(message, outcomes[index])
    void settle()
  }
}

function decodeEach(message: QueueMessage, decode: ConsumerOptions['decode']): IncomingMessage | MalformedMessage {
  const { id, attempts } = message
  try {
    return decode(message)
  } catch (error) {
    const malformed = error instanceof Error ? error : new MalformedEventError(String(error))
    return { id, malformed, delivery: { attempt: attempts } }
  }
}

/** The first call counts, and a message that got none is acknowledged with its batch: exactly one for each. */
function tell(message: QueueMessage, outcome: Outcome | undefined): void {
  if (outcome?.kind === 'ack' || outcome?.kind === 'reject') return message.ack()
  const delaySeconds = outcome?.delaySeconds
  if (delaySeconds === undefined) return message.retry()
  message.retry({ delaySeconds: Math.min(maxDelaySeconds, Math.ceil(delaySeconds)) })
}
