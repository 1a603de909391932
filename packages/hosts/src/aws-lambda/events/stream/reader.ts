import type { Clock } from '../../../events/clock.ts'
import type { BatchFailures } from '../batch-item-failures.ts'
import type { Shard, StreamRecord } from './stream.ts'

/** How a mapping goes through a shard. */
export interface ReaderSettings {
  batchSize: number
  /** Infinity: until the records expire. */
  maximumRetryAttempts: number
  /** Milliseconds after which a record is given up, at the latest when it expires. */
  maximumAgeMs: number
  bisects: boolean
}

export interface ReaderCalls {
  /** Calls the function. */
  invoke(batch: readonly StreamRecord[]): Promise<BatchFailures>
  /** They are done. */
  passed(records: readonly StreamRecord[]): void
  /** They are given up. @param count how often they were tried together. */
  discarded(records: readonly StreamRecord[], condition: string, count: number): void
}

/** Records of a shard that are handed over together: positions, the second exclusive. */
interface Batch {
  from: number
  to: number
  retries: number
}

/** Bytes of a batch, below the 6 MB of an invocation. */
const maxBatchBytes = 5.5 * 1024 * 1024
const firstBackoffMs = 1000
const maxBackoffMs = 300_000

/**
 * Goes through a shard, one batch at a time and in order: a batch that fails blocks what is behind it until it has passed or
 * is given up. The vendor does not say how long it waits between attempts; here it is one second, twice as long each time,
 * and five minutes at most.
 * https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html
 *
 * @returns what is to be called when the shard has more records.
 */
export function readShard(shard: Shard, settings: ReaderSettings, calls: ReaderCalls, clock: Clock): () => void {
  /** What failed and is to be tried again, in order. */
  const again: Batch[] = []
  /** Behind the last record that was read. */
  let position = 0
  let busy = false

  const read = (): Batch | undefined => {
    const from = position
    let bytes = 0
    while (position < shard.records.length && position - from < settings.batchSize) {
      bytes += JSON.stringify(shard.records[position]?.native).length
      if (bytes > maxBatchBytes && position > from) break
      position += 1
    }
    return position > from ? { from, to: position, retries: 0 } : undefined
  }
  const recordsOf = ({ from, to }: Batch): StreamRecord[] => shard.records.slice(from, to)
  const expiryOf = (index: number): number => (shard.records[index]?.arrivedAt ?? Infinity) + settings.maximumAgeMs
  /** Gives up the records at the beginning of a batch that are too old. @returns what is left. */
  const withoutOld = (batch: Batch): Batch | undefined => {
    let from = batch.from
    while (from < batch.to && expiryOf(from) <= clock.now()) from += 1
    if (from > batch.from) calls.discarded(recordsOf({ ...batch, to: from }), 'RecordAgeExceeded', batch.retries + 1)
    return from < batch.to ? { ...batch, from } : undefined
  }
  /** What becomes of a batch of which the records from an index on have failed. */
  const afterFailure = (batch: Batch, index: number): Batch[] => {
    const { from, to, retries } = batch
    if (index > 0) {
      calls.passed(recordsOf({ ...batch, to: from + index }))
      return [{ from: from + index, to, retries: 0 }]
    }
    // Splitting does not use up a retry.
    const middle = from + Math.ceil((to - from) / 2)
    if (settings.bisects && to - from > 1)
      return [
        { from, to: middle, retries },
        { from: middle, to, retries },
      ]
    if (retries < settings.maximumRetryAttempts) return [{ from, to, retries: retries + 1 }]
    calls.discarded(recordsOf(batch), 'RetryAttemptsExhausted', retries + 1)
    return []
  }
  const step = async (): Promise<void> => {
    const taken = again.shift() ?? read()
    const batch = taken === undefined ? undefined : withoutOld(taken)
    if (taken === undefined) {
      busy = false
      return
    }
    if (batch === undefined) return void clock.at(clock.now(), step)
    const records = recordsOf(batch)
    const failures = await calls.invoke(records)
    const index = failures.all ? 0 : records.findIndex(({ sequenceNumber }) => failures.failed.has(sequenceNumber))
    if (index < 0) {
      calls.passed(records)
      return void clock.at(clock.now(), step)
    }
    again.unshift(...afterFailure(batch, index))
    const [next] = again
    const waitMs = next === undefined ? 0 : Math.min(firstBackoffMs * 2 ** Math.max(0, next.retries - 1), maxBackoffMs)
    const expiry = next === undefined ? Infinity : expiryOf(next.from)
    clock.at(Math.min(clock.now() + waitMs, Math.max(clock.now(), expiry)), step)
  }
  return () => {
    if (busy) return
    busy = true
    clock.at(clock.now(), step)
  }
}
