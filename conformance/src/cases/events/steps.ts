import { strict as assert } from 'node:assert'

import type { DeliveryRecord, EventCheck, EventHarness, EventInput, Instruction, SeenEvent } from '../../types.ts'
import { hasTag } from './kinds.ts'

export const second = 1000
export const minute: number = 60 * second
export const hour: number = 60 * minute
export const day: number = 24 * hour

/** Longer than every retry that follows a failure, while nothing else fails. */
export const later: number = 2 * day

/** Handlers do the first of these at the first call for an event, the next at the second, the last ever after. */
export function inTurn(harness: EventHarness, ...steps: [Instruction, ...Instruction[]]): void {
  const calls = new Map<string, number>()
  harness.answer(({ id, function: name }) => {
    const key = `${name} ${id}`
    const call = calls.get(key) ?? 0
    calls.set(key, call + 1)
    return steps[Math.min(call, steps.length - 1)] ?? steps[0]
  })
}

/** Sends one event and gives its delivery to the only function that listens. */
export async function deliverOne(harness: EventHarness, source: string, input: EventInput): Promise<DeliveryRecord> {
  const ids = await harness.deliver(source, [input])
  const [record, ...others] = harness.deliveries(ids)
  assert.ok(record, `nothing was delivered from ${source}`)
  assert.equal(others.length, 0, `${others.length + 1} functions got the event`)
  return record
}

/** Sends one event to a function that resolves, and gives what the handler saw. */
export async function see(harness: EventHarness, source: string, input: EventInput): Promise<SeenEvent> {
  const before = harness.seen().length
  const record = await deliverOne(harness, source, input)
  const seen = harness
    .seen()
    .slice(before)
    .filter((one) => one.function === record.function)
  assert.equal(seen.length, 1, `the handler was called ${seen.length} times; ${statusOf(record)}`)
  const [only] = seen
  assert.ok(only)
  return only
}

/** The delivery as it is now. */
export function current(harness: EventHarness, { id }: DeliveryRecord): DeliveryRecord {
  const [record] = harness.deliveries([id])
  assert.ok(record, `the delivery ${id} is gone`)
  return record
}

export function statusOf({ end, attempts }: DeliveryRecord): string {
  const tries = attempts.map(({ outcome = 'not answered', error }) =>
    error === undefined ? outcome : `${outcome}: ${error}`,
  )
  return `${end ?? 'on its way'} after ${attempts.length} attempt(s): ${tries.join('; ')}`
}

export function assertEnd(record: DeliveryRecord, end: NonNullable<DeliveryRecord['end']>, attempts?: number): void {
  assert.equal(record.end, end, statusOf(record))
  if (attempts !== undefined) assert.equal(record.attempts.length, attempts, statusOf(record))
}

/** How long a process may take to start on a busy machine, milliseconds. */
const startMs = 10_000

/** Waits until a handler was called with the event; rejects at once when it cannot be delivered. */
export async function untilCalled(harness: EventHarness, delivered: Promise<unknown>, tag: string): Promise<void> {
  const refused = delivered.then(() => new Promise<never>(() => {}))
  const called = harness.eventually(() => {
    assert.ok(seenOf(harness, tag).length > 0, 'the handler was not called')
  }, startMs)
  await Promise.race([called, refused])
}

/** What handlers saw of the event with a tag, in order. */
export function seenOf(harness: EventHarness, tag: string): readonly SeenEvent[] {
  return harness.seen().filter((seen) => hasTag(seen, tag))
}

/** Bodies `{ tag, n }` with n from 1 to `count`. */
export function numbered(tag: string, count: number, more: object = {}): EventInput[] {
  return Array.from({ length: count }, (_, index) => ({ body: JSON.stringify({ tag, n: index + 1 }), ...more }))
}

/** The `n` of an event that `numbered` made. */
export function numberOf({ data }: Pick<SeenEvent, 'data'>): number {
  return typeof data === 'object' && data !== null && 'n' in data && typeof data.n === 'number' ? data.n : Number.NaN
}

/** A member of an event's data, whatever that is. */
export function member(data: unknown, name: string): unknown {
  return typeof data === 'object' && data !== null ? Reflect.get(data, name) : undefined
}

/** A source that refuses a message tells its sender, and nobody gets a part of it. */
export function senderIsRefused(body: Uint8Array | string, source = 'queue:blobs'): EventCheck {
  return async (harness) => {
    await assert.rejects(harness.deliver(source, [{ body }]), Error, 'the source takes the message')
    assert.equal(harness.seen().length, 0)
  }
}
