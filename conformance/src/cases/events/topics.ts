import { strict as assert } from 'node:assert'

import type { EventCase } from '../../types.ts'
import { newTag, offered } from './kinds.ts'
import { assertEnd, later, numbered, seenOf } from './steps.ts'

const source = 'topic:news'

/** E5: each of several functions gets every message. */
export const topicCases: readonly EventCase[] = [
  {
    id: 'event/message-of-a-topic-reaches-every-function-once',
    clauses: ['E5'],
    needs: offered('topic'),
    async run(harness) {
      const tag = newTag()
      const ids = await harness.deliver(source, numbered(tag, 5))
      await harness.advance(later)
      const byFunction = Map.groupBy(seenOf(harness, tag), (seen) => seen.function)
      assert.deepEqual([...byFunction.keys()].toSorted(), ['first-reader', 'second-reader'])
      for (const seen of byFunction.values()) assert.equal(seen.length, 5)
      assert.equal(harness.deliveries(ids).length, 10)
      for (const record of harness.deliveries(ids)) assertEnd(record, 'acknowledged', 1)
    },
  },
  {
    id: 'event/message-of-a-topic-has-one-id-for-every-function',
    clauses: ['E5', 'E1'],
    needs: offered('topic'),
    async run(harness) {
      const tag = newTag()
      await harness.deliver(source, [{ body: JSON.stringify({ tag }) }])
      await harness.advance(later)
      const seen = seenOf(harness, tag)
      assert.equal(seen.length, 2)
      assert.equal(new Set(seen.map(({ id }) => id)).size, 1, 'the functions see different ids')
      assert.deepEqual(new Set(seen.map(({ source: from }) => from)), new Set([source]))
      assert.deepEqual(new Set(seen.map(({ type }) => type)), new Set(['topic.message']))
    },
  },
  {
    id: 'event/function-of-a-topic-that-fails-does-not-concern-the-others',
    clauses: ['E5', 'E7'],
    needs: offered('topic'),
    async run(harness) {
      const tag = newTag()
      let failures = 0
      harness.answer((seen) => {
        if (seen.function === 'second-reader' || failures === 2) return { do: 'resolve' }
        failures += 1
        return { do: 'throw' }
      })
      const ids = await harness.deliver(source, [{ body: JSON.stringify({ tag }) }])
      await harness.advance(later)
      const calls = Map.groupBy(seenOf(harness, tag), (seen) => seen.function)
      assert.equal(calls.get('first-reader')?.length, 3)
      assert.equal(calls.get('second-reader')?.length, 1)
      for (const record of harness.deliveries(ids)) assertEnd(record, 'acknowledged')
    },
  },
  {
    id: 'event/bytes-of-a-topic-arrive',
    clauses: ['E5', 'E2'],
    needs: {
      ...offered('topic'),
      async 'topic.bytes'(harness) {
        await assert.rejects(harness.deliver('topic:raw-news', [{ body: Uint8Array.of(0, 255) }]))
      },
    },
    async run(harness) {
      const body = Uint8Array.from({ length: 256 }, (_, index) => index)
      await harness.deliver('topic:raw-news', [{ body }])
      await harness.advance(later)
      const [seen] = harness.seen()
      assert.equal(seen?.bytes, Buffer.from(body).toString('hex'))
    },
  },
]
