import { createHash } from 'node:crypto'

import type { Clock } from '../../../events/clock.ts'
import type { DeadLetter } from '../../../events/types.ts'

/** A record in a stream. */
export interface StreamRecord {
  /** Of the event, as the function gets it. */
  id: string
  sequenceNumber: string
  arrivedAt: number
  /** As the function gets it. */
  native: object
  /** What the sender gave. */
  data: DeadLetter
}

export interface Shard {
  id: string
  /** In their order; those whose retention has passed as well. */
  records: StreamRecord[]
}

/** Records in the order in which they came, by shards. */
export interface Stream {
  readonly arn: string
  readonly shards: readonly Shard[]
  readonly retentionMs: number
  /** Adds to the shard that a key belongs to. */
  put(key: string, record: NewRecord): StreamRecord
  /** @param listener is told that a shard has a new record. */
  listen(listener: (shard: Shard, record: StreamRecord) => void): void
}

/** What is to be known of a record before it has its place. */
export interface NewRecord {
  data: DeadLetter
  native(place: { shardId: string; sequenceNumber: string; arrivedAt: number }): { id: string; record: object }
}

export interface StreamOptions {
  arn: string
  retentionMs: number
  shardIds: readonly string[]
  /** The least sequence number; the next are greater by `step`. */
  firstSequence: bigint
  step: bigint
}

export function createStream(clock: Clock, options: StreamOptions): Stream {
  const { arn, retentionMs, shardIds, step } = options
  const shards = shardIds.map((id): Shard => ({ id, records: [] }))
  const listeners: ((shard: Shard, record: StreamRecord) => void)[] = []
  let sequence = options.firstSequence
  return {
    arn,
    shards,
    retentionMs,
    put(key, { data, native }) {
      const shard = shards[shardIndex(key, shards.length)]
      if (shard === undefined) throw new Error(`The stream ${arn} has no shard.`)
      const place = { shardId: shard.id, sequenceNumber: String(sequence), arrivedAt: clock.now() }
      sequence += step
      const { id, record: made } = native(place)
      const { sequenceNumber, arrivedAt } = place
      const record: StreamRecord = { id, sequenceNumber, arrivedAt, native: made, data }
      shard.records.push(record)
      for (const listener of listeners) listener(shard, record)
      return record
    },
    listen: (listener) => void listeners.push(listener),
  }
}

/** The MD5 of the key is a number of 128 bits; each shard has an equal range of them: https://docs.aws.amazon.com/streams/latest/dev/key-concepts.html#partition-key */
function shardIndex(key: string, count: number): number {
  const hash = BigInt(`0x${createHash('md5').update(key).digest('hex')}`)
  return Number((hash * BigInt(count)) >> 128n)
}
