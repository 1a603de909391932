import { strict as assert } from 'node:assert'

import type { EventCase, EventCheck } from '../../types.ts'
import { newTag, offered, samples } from './kinds.ts'
import { current, deliverOne, inTurn, later, see, seenOf } from './steps.ts'

const uploads = samples.storage.source

/** The handler sees the key that the object has, decoded once. */
function keyArrives(key: (tag: string) => string): EventCheck {
  return async (harness) => {
    const name = key(newTag())
    const seen = await see(harness, uploads, { object: 'created', key: name, size: 1 })
    assert.equal(seen.subject, name)
    assert.equal(member(seen.data, 'key'), name)
  }
}

function member(data: unknown, name: string): unknown {
  return typeof data === 'object' && data !== null ? Reflect.get(data, name) : undefined
}

/** E17: objects. */
export const storageCases: readonly EventCase[] = [
  {
    id: 'event/object-that-is-created-tells-bucket-key-size-and-etag',
    clauses: ['E17'],
    needs: offered('storage'),
    async run(harness) {
      const key = `${newTag()}.csv`
      const seen = await see(harness, uploads, {
        object: 'created',
        key,
        size: 1234,
        etag: '0a1b2c3d4e5f60718293a4b5c6d7e8f9',
      })
      assert.equal(seen.type, 'storage.created')
      assert.equal(member(seen.data, 'bucket'), 'isobar-uploads')
      assert.equal(member(seen.data, 'key'), key)
      assert.equal(member(seen.data, 'size'), 1234)
      assert.match(String(member(seen.data, 'etag')), /0a1b2c3d4e5f60718293a4b5c6d7e8f9/)
    },
  },
  {
    id: 'event/object-that-is-deleted-tells-its-key',
    clauses: ['E17'],
    needs: offered('storage'),
    async run(harness) {
      const key = `${newTag()}.csv`
      const seen = await see(harness, uploads, { object: 'deleted', key })
      assert.equal(seen.type, 'storage.deleted')
      assert.equal(seen.subject, key)
      assert.equal(member(seen.data, 'key'), key)
    },
  },
  {
    id: 'event/key-with-spaces-and-plus-signs-is-decoded-once',
    clauses: ['E17'],
    needs: offered('storage'),
    run: keyArrives((tag) => `a b/${tag}+c  d.txt`),
  },
  {
    id: 'event/key-with-other-scripts-is-decoded',
    clauses: ['E17'],
    needs: offered('storage'),
    run: keyArrives((tag) => `Zürich/${tag}/東京 🎉.txt`),
  },
  {
    id: 'event/key-with-percent-signs-keeps-them',
    clauses: ['E17'],
    needs: offered('storage'),
    run: keyArrives((tag) => `100%/${tag}%20x%2Fy.txt`),
  },
  {
    id: 'event/key-with-delimiters-keeps-them',
    clauses: ['E17'],
    needs: offered('storage'),
    run: keyArrives((tag) => `${tag}?a=1&b=2#c;d='e'.txt`),
  },
  {
    id: 'event/deletion-is-not-told-to-who-asks-for-creations',
    clauses: ['E17'],
    needs: offered('storage'),
    async run(harness) {
      const [created, deleted] = [newTag(), newTag()]
      await harness.deliver('storage:isobar-arrivals', [{ object: 'deleted', key: deleted }])
      await harness.deliver('storage:isobar-arrivals', [{ object: 'created', key: created, size: 1 }])
      await harness.advance(later)
      assert.equal(seenOf(harness, created).length, 1)
      assert.equal(seenOf(harness, deleted).length, 0)
    },
  },
  {
    id: 'event/object-that-is-written-twice-is-two-events',
    clauses: ['E17', 'E1'],
    needs: offered('storage'),
    async run(harness) {
      const key = newTag()
      await harness.deliver(uploads, [{ object: 'created', key, size: 1, etag: 'aa' }])
      await harness.deliver(uploads, [{ object: 'created', key, size: 2, etag: 'bb' }])
      const seen = seenOf(harness, key)
      assert.equal(seen.length, 2)
      assert.equal(new Set(seen.map(({ id }) => id)).size, 2, 'both have one id')
    },
  },
]

const users = samples.changes.source

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
    needs: offered('changes'),
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
    needs: offered('changes'),
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
    needs: offered('changes'),
    async run(harness) {
      const id = newTag()
      const versions = [1, 2, 3]
      inTurn(harness, { do: 'throw' }, { do: 'resolve' })
      for (const n of versions) {
        await harness.deliver(users, [
          n === 1
            ? { change: 'inserted', key: { id }, after: { id, n } }
            : { change: 'updated', key: { id }, before: { id, n: n - 1 }, after: { id, n } },
        ])
      }
      await harness.advance(later)
      const ended = harness.resolved().filter(({ bytes }) => Buffer.from(bytes, 'hex').includes(id))
      const order = ended.map(({ data }) => Number(member(member(data, 'after'), 'n')))
      assert.deepEqual(
        order,
        order.toSorted((a, b) => a - b),
        'they ended in another order',
      )
      assert.equal(order.at(-1), 3, 'the last change was not handled')
    },
  },
]

/** E19: events of the application's own types. */
export const customEventCases: readonly EventCase[] = (['binary', 'structured'] as const).flatMap(
  (mode): EventCase[] => [
    {
      id: `event/custom-event-in-${mode}-mode-keeps-what-it-says`,
      clauses: ['E19', 'E3'],
      needs: {
        ...offered('event'),
        async 'event.identity'(harness) {
          const tag = newTag()
          const record = await deliverOne(harness, samples.event.source, samples.event.input(tag))
          assert.equal(current(harness, record).end, 'acknowledged')
          const [seen] = harness.seen()
          assert.equal(seen?.type, 'com.example.order.placed')
          assert.deepEqual(seen?.data, { tag })
        },
      },
      async run(harness) {
        const id = newTag()
        const cloudEvent = {
          id,
          source: 'https://shop.example/orders',
          type: 'com.example.order.placed',
          time: '2026-05-06T07:08:09Z',
          subject: 'orders/7',
          datacontenttype: 'application/json',
          data: JSON.stringify({ lines: [1] }),
          extensions: { tenant: 'acme' },
        }
        const seen = await see(harness, samples.event.source, { cloudEvent, mode })
        assert.equal(seen.id, id)
        assert.equal(seen.source, cloudEvent.source)
        assert.equal(seen.type, cloudEvent.type)
        assert.equal(seen.subject, cloudEvent.subject)
        assert.equal(new Date(seen.time).toISOString(), '2026-05-06T07:08:09.000Z')
        assert.deepEqual(seen.data, { lines: [1] })
        assert.equal(seen.attributes['tenant'], 'acme')
      },
    },
  ],
)

/** E20: nobody from outside can make an event. */
export const privacyCases: readonly EventCase[] = [
  {
    id: 'event/request-from-outside-makes-no-event',
    clauses: ['E20'],
    async run(harness) {
      const message = { data: btoa('{"forged":true}'), messageId: '1', publishTime: '2026-01-01T00:00:00Z' }
      const body = JSON.stringify({ message, subscription: 'projects/p/subscriptions/s' })
      const ce = [
        ['ce-id', '1'],
        ['ce-source', 'x'],
        ['ce-type', 'x'],
        ['ce-specversion', '1.0'],
      ] as const
      for (const target of ['/.isobar/jobs', '/.isobar/uploads', '/jobs', '/']) {
        for (const extra of [[], ce]) {
          const headers: [string, string][] = [
            ['content-type', 'application/json'],
            ...extra.map(([a, b]): [string, string] => [a, b]),
          ]
          const { status } = await harness.send({ method: 'POST', target, headers, body })
          assert.equal(status, 404, `${target} answers ${status}`)
        }
      }
      assert.equal(harness.seen().length, 0, 'a handler was called')
    },
  },
  {
    id: 'event/functions-for-requests-stand-beside-those-for-events',
    clauses: ['E20'],
    async run(harness) {
      const { status, body } = await harness.send({ target: '/hello' })
      assert.equal(status, 200)
      assert.equal(Buffer.from(body).toString(), 'hello')
    },
  },
]
