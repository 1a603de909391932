import { strict as assert } from 'node:assert'

import type { EventCase } from '../../types.ts'
import { deadWithTag, newTag, offered, samples, sentKinds } from './kinds.ts'
import { assertEnd, current, deliverOne, hour, inTurn, later, minute, second, seenOf, untilCalled } from './steps.ts'

/** E6, E7 and E9 for every kind that is sent. */
const perKind: readonly EventCase[] = sentKinds.flatMap((kind): EventCase[] => {
  const { source, input } = samples[kind]
  return [
    {
      id: `event/${kind}-that-resolves-is-done`,
      clauses: ['E6', 'E21'],
      needs: offered(kind),
      async run(harness) {
        const tag = newTag()
        const record = await deliverOne(harness, source, input(tag))
        assertEnd(record, 'acknowledged', 1)
        await harness.advance(later)
        assert.equal(seenOf(harness, tag).length, 1, 'the event came again')
        assert.equal(await deadWithTag(harness, source, tag), 0, 'the event is among the dead')
      },
    },
    {
      id: `event/${kind}-is-not-done-before-its-handler-is`,
      clauses: ['E6'],
      needs: offered(kind),
      async run(harness) {
        const tag = newTag()
        const gate = Promise.withResolvers<void>()
        harness.answer(async () => {
          await gate.promise
          return { do: 'resolve' }
        })
        const delivered = harness.deliver(source, [input(tag)])
        await untilCalled(harness, delivered, tag)
        await new Promise((resolve) => setTimeout(resolve, 150))
        const [record] = harness.deliveries()
        assert.ok(record)
        assert.equal(record.end, undefined, 'the event was done while its handler was at work')
        gate.resolve()
        assertEnd(current(harness, { ...record, id: (await delivered)[0] ?? '' }), 'acknowledged', 1)
        assert.equal(harness.resolved().length, 1, 'the handler did not come to its end')
      },
    },
    {
      id: `event/${kind}-that-throws-comes-again`,
      clauses: ['E7', 'E1'],
      needs: offered(kind),
      async run(harness) {
        const tag = newTag()
        inTurn(harness, { do: 'throw' }, { do: 'throw' }, { do: 'resolve' })
        const record = await deliverOne(harness, source, input(tag))
        assert.equal(record.attempts[0]?.outcome, 'retry', 'the platform was not told of the failure')
        await harness.advance(later)
        assertEnd(current(harness, record), 'acknowledged', 3)
        const seen = seenOf(harness, tag)
        assert.equal(seen.length, 3)
        assert.equal(new Set(seen.map(({ id, source }) => `${source} ${id}`)).size, 1, 'id or source changed')
        assert.equal(new Set(seen.map(({ time }) => time)).size, 1, 'time changed')
        assert.equal(await deadWithTag(harness, source, tag), 0, 'the event is among the dead')
      },
    },
    {
      id: `event/${kind}-that-is-rejected-is-set-aside-and-comes-no-more`,
      clauses: ['E9'],
      needs: offered(kind),
      async run(harness) {
        const tag = newTag()
        harness.answer(() => ({ do: 'reject', reason: 'no use' }))
        const record = await deliverOne(harness, source, input(tag))
        assert.equal(await deadWithTag(harness, source, tag), 1, 'the event is not among the dead')
        await harness.advance(later)
        assert.equal(seenOf(harness, tag).length, 1, 'the event came again')
        assert.equal(await deadWithTag(harness, source, tag), 1, 'the event is among the dead twice')
        assert.notEqual(current(harness, record).end, 'dropped')
        assert.notEqual(current(harness, record).end, undefined)
      },
    },
    {
      id: `event/${kind}-that-cannot-be-set-aside-comes-again`,
      clauses: ['E14', 'E9'],
      needs: offered(kind),
      async run(harness) {
        const tag = newTag()
        harness.answer(() => ({ do: 'reject', reason: 'no use' }))
        harness.breakEffects(true)
        const record = await deliverOne(harness, source, input(tag))
        // A platform that tries again at once may have given up by now, and has put it where those go.
        assert.ok(record.end === undefined || record.end === 'dead-lettered', `${record.end} although it is nowhere`)
        harness.breakEffects(false)
        await harness.advance(later)
        assert.equal(await deadWithTag(harness, source, tag), 1, 'the event is not among the dead once')
        assert.notEqual(current(harness, record).end, 'dropped')
      },
    },
    {
      id: `event/${kind}-survives-a-crash`,
      clauses: ['E13'],
      needs: offered(kind),
      async run(harness) {
        const tag = newTag()
        let calls = 0
        harness.answer(() => (++calls === 1 ? { do: 'hang' } : { do: 'resolve' }))
        const delivered = harness.deliver(source, [input(tag)])
        await untilCalled(harness, delivered, tag)
        await harness.kill()
        const ids = await delivered
        await harness.advance(later)
        const [record] = harness.deliveries(ids)
        assert.ok(record)
        assertEnd(record, 'acknowledged')
        assert.ok(harness.resolved().length >= 1, 'the event was done although no handler came to its end')
      },
    },
  ]
})

const queue = samples.queue.source

export const outcomeCases: readonly EventCase[] = [
  ...perKind,
  {
    id: 'event/message-whose-handler-throws-no-error-comes-again',
    clauses: ['E7'],
    bugs: [152],
    needs: offered('queue'),
    async run(harness) {
      const tag = newTag()
      inTurn(harness, { do: 'throw-text' }, { do: 'resolve' })
      const record = await deliverOne(harness, queue, samples.queue.input(tag))
      await harness.advance(later)
      assertEnd(current(harness, record), 'acknowledged', 2)
    },
  },
  {
    id: 'event/message-is-tried-as-often-as-its-trigger-says-and-then-set-aside',
    clauses: ['E7', 'E13'],
    needs: offered('queue'),
    async run(harness) {
      const tag = newTag()
      harness.answer(() => ({ do: 'throw' }))
      const record = await deliverOne(harness, queue, samples.queue.input(tag))
      await harness.advance(later)
      assertEnd(current(harness, record), 'dead-lettered', 5)
      assert.equal(seenOf(harness, tag).length, 5)
      assert.equal(await deadWithTag(harness, queue, tag), 1, 'the message is not among the dead once')
      await harness.advance(later)
      assert.equal(seenOf(harness, tag).length, 5, 'the message came again')
    },
  },
  {
    id: 'event/message-of-a-topic-that-always-fails-is-not-lost',
    clauses: ['E7', 'E13'],
    needs: offered('topic'),
    async run(harness) {
      const tag = newTag()
      const { source, input } = samples.topic
      harness.answer(() => ({ do: 'throw' }))
      const record = await deliverOne(harness, source, input(tag))
      await harness.advance(later)
      assertEnd(current(harness, record), 'dead-lettered')
      assert.equal(await deadWithTag(harness, source, tag), 1, 'the message is not among the dead once')
    },
  },
  {
    id: 'event/message-comes-again-after-the-delay-that-its-handler-asks-for',
    clauses: ['E8'],
    needs: {
      ...offered('queue'),
      async 'queue.delay'(harness) {
        const tag = newTag()
        inTurn(harness, { do: 'retry-after', seconds: 7200 }, { do: 'resolve' })
        const record = await deliverOne(harness, queue, samples.queue.input(tag))
        await harness.advance(later)
        assertEnd(current(harness, record), 'acknowledged', 2)
      },
    },
    async run(harness) {
      const tag = newTag()
      inTurn(harness, { do: 'retry-after', seconds: 7200 }, { do: 'resolve' })
      const record = await deliverOne(harness, queue, samples.queue.input(tag))
      await harness.advance(2 * hour - 5 * second)
      assert.equal(seenOf(harness, tag).length, 1, 'the message came before its time')
      await harness.advance(10 * minute)
      assertEnd(current(harness, record), 'acknowledged', 2)
    },
  },
  {
    id: 'event/message-that-asks-for-a-short-delay-comes-soon',
    clauses: ['E8'],
    needs: {
      ...offered('queue'),
      async 'queue.delay'(harness) {
        const tag = newTag()
        inTurn(harness, { do: 'retry-after', seconds: 2 }, { do: 'resolve' })
        const record = await deliverOne(harness, queue, samples.queue.input(tag))
        await harness.advance(later)
        assertEnd(current(harness, record), 'acknowledged', 2)
        const [first, next] = current(harness, record).attempts
        assert.ok(first && next)
        assert.notEqual(next.at.getTime() - first.at.getTime(), 2 * second, 'the delay is kept')
      },
    },
    async run(harness) {
      const tag = newTag()
      inTurn(harness, { do: 'retry-after', seconds: 2 }, { do: 'resolve' })
      const record = await deliverOne(harness, queue, samples.queue.input(tag))
      assert.equal(seenOf(harness, tag).length, 1, 'the message came at once')
      await harness.advance(8 * second)
      assertEnd(current(harness, record), 'acknowledged', 2)
    },
  },
  {
    id: 'event/message-with-a-delay-of-nothing-is-not-lost',
    clauses: ['E8'],
    needs: offered('queue'),
    async run(harness) {
      const tag = newTag()
      inTurn(harness, { do: 'retry-after', seconds: 0 }, { do: 'resolve' })
      const record = await deliverOne(harness, queue, samples.queue.input(tag))
      await harness.advance(later)
      assertEnd(current(harness, record), 'acknowledged', 2)
    },
  },
  {
    id: 'event/message-with-a-delay-beyond-every-limit-is-not-lost',
    clauses: ['E8'],
    needs: offered('queue'),
    async run(harness) {
      const tag = newTag()
      inTurn(harness, { do: 'retry-after', seconds: 100_000_000 }, { do: 'resolve' })
      const record = await deliverOne(harness, queue, samples.queue.input(tag))
      await harness.advance(later)
      assertEnd(current(harness, record), 'acknowledged', 2)
    },
  },
  {
    id: 'event/message-whose-delay-cannot-be-set-comes-again',
    clauses: ['E14', 'E8'],
    needs: offered('queue'),
    async run(harness) {
      const tag = newTag()
      inTurn(harness, { do: 'retry-after', seconds: 60 }, { do: 'resolve' })
      harness.breakEffects(true)
      const record = await deliverOne(harness, queue, samples.queue.input(tag))
      assert.notEqual(record.attempts[0]?.outcome, 'ack')
      harness.breakEffects(false)
      await harness.advance(later)
      assertEnd(current(harness, record), 'acknowledged', 2)
    },
  },
  {
    id: 'event/delay-counts-as-an-attempt-like-any-other',
    clauses: ['E8', 'E7'],
    needs: offered('queue'),
    async run(harness) {
      const tag = newTag()
      harness.answer(() => ({ do: 'retry-after', seconds: 30 }))
      const record = await deliverOne(harness, queue, samples.queue.input(tag))
      await harness.advance(later)
      assertEnd(current(harness, record), 'dead-lettered', 5)
      assert.equal(await deadWithTag(harness, queue, tag), 1, 'the message is not among the dead once')
    },
  },
]
