import { strict as assert } from 'node:assert'

import type { EventCase } from '../../types.ts'
import { deadWithTag, newTag, offered, samples } from './kinds.ts'
import { assertEnd, current, deliverOne, inTurn, later, numbered, numberOf, see, seenOf } from './steps.ts'

const { source, input } = samples.queue

/** E12, E13 and E15: what a handler knows of its call, and what ends it. */
export const invocationCases: readonly EventCase[] = [
  {
    id: 'event/handler-that-hangs-is-ended-and-its-message-comes-again',
    clauses: ['E12'],
    needs: offered('queue'),
    async run(harness) {
      const tag = newTag()
      inTurn(harness, { do: 'hang' }, { do: 'resolve' })
      const record = await deliverOne(harness, 'queue:slow', { body: JSON.stringify({ tag }) })
      assert.equal(record.attempts[0]?.outcome, 'retry')
      await harness.advance(later)
      assertEnd(current(harness, record), 'acknowledged', 2)
    },
  },
  {
    id: 'event/handler-that-hangs-does-not-fail-the-others-of-its-batch',
    clauses: ['E12', 'E10'],
    needs: offered('queue'),
    async run(harness) {
      const tag = newTag()
      const hung = new Set<number>()
      harness.answer((seen) => {
        const number = numberOf(seen)
        if (number !== 2 || hung.has(number)) return { do: 'resolve' }
        hung.add(number)
        return { do: 'hang' }
      })
      const ids = await harness.deliver('queue:slow', numbered(tag, 5))
      await harness.advance(later)
      const attempts = harness.deliveries(ids).map((record) => record.attempts.length)
      assert.deepEqual(
        attempts.toSorted((a, b) => a - b),
        [1, 1, 1, 1, 2],
      )
      for (const record of harness.deliveries(ids)) assertEnd(record, 'acknowledged')
    },
  },
  {
    id: 'event/handler-knows-how-much-time-it-has',
    clauses: ['E12', 'E15'],
    needs: offered('queue'),
    async run(harness) {
      const { remainingMs } = await see(harness, 'queue:slow', { body: JSON.stringify({ tag: newTag() }) })
      assert.ok(remainingMs !== undefined && remainingMs > 0 && remainingMs <= 400, String(remainingMs))
    },
  },
  {
    id: 'event/crash-in-the-middle-of-a-batch-loses-nothing',
    clauses: ['E13', 'E10'],
    needs: offered('queue'),
    async run(harness) {
      const tag = newTag()
      let crashed = false
      harness.answer((seen) => (crashed || numberOf(seen) % 2 === 0 ? { do: 'resolve' } : { do: 'hang' }))
      const delivered = harness.deliver(source, numbered(tag, 10))
      await harness.eventually(() => assert.ok(seenOf(harness, tag).some((seen) => numberOf(seen) % 2 === 1)))
      crashed = true
      await harness.kill()
      const ids = await delivered
      await harness.advance(later)
      for (const record of harness.deliveries(ids)) assertEnd(record, 'acknowledged')
      const done = new Set(
        harness
          .resolved()
          .filter(({ bytes }) => Buffer.from(bytes, 'hex').includes(tag))
          .map(numberOf),
      )
      assert.deepEqual(
        [...done].toSorted((a, b) => a - b),
        [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
      )
    },
  },
  {
    id: 'event/crash-after-crash-counts-as-attempts-and-loses-nothing',
    clauses: ['E13'],
    needs: offered('queue'),
    async run(harness) {
      const tag = newTag()
      let calls = 0
      harness.answer(() => (++calls <= 2 ? { do: 'hang' } : { do: 'resolve' }))
      const delivered = harness.deliver(source, [input(tag)])
      await harness.eventually(() => assert.equal(calls, 1))
      await harness.kill()
      const ids = await delivered
      if (calls === 1) {
        const again = harness.advance(later)
        await harness.eventually(() => assert.equal(calls, 2))
        await harness.kill()
        await again
      } else {
        await harness.kill()
      }
      await harness.advance(later)
      const [record] = harness.deliveries(ids)
      assert.ok(record)
      assert.ok(record.end === 'acknowledged' || record.end === 'dead-lettered', record.end)
      const dead = await deadWithTag(harness, source, tag)
      assert.ok(harness.resolved().length > 0 || dead === 1, 'the message is nowhere')
    },
  },
  {
    id: 'event/runtime-serves-on-after-a-crash',
    clauses: ['E13'],
    needs: offered('queue'),
    async run(harness) {
      await see(harness, source, input(newTag()))
      await harness.kill()
      assertEnd(await deliverOne(harness, source, input(newTag())), 'acknowledged')
    },
  },
  {
    id: 'event/attempts-are-counted',
    clauses: ['E15'],
    needs: offered('queue'),
    async run(harness) {
      const tag = newTag()
      inTurn(harness, { do: 'throw' }, { do: 'throw' }, { do: 'resolve' })
      await harness.deliver(source, [input(tag)])
      await harness.advance(later)
      assert.deepEqual(
        seenOf(harness, tag).map(({ delivery }) => delivery.attempt),
        [1, 2, 3],
      )
    },
  },
  {
    id: 'event/handler-knows-when-its-message-was-sent',
    clauses: ['E15'],
    needs: offered('queue'),
    async run(harness) {
      const { delivery } = await see(harness, source, input(newTag()))
      assert.ok(delivery.enqueuedAt !== undefined && !Number.isNaN(Date.parse(delivery.enqueuedAt)))
    },
  },
  {
    id: 'event/handler-knows-its-function-and-invocation',
    clauses: ['E15'],
    needs: offered('queue'),
    async run(harness) {
      const seen = await see(harness, source, input(newTag()))
      assert.equal(seen.function, 'jobs')
      assert.match(seen.invocation, /^\S+$/)
      assert.match(seen.target, /^\S+$/)
    },
  },
  {
    id: 'event/wait-until-work-of-an-event-is-finished',
    clauses: ['E15'],
    needs: offered('queue'),
    async run(harness) {
      const tag = newTag()
      harness.answer(() => ({ do: 'work', milliseconds: 150 }))
      assertEnd(await deliverOne(harness, source, input(tag)), 'acknowledged', 1)
      await harness.eventually(() => {
        assert.ok(
          harness.seen().some(({ type }) => type === 'worked'),
          'the work was not finished',
        )
      })
    },
  },
  {
    id: 'event/wait-until-work-that-fails-changes-no-outcome',
    clauses: ['E15', 'E10'],
    needs: offered('queue'),
    async run(harness) {
      const tag = newTag()
      harness.answer(() => ({ do: 'failing-work' }))
      const ids = await harness.deliver(source, numbered(tag, 3))
      await harness.advance(later)
      assert.equal(seenOf(harness, tag).length, 3, 'a message came again')
      for (const record of harness.deliveries(ids)) assertEnd(record, 'acknowledged', 1)
    },
  },
  {
    id: 'event/lines-of-a-handler-name-function-and-invocation',
    clauses: ['E15'],
    needs: offered('queue'),
    async run(harness) {
      const said = newTag('said')
      harness.answer(() => ({ do: 'log', message: said }))
      const { invocation } = await see(harness, source, input(newTag()))
      const entry = await harness.eventually(() => {
        const found = harness.allLogs().find(({ fields }) => fields?.['message'] === said)
        assert.ok(found, 'the line is not in the log')
        return found
      })
      assert.equal(entry.fields?.['function'], 'jobs')
      assert.equal(entry.fields?.['invocationId'], invocation)
    },
  },
  {
    id: 'event/failure-of-a-handler-is-told-in-the-log',
    clauses: ['E15', 'E7'],
    needs: offered('queue'),
    async run(harness) {
      const said = newTag('said')
      inTurn(harness, { do: 'throw', message: said }, { do: 'resolve' })
      await harness.deliver(source, [input(newTag())])
      await harness.eventually(() => {
        const found = harness
          .allLogs()
          .find(({ line, fields }) => line.includes(said) && fields?.['fault'] === 'handler')
        assert.ok(found, 'the log has no line of the failure')
        assert.match(found.line, /obey/, 'the line has no stack')
      })
    },
  },
  {
    id: 'event/message-continues-the-trace-that-it-carries',
    clauses: ['E15', 'E3'],
    needs: {
      ...offered('queue'),
      async 'queue.attributes'(harness) {
        const { attributes } = await see(harness, source, { ...input(newTag()), attributes: { traceparent } })
        assert.deepEqual(attributes, {})
      },
    },
    async run(harness) {
      const { trace } = await see(harness, source, { ...input(newTag()), attributes: { traceparent } })
      assert.equal(trace, traceparent)
    },
  },
]

const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
