import { strict as assert } from 'node:assert'

import type { EventCase, EventCheck } from '../../types.ts'
import { newTag, offered, samples } from './kinds.ts'
import { later, member, see, seenOf } from './steps.ts'

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
