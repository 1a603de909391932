import { strict as assert } from 'node:assert'

import type { EventCase, EventHarness, SeenEvent } from '../../types.ts'
import { newTag, offered, samples } from './kinds.ts'
import { later, member, see, seenOf } from './steps.ts'

const users = samples.changes.source

/** A feed without whole numbers of 64 bits gives what a double holds of them, as the table itself does. */
const bigNumbers: EventCase['needs'] = {
  ...offered('changes'),
  async 'changes.bigNumbers'(harness) {
    const id = newTag()
    const after = { id, big: 1234567890123456789n }
    const { data } = await see(harness, 'changes:ledger', { change: 'inserted', key: { id }, after })
    assert.deepEqual(member(data, 'after'), { id, big: Number(1234567890123456789n) })
  },
}

/** E18: records of a table. */
export const changeCases: readonly EventCase[] = [
  {
    id: 'event/record-that-is-inserted-tells-key-and-values',
    clauses: ['E18'],
    needs: {
      ...offered('changes'),
      async 'changes.inserted'(harness) {
        const id = newTag()
        const { type, data } = await see(harness, users, {
          change: 'inserted',
          key: { id },
          after: { id, name: 'Ada' },
        })
        assert.equal(type, 'changes.upserted')
        assert.deepEqual(member(data, 'after'), { id, name: 'Ada' })
      },
    },
    async run(harness) {
      const id = newTag()
      const { type, data } = await see(harness, users, { change: 'inserted', key: { id }, after: { id, name: 'Ada' } })
      assert.equal(type, 'changes.inserted')
      assert.equal(member(member(data, 'key'), 'id'), id)
      assert.deepEqual(member(data, 'after'), { id, name: 'Ada' })
      assert.equal(member(data, 'before'), undefined)
    },
  },
  {
    id: 'event/record-that-is-updated-tells-it-before-and-after',
    clauses: ['E18'],
    needs: {
      ...offered('changes'),
      async 'changes.before'(harness) {
        const id = newTag()
        const change = { change: 'updated', key: { id }, before: { id, n: 1 }, after: { id, n: 2 } } as const
        const { data } = await see(harness, users, change)
        assert.equal(member(data, 'before'), undefined)
        assert.deepEqual(member(data, 'after'), { id, n: 2 })
      },
    },
    async run(harness) {
      const id = newTag()
      const change = { change: 'updated', key: { id }, before: { id, n: 1 }, after: { id, n: 2 } } as const
      const { type, data } = await see(harness, users, change)
      assert.equal(type, 'changes.updated')
      assert.deepEqual(member(data, 'before'), { id, n: 1 })
      assert.deepEqual(member(data, 'after'), { id, n: 2 })
    },
  },
  {
    id: 'event/record-that-is-deleted-tells-its-key',
    clauses: ['E18'],
    needs: {
      ...offered('changes'),
      async 'changes.deleted'(harness) {
        const id = newTag()
        await harness.deliver(users, [{ change: 'deleted', key: { id }, before: { id, n: 1 } }])
        await harness.advance(later)
        assert.equal(seenOf(harness, id).length, 0, 'the deletion is told')
      },
    },
    async run(harness) {
      const id = newTag()
      const { type, data } = await see(harness, users, { change: 'deleted', key: { id }, before: { id, n: 1 } })
      assert.equal(type, 'changes.deleted')
      assert.equal(member(member(data, 'key'), 'id'), id)
      assert.equal(member(data, 'after'), undefined)
    },
  },
  {
    id: 'event/values-of-a-record-are-plain-values',
    clauses: ['E18'],
    needs: offered('changes'),
    async run(harness) {
      const id = newTag()
      const after = {
        id,
        text: 'é',
        yes: true,
        no: false,
        nothing: null,
        n: -1.5,
        list: [1, 'two', [null]],
        map: { a: { b: 0 } },
        empty: {},
        none: [],
      }
      const { data } = await see(harness, users, { change: 'inserted', key: { id }, after })
      assert.deepEqual(member(data, 'after'), after)
    },
  },
  {
    id: 'event/number-that-a-double-cannot-hold-is-a-text',
    clauses: ['E18'],
    needs: bigNumbers,
    async run(harness) {
      const id = newTag()
      const after = { id, big: 1234567890123456789n, small: 7 }
      const { data } = await see(harness, users, { change: 'inserted', key: { id }, after })
      assert.deepEqual(member(data, 'after'), { id, big: '1234567890123456789', small: 7 })
    },
  },
  {
    id: 'event/number-that-a-double-cannot-hold-is-a-bigint-where-asked-for',
    clauses: ['E18'],
    needs: bigNumbers,
    async run(harness) {
      const id = newTag()
      const after = { id, big: -1234567890123456789n, small: 7 }
      const { data } = await see(harness, 'changes:ledger', { change: 'inserted', key: { id }, after })
      assert.deepEqual(member(data, 'after'), { id, big: { $bigint: '-1234567890123456789' }, small: 7 })
    },
  },
  {
    id: 'event/changes-of-a-record-come-in-order',
    clauses: ['E18', 'E11'],
    needs: {
      ...offered('changes'),
      async 'changes.ordered'(harness) {
        assert.deepEqual((await endsOfThreeChanges(harness)).toSorted(), [1, 2, 3])
      },
    },
    async run(harness) {
      assert.deepEqual(await endsOfThreeChanges(harness), [1, 2, 3])
    },
  },
]

/** In which order handlers came to their end for three changes of one record, of which the first fails once. */
async function endsOfThreeChanges(harness: EventHarness): Promise<number[]> {
  const id = newTag()
  const versionOf = ({ data }: SeenEvent): number => Number(member(member(data, 'after'), 'n'))
  let failed = false
  harness.answer((seen) => {
    if (versionOf(seen) !== 1 || failed) return { do: 'resolve' }
    failed = true
    return { do: 'throw' }
  })
  await harness.deliver(users, [
    { change: 'inserted', key: { id }, after: { id, n: 1 } },
    { change: 'updated', key: { id }, before: { id, n: 1 }, after: { id, n: 2 } },
    { change: 'updated', key: { id }, before: { id, n: 2 }, after: { id, n: 3 } },
  ])
  await harness.advance(later)
  const ended = harness.resolved().filter(({ bytes }) => Buffer.from(bytes, 'hex').includes(id))
  return [...new Set(ended.map(versionOf))]
}
