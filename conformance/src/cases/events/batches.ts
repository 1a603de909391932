import { strict as assert } from 'node:assert'

import type { EventCase, EventCheck, EventHarness } from '../../types.ts'
import { deadWithTag, newTag, offered } from './kinds.ts'
import { assertEnd, later, numbered, numberOf, seenOf } from './steps.ts'

const source = 'queue:jobs'

/** Those of ten that fail the first time, and nothing else, come a second time. */
function failing(...numbers: number[]): EventCheck {
  return async (harness) => {
    const tag = newTag()
    const failed = new Set<number>()
    harness.answer((seen) => {
      const number = numberOf(seen)
      if (!numbers.includes(number) || failed.has(number)) return { do: 'resolve' }
      failed.add(number)
      return { do: 'throw' }
    })
    const ids = await harness.deliver(source, numbered(tag, 10))
    await harness.advance(later)
    assert.deepEqual(
      callsByNumber(harness, tag),
      expectedCalls(10, (number) => (numbers.includes(number) ? 2 : 1)),
    )
    for (const record of harness.deliveries(ids)) assertEnd(record, 'acknowledged')
  }
}

/** How often the handler was called for each number. */
function callsByNumber(harness: EventHarness, tag: string): Record<number, number> {
  const calls: Record<number, number> = {}
  for (const seen of seenOf(harness, tag)) calls[numberOf(seen)] = (calls[numberOf(seen)] ?? 0) + 1
  return calls
}

function expectedCalls(count: number, calls: (number: number) => number): Record<number, number> {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [index + 1, calls(index + 1)]))
}

const needs: EventCase['needs'] = { ...offered('queue') }

/** E10: the outcome of a message is its own. */
export const batchCases: readonly EventCase[] = [
  { id: 'event/first-of-a-batch-that-fails-comes-again-alone', clauses: ['E10'], needs, run: failing(1) },
  { id: 'event/middle-of-a-batch-that-fails-comes-again-alone', clauses: ['E10'], needs, run: failing(5) },
  { id: 'event/last-of-a-batch-that-fails-comes-again-alone', clauses: ['E10'], needs, run: failing(10) },
  {
    id: 'event/every-other-of-a-batch-that-fails-comes-again-alone',
    clauses: ['E10'],
    needs,
    run: failing(1, 3, 5, 7, 9),
  },
  {
    id: 'event/batch-that-fails-whole-comes-again-whole',
    clauses: ['E10'],
    bugs: [155],
    needs,
    run: failing(1, 2, 3, 4, 5, 6, 7, 8, 9, 10),
  },
  {
    id: 'event/batch-of-mixed-outcomes-gives-each-its-own',
    clauses: ['E10', 'E9'],
    needs,
    async run(harness) {
      const tag = newTag()
      const again = new Set<number>()
      harness.answer((seen) => {
        const number = numberOf(seen)
        if (number % 3 === 0) return { do: 'reject', reason: 'a multiple of three' }
        if (number % 3 === 1 || again.has(number)) return { do: 'resolve' }
        again.add(number)
        return { do: 'throw' }
      })
      await harness.deliver(source, numbered(tag, 9))
      await harness.advance(later)
      assert.deepEqual(
        callsByNumber(harness, tag),
        expectedCalls(9, (number) => (number % 3 === 2 ? 2 : 1)),
      )
      assert.equal(await deadWithTag(harness, source, tag), 3)
    },
  },
  {
    id: 'event/batch-that-is-rejected-whole-is-set-aside-whole',
    clauses: ['E10', 'E9'],
    needs,
    async run(harness) {
      const tag = newTag()
      harness.answer(() => ({ do: 'reject', reason: 'all of them' }))
      await harness.deliver(source, numbered(tag, 10))
      await harness.advance(later)
      assert.deepEqual(
        callsByNumber(harness, tag),
        expectedCalls(10, () => 1),
      )
      assert.equal(await deadWithTag(harness, source, tag), 10)
    },
  },
  {
    id: 'event/batch-that-always-fails-is-set-aside-whole',
    clauses: ['E10', 'E13'],
    needs,
    async run(harness) {
      const tag = newTag()
      harness.answer(() => ({ do: 'throw' }))
      const ids = await harness.deliver(source, numbered(tag, 10))
      await harness.advance(later)
      for (const record of harness.deliveries(ids)) assertEnd(record, 'dead-lettered', 5)
      assert.equal(await deadWithTag(harness, source, tag), 10)
    },
  },
  {
    id: 'event/hundred-messages-are-each-done-once',
    clauses: ['E10', 'E6'],
    needs,
    async run(harness) {
      const tag = newTag()
      const ids = await harness.deliver(source, numbered(tag, 100))
      assert.deepEqual(
        callsByNumber(harness, tag),
        expectedCalls(100, () => 1),
      )
      for (const record of harness.deliveries(ids)) assertEnd(record, 'acknowledged', 1)
    },
  },
  {
    id: 'event/equal-messages-are-two-events',
    clauses: ['E10', 'E1'],
    needs,
    async run(harness) {
      const tag = newTag()
      const body = JSON.stringify({ tag })
      await harness.deliver(source, [{ body }, { body }, { body }])
      const seen = seenOf(harness, tag)
      assert.equal(seen.length, 3)
      assert.equal(new Set(seen.map(({ id }) => id)).size, 3, 'equal messages have one id')
    },
  },
  {
    id: 'event/no-message-is-no-call',
    clauses: ['E10'],
    needs,
    async run(harness) {
      assert.deepEqual(await harness.deliver(source, []), [])
      await harness.advance(later)
      assert.equal(harness.seen().filter(({ source: from }) => from === source).length, 0)
    },
  },
  {
    id: 'event/batch-tells-each-message-its-place',
    clauses: ['E15', 'E10'],
    needs,
    async run(harness) {
      const tag = newTag()
      await harness.deliver(source, numbered(tag, 10))
      const byCall = Map.groupBy(seenOf(harness, tag), ({ invocation }) => invocation)
      for (const [invocation, seen] of byCall) {
        const places = seen.map(({ delivery }) => delivery.batch)
        const sizes = new Set(places.map(({ size }) => size))
        assert.equal(sizes.size, 1, `the call ${invocation} has several sizes`)
        const indexes = places.map(({ index }) => index).toSorted((a, b) => a - b)
        assert.deepEqual(indexes, [...indexes.keys()], 'the places in a batch are not 0, 1, 2, …')
        assert.equal(places[0]?.size, seen.length)
      }
    },
  },
]
