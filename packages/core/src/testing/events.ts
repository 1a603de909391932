import { createEventFunction, runEvents } from '../adapter/events/run-events.ts'
import type { EventCall, EventResult, IncomingMessage, Outcome } from '../adapter/events/types.ts'
import type { EventDefinition } from '../definitions/events.ts'

/** A message of a queue with this text as its data. */
export function message(text: string, more: Partial<IncomingMessage> = {}): IncomingMessage {
  return { id: `id of ${text}`, time: '2026-01-02T03:04:05Z', payload: { text }, delivery: {}, ...more }
}

/** Runs a batch, and gives what became of it and what was logged. */
export async function runBatch(
  definition: EventDefinition,
  messages: EventCall['messages'],
  more: Partial<EventCall> = {},
): Promise<EventResult & { lines: Record<string, unknown>[]; kinds: Outcome['kind'][] }> {
  const lines: Record<string, unknown>[] = []
  const fn = createEventFunction({ target: 'somewhere', name: 'f', definition }, definition.kind)
  const result = await runEvents(fn, {
    id: 'call-1',
    native: {},
    env: {},
    sink: { write: (line) => lines.push(JSON.parse(line)) },
    messages,
    ...more,
  })
  return { ...result, lines, kinds: result.outcomes.map(({ kind }) => kind) }
}
