import { expect, test } from 'vitest'

import { createClock, type Clock } from '../../../events/clock.ts'
import type { BatchFailures } from '../batch-item-failures.ts'
import { readShard, type ReaderSettings } from './reader.ts'
import type { Shard, StreamRecord } from './stream.ts'

/** Goes through a shard of records `a`, `b`, …; `bad` ones fail. */
interface Trial {
  clock: Clock
  /** Names of the records of each call. */
  calls: string[]
  passed: string[]
  discarded: [names: string, condition: string, count: number][]
  add(name: string): void
}

const defaults: ReaderSettings = {
  batchSize: 100,
  maximumRetryAttempts: Infinity,
  maximumAgeMs: 86_400_000,
  bisects: false,
}

function trial(names: string, bad: string, reports: boolean, settings: Partial<ReaderSettings> = {}): Trial {
  const clock = createClock(0)
  const shard: Shard = { id: 's', records: [] }
  const of = (records: readonly StreamRecord[]): string => records.map(({ id }) => id).join('')
  const one: Trial = { clock, calls: [], passed: [], discarded: [], add: () => {} }
  const invoke = async (batch: readonly StreamRecord[]): Promise<BatchFailures> => {
    one.calls.push(of(batch))
    const failed = batch.filter(({ id }) => bad.includes(id)).map(({ sequenceNumber }) => sequenceNumber)
    if (failed.length > 0 && !reports) return { all: true, error: 'boom' }
    return { all: false, failed: new Set(failed) }
  }
  const wake = readShard(
    shard,
    { ...defaults, ...settings },
    {
      invoke,
      passed: (records) => void one.passed.push(of(records)),
      discarded: (records, condition, count) => void one.discarded.push([of(records), condition, count]),
    },
    clock,
  )
  one.add = (id) => {
    const sequenceNumber = String(shard.records.length)
    shard.records.push({
      id,
      sequenceNumber,
      arrivedAt: clock.now(),
      native: {},
      data: { body: Buffer.of(), attributes: {} },
    })
    wake()
  }
  for (const name of names) one.add(name)
  return one
}

const hour = 3_600_000

test('batches come in order, one at a time', async () => {
  const { clock, calls, passed } = trial('abcde', '', false, { batchSize: 2 })
  await clock.settle()
  expect(calls).toEqual(['ab', 'cd', 'e'])
  expect(passed).toEqual(['ab', 'cd', 'e'])
})

test('a record that fails blocks the shard until its data expires', async () => {
  const { clock, calls, passed, discarded } = trial('abc', 'a', false, { batchSize: 1 })
  await clock.advance(24 * hour - 1)
  expect(new Set(calls)).toEqual(new Set(['a']))
  expect(passed).toEqual([])
  await clock.advance(1)
  // The others are as old.
  expect(discarded.map(([names, condition]) => [names, condition])).toEqual([
    ['a', 'RecordAgeExceeded'],
    ['b', 'RecordAgeExceeded'],
    ['c', 'RecordAgeExceeded'],
  ])
})

test('the lowest number that is reported is where the next call begins', async () => {
  const { clock, calls, passed } = trial('abcde', 'ce', true, { maximumRetryAttempts: 1 })
  await clock.settle()
  expect(passed).toEqual(['ab'])
  await clock.advance(hour)
  expect(calls.slice(0, 2)).toEqual(['abcde', 'cde'])
})

test('after its retries a batch is given up as a whole, and the shard goes on', async () => {
  const { clock, calls, passed, discarded, add } = trial('abc', 'b', false, { maximumRetryAttempts: 2 })
  await clock.advance(hour)
  expect(calls).toEqual(['abc', 'abc', 'abc'])
  expect(discarded).toEqual([['abc', 'RetryAttemptsExhausted', 3]])
  add('d')
  await clock.settle()
  expect(passed).toEqual(['d'])
})

test('a batch that is split loses only what fails, and splitting uses up no retry', async () => {
  const { clock, calls, passed, discarded } = trial('abcd', 'b', false, { maximumRetryAttempts: 1, bisects: true })
  await clock.advance(hour)
  expect(calls).toEqual(['abcd', 'ab', 'a', 'b', 'b', 'cd'])
  expect(passed).toEqual(['a', 'cd'])
  expect(discarded).toEqual([['b', 'RetryAttemptsExhausted', 2]])
})

test('with reports and splitting each record that fails has all its retries', async () => {
  const { clock, calls, passed, discarded } = trial('abcd', 'c', true, { maximumRetryAttempts: 1, bisects: true })
  await clock.advance(hour)
  expect(calls).toEqual(['abcd', 'cd', 'c', 'c', 'd'])
  expect(passed).toEqual(['ab', 'd'])
  expect(discarded.map(([names]) => names)).toEqual(['c'])
})

test('records that are too old are given up untried', async () => {
  const { clock, calls, discarded, add } = trial('a', 'a', false, { maximumAgeMs: 60_000 })
  await clock.settle()
  add('b')
  await clock.advance(59_999)
  expect(discarded).toEqual([])
  await clock.advance(1)
  expect(discarded.map(([names]) => names)).toEqual(['a', 'b'])
  expect(calls).not.toContain('b')
})
