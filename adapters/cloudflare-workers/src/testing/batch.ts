import { vi } from 'vitest'
import type { Consumer } from '../consume.ts'
import type { QueueBatch, QueueMessage, WorkersExecutionContext } from '../native.ts'

/** What the runtime was told of one message: `['ack']`, `['retry', { delaySeconds: 5 }]`. */
export type Call = ['ack'] | ['retry', ...unknown[]]

export interface RecordedBatch extends QueueBatch {
  /** All calls for each message, in its order. */
  calls: Call[][]
}

/** A batch as the runtime hands it over, of messages with these bodies. */
export function batchOf(queue: string, bodies: readonly unknown[], more: Partial<QueueMessage> = {}): RecordedBatch {
  const calls: Call[][] = bodies.map(() => [])
  const messages = bodies.map((body, index): QueueMessage => ({
    id: `message-${index}`,
    timestamp: new Date('2026-03-04T05:06:07.089Z'),
    body,
    attempts: 1,
    ack: () => void calls[index]?.push(['ack']),
    retry: (...options) => void calls[index]?.push(['retry', ...options]),
    ...more,
  }))
  return { queue, messages, calls }
}

/** A queue that a Worker sends to; like the runtime's, it leaves nothing in the bytes that it was given. */
export function producerOf(fail?: Error): { sent: unknown[][]; send(...message: unknown[]): Promise<void> } {
  const sent: unknown[][] = []
  return {
    sent,
    async send(body, ...options) {
      if (fail) throw fail
      sent.push([body instanceof Uint8Array ? structuredClone(body, { transfer: [body.buffer] }) : body, ...options])
    },
  }
}

export interface Ran {
  /** What the runtime was told of each message. */
  calls: Call[][]
  /** What was given to the runtime's waitUntil. */
  waits: Promise<unknown>[]
  lines: Record<string, unknown>[]
}

/** Runs a batch; gives what the runtime was told and what was logged. */
export async function consume(consumer: Consumer, batch: RecordedBatch, env: object = {}): Promise<Ran> {
  const waits: Promise<unknown>[] = []
  const lines = recordLines()
  const ctx: WorkersExecutionContext = {
    waitUntil: (work) => void waits.push(work),
    passThroughOnException: () => undefined,
  }
  await consumer(batch, env, ctx)
  return { calls: batch.calls, waits, lines }
}

/** Lines of the log from now on; nothing is printed. */
export function recordLines(): Record<string, unknown>[] {
  const lines: Record<string, unknown>[] = []
  for (const level of ['debug', 'info', 'warn', 'error'] as const) {
    vi.spyOn(console, level).mockImplementation((line) => void lines.push(JSON.parse(String(line))))
  }
  return lines
}
