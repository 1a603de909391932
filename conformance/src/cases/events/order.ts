import { strict as assert } from 'node:assert'

import type { EventCase, EventCheck, EventHarness } from '../../types.ts'
import { deadWithTag, newTag, offered } from './kinds.ts'
import { assertEnd, later, numbered, numberOf, seenOf } from './steps.ts'

/** The numbers that the handler was called with, in order. */
function calls(harness: EventHarness, tag: string): number[] {
  return seenOf(harness, tag).map(numberOf)
}

/** The order in which handlers came to their end. */
function ends(harness: EventHarness, tag: string): number[] {
  return harness
    .resolved()
    .filter(({ bytes }) => Buffer.from(bytes, 'hex').includes(tag))
    .map(numberOf)
}

function comesInOrder(source: string): EventCheck {
  return async (harness) => {
    const tag = newTag()
    const ids = await harness.deliver(source, numbered(tag, 8, { orderingKey: 'a' }))
    await harness.advance(later)
    assert.deepEqual(calls(harness, tag), [1, 2, 3, 4, 5, 6, 7, 8])
    for (const record of harness.deliveries(ids)) assertEnd(record, 'acknowledged')
  }
}

/** One after the other: the next begins when the one before it has ended. */
function oneAtATime(source: string): EventCheck {
  return async (harness) => {
    const tag = newTag()
    let now = 0
    let most = 0
    harness.answer(async () => {
      most = Math.max(most, ++now)
      await new Promise((resolve) => setTimeout(resolve, 10))
      now -= 1
      return { do: 'resolve' }
    })
    await harness.deliver(source, numbered(tag, 6, { orderingKey: 'a' }))
    await harness.advance(later)
    assert.deepEqual(calls(harness, tag), [1, 2, 3, 4, 5, 6])
    assert.equal(most, 1, 'several of one key were handled at a time')
  }
}

function failureHoldsTheOthers(source: string): EventCheck {
  return async (harness) => {
    const tag = newTag()
    let failures = 0
    harness.answer((seen) => {
      if (numberOf(seen) !== 3 || failures === 2) return { do: 'resolve' }
      failures += 1
      return { do: 'throw' }
    })
    const ids = await harness.deliver(source, numbered(tag, 5, { orderingKey: 'a' }))
    await harness.advance(later)
    assert.deepEqual(
      ends(harness, tag)
        .filter((number, index, all) => all.lastIndexOf(number) === index)
        .toSorted((a, b) => a - b),
      [1, 2, 3, 4, 5],
    )
    const firstEnd = (number: number): number => ends(harness, tag).indexOf(number)
    assert.ok(
      firstEnd(3) < firstEnd(4) && firstEnd(4) < firstEnd(5),
      `they ended in the order ${ends(harness, tag).join(', ')}`,
    )
    for (const record of harness.deliveries(ids)) assertEnd(record, 'acknowledged')
  }
}

function rejectionLetsTheOthersPass(source: string): EventCheck {
  return async (harness) => {
    const tag = newTag()
    harness.answer((seen) => (numberOf(seen) === 2 ? { do: 'reject', reason: 'the second' } : { do: 'resolve' }))
    await harness.deliver(source, numbered(tag, 4, { orderingKey: 'a' }))
    await harness.advance(later)
    assert.deepEqual(calls(harness, tag), [1, 2, 3, 4])
    assert.equal(await deadWithTag(harness, source, tag), 1)
  }
}

function keysAreIndependent(source: string): EventCheck {
  return async (harness) => {
    const [held, free] = [newTag('held'), newTag('free')]
    let failures = 0
    harness.answer(({ bytes }) =>
      Buffer.from(bytes, 'hex').includes(held) && failures++ < 3 ? { do: 'throw' } : { do: 'resolve' },
    )
    await harness.deliver(source, [
      ...numbered(held, 2, { orderingKey: 'held' }),
      ...numbered(free, 3, { orderingKey: 'free' }),
    ])
    assert.deepEqual(ends(harness, free), [1, 2, 3], 'a failure under another key holds them')
    await harness.advance(later)
    assert.deepEqual(ends(harness, held), [1, 2])
  }
}

/** A record that always fails is set aside in the end, and those behind it come to their turn. */
function poisonIsSetAside(source: string): EventCheck {
  return async (harness) => {
    const tag = newTag()
    harness.answer((seen) => (numberOf(seen) === 2 ? { do: 'throw' } : { do: 'resolve' }))
    await harness.deliver(source, numbered(tag, 4, { orderingKey: 'a' }))
    await harness.advance(later)
    assert.deepEqual([...new Set(ends(harness, tag))], [1, 3, 4])
    assert.ok(calls(harness, tag).filter((number) => number === 2).length >= 2, 'it was not tried again')
    const dead = (await harness.deadLetters(source)).map(({ body }) => Buffer.from(body).toString())
    const ofTag = dead.filter((body) => body.includes(tag))
    assert.equal(ofTag.length, 1, `${ofTag.length} of its records are among the dead`)
    assert.match(ofTag[0] ?? '', /"n":\s*2\b/)
  }
}

/** What a target without order does: it refuses a queue that asks for it, at build time. */
const unordered: EventCase['needs'] = {
  ...offered('queue'),
  async 'queue.ordered'(harness) {
    const errors = await harness.check('ordered-queue')
    assert.ok(
      errors.some(({ id, text }) => id === 'unordered-queue' && text.includes("'serial'")),
      'the build takes a queue in order',
    )
  },
}

export const orderCases: readonly EventCase[] = [
  {
    id: 'event/ordered-queue-keeps-the-order-of-a-key',
    clauses: ['E11'],
    needs: unordered,
    run: comesInOrder('queue:serial'),
  },
  {
    id: 'event/ordered-queue-hands-over-one-of-a-key-at-a-time',
    clauses: ['E11'],
    needs: unordered,
    run: oneAtATime('queue:serial'),
  },
  {
    id: 'event/ordered-queue-holds-those-behind-a-failure',
    clauses: ['E11', 'E7'],
    needs: unordered,
    bugs: [154],
    run: failureHoldsTheOthers('queue:serial'),
  },
  {
    id: 'event/ordered-queue-goes-on-behind-what-was-set-aside',
    clauses: ['E11', 'E9'],
    needs: unordered,
    run: rejectionLetsTheOthersPass('queue:serial'),
  },
  {
    id: 'event/ordered-queue-keeps-its-keys-apart',
    clauses: ['E11'],
    needs: unordered,
    bugs: [154],
    run: keysAreIndependent('queue:serial'),
  },
  {
    id: 'event/stream-keeps-the-order-of-a-key',
    clauses: ['E11'],
    needs: offered('stream'),
    run: comesInOrder('stream:clicks'),
  },
  {
    id: 'event/stream-hands-over-one-of-a-key-at-a-time',
    clauses: ['E11'],
    needs: offered('stream'),
    run: oneAtATime('stream:clicks'),
  },
  {
    id: 'event/stream-holds-those-behind-a-failure',
    clauses: ['E11', 'E7'],
    needs: offered('stream'),
    run: failureHoldsTheOthers('stream:clicks'),
  },
  {
    id: 'event/stream-goes-on-behind-what-was-set-aside',
    clauses: ['E11', 'E9'],
    needs: offered('stream'),
    run: rejectionLetsTheOthersPass('stream:clicks'),
  },
  {
    id: 'event/stream-is-not-held-for-ever-by-a-record-that-always-fails',
    clauses: ['E11', 'E7', 'E13'],
    needs: offered('stream'),
    run: poisonIsSetAside('stream:clicks'),
  },
  {
    id: 'event/stream-tells-the-key-and-the-place-of-a-record',
    clauses: ['E15'],
    needs: offered('stream'),
    async run(harness) {
      const tag = newTag()
      await harness.deliver('stream:clicks', numbered(tag, 2, { orderingKey: 'customer-7' }))
      const seen = seenOf(harness, tag)
      assert.deepEqual(new Set(seen.map(({ delivery }) => delivery.orderingKey)), new Set(['customer-7']))
    },
  },
  {
    id: 'event/bytes-of-a-stream-arrive',
    clauses: ['E2'],
    needs: offered('stream'),
    async run(harness) {
      const body = Uint8Array.from({ length: 256 }, (_, index) => index)
      await harness.deliver('stream:raw-clicks', [{ body, orderingKey: 'a' }])
      assert.equal(harness.seen()[0]?.bytes, Buffer.from(body).toString('hex'))
    },
  },
]
