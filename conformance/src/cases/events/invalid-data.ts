import { strict as assert } from 'node:assert'

import type { EventCase, EventCheck } from '../../types.ts'
import { deadWithTag, newTag, offered } from './kinds.ts'
import { assertEnd, current, deliverOne, later, see, seenOf, senderIsRefused } from './steps.ts'

/** Set aside at once and told in the log; the handler is never called. */
function isInvalid(source: string, body: (tag: string) => Uint8Array | string, error: RegExp): EventCheck {
  return async (harness) => {
    const tag = newTag()
    const record = await deliverOne(harness, source, { body: body(tag) })
    await harness.advance(later)
    assert.equal(seenOf(harness, tag).length, 0, 'the handler was called')
    assert.equal(current(harness, record).attempts.length, 1, 'it was tried again')
    assert.notEqual(current(harness, record).end, 'dropped')
    assert.equal(await deadWithTag(harness, source, tag), 1, 'it is not among the dead once')
    await harness.eventually(() => {
      assert.ok(
        harness.allLogs().some(({ line }) => error.test(line) && line.includes('EventDataError')),
        'the log has no typed error',
      )
    })
  }
}

/** E2 and E4: data that is not what the trigger says. */
export const invalidDataCases: readonly EventCase[] = [
  {
    id: 'event/malformed-json-is-set-aside-and-told',
    clauses: ['E2', 'E4'],
    needs: offered('queue'),
    run: isInvalid('queue:jobs', (tag) => `{"tag": "${tag}"`, /The data is not JSON/),
  },
  {
    id: 'event/malformed-json-concerns-its-own-message-alone',
    clauses: ['E2', 'E10'],
    needs: offered('queue'),
    async run(harness) {
      const tag = newTag()
      const good = JSON.stringify({ tag })
      await harness.deliver('queue:jobs', [{ body: good }, { body: `{ ${tag}` }, { body: good }])
      await harness.advance(later)
      assert.equal(seenOf(harness, tag).length, 2)
      assert.equal(await deadWithTag(harness, 'queue:jobs', tag), 1)
    },
  },
  {
    id: 'event/bytes-that-are-no-text-are-told-where-text-is-expected',
    clauses: ['E2', 'E4'],
    needs: {
      ...offered('queue'),
      'queue.bytes': senderIsRefused(Uint8Array.of(0xff, 0xfe), 'queue:texts'),
      // Where a rejected message is written anew, what is written may have to be text.
      async 'queue.deadLetter'(harness) {
        const tag = newTag()
        const body = new Uint8Array(Buffer.concat([Buffer.from(tag), Buffer.of(0xff, 0xfe)]))
        const record = await deliverOne(harness, 'queue:texts', { body })
        await harness.advance(later)
        assert.equal(seenOf(harness, tag).length, 0, 'the handler was called')
        assertEnd(current(harness, record), 'dead-lettered', 5)
        assert.equal(await deadWithTag(harness, 'queue:texts', tag), 1)
      },
    },
    run: isInvalid(
      'queue:texts',
      (tag) => new Uint8Array(Buffer.concat([Buffer.from(tag), Buffer.of(0xff, 0xfe)])),
      /The data is not UTF-8/,
    ),
  },
  {
    id: 'event/schema-gives-the-handler-what-it-makes-of-the-data',
    clauses: ['E2'],
    needs: offered('queue'),
    async run(harness) {
      const id = newTag()
      const { data } = await see(harness, 'queue:checked', { body: JSON.stringify({ id, more: true }) })
      assert.deepEqual(data, { id, amount: 1 })
    },
  },
  {
    id: 'event/data-that-the-schema-refuses-is-set-aside-and-told',
    clauses: ['E2', 'E4'],
    needs: offered('queue'),
    run: isInvalid('queue:checked', (tag) => JSON.stringify({ tag, id: 7 }), /id: must be a text/),
  },
  {
    id: 'event/data-that-the-schema-refuses-comes-again-where-the-trigger-says-so',
    clauses: ['E2', 'E7'],
    needs: offered('queue'),
    async run(harness) {
      const tag = newTag()
      const record = await deliverOne(harness, 'queue:rechecked', { body: JSON.stringify({ tag, id: 7 }) })
      await harness.advance(later)
      assert.equal(seenOf(harness, tag).length, 0, 'the handler was called')
      assertEnd(current(harness, record), 'dead-lettered', 5)
      assert.equal(await deadWithTag(harness, 'queue:rechecked', tag), 1)
    },
  },
]
