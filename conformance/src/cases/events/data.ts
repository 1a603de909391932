import { strict as assert } from 'node:assert'

import type { EventCase, EventCheck, SeenEvent } from '../../types.ts'
import { newTag, offered, samples, sentKinds } from './kinds.ts'
import { see, senderIsRefused } from './steps.ts'

const utf8 = (text: string): string => Buffer.from(text).toString('hex')
const everyByte = Uint8Array.from({ length: 256 }, (_, index) => index)

/** A text message is what was sent, and so are its bytes. */
function textArrives(text: (tag: string) => string): EventCheck {
  return async (harness) => {
    const body = text(newTag())
    const seen = await see(harness, 'queue:texts', { body, contentType: 'text/plain' })
    assert.equal(seen.data, body)
    assert.equal(seen.bytes, utf8(body))
  }
}

export const dataCases: readonly EventCase[] = [
  ...sentKinds.map((kind): EventCase => {
    const { source, type, input, function: name } = samples[kind]
    return {
      id: `event/${kind}-tells-where-it-comes-from-and-what-it-is`,
      clauses: ['E1'],
      needs: offered(kind),
      async run(harness) {
        const seen = await see(harness, source, input(newTag()))
        assert.equal(seen.function, name)
        assert.match(seen.id, /./)
        assert.ok(!Number.isNaN(Date.parse(seen.time)) && /^\d{4}-\d\d-\d\dT/.test(seen.time), seen.time)
        if (kind === 'event') return
        assert.equal(seen.source, source)
        // A platform that cannot tell an insertion from an update says so by another type; see the cases of changes.
        assert.ok(seen.type === type || seen.type === 'changes.upserted', seen.type)
      },
    }
  }),
  {
    id: 'event/data-is-decoded-from-json',
    clauses: ['E2'],
    needs: offered('queue'),
    async run(harness) {
      const tag = newTag()
      const values = [{ tag, a: [1, { b: null }] }, [tag, true, 'é→東京']]
      for (const value of values) {
        const { data } = await see(harness, 'queue:jobs', { body: JSON.stringify(value) })
        assert.deepEqual(data, value)
      }
    },
  },
  {
    id: 'event/json-that-is-a-number-or-a-word-is-decoded',
    clauses: ['E2'],
    needs: offered('queue'),
    async run(harness) {
      for (const value of [42, -0.5, true, false, null]) {
        const { data } = await see(harness, 'queue:jobs', { body: JSON.stringify(value) })
        assert.deepEqual(data, value)
      }
    },
  },
  {
    id: 'event/json-that-is-a-text-stays-text',
    clauses: ['E2'],
    needs: {
      ...offered('queue'),
      async 'queue.exactJson'(harness) {
        const { data } = await see(harness, 'queue:jobs', { body: '"42"' })
        assert.equal(data, 42)
      },
    },
    async run(harness) {
      for (const value of [newTag(), '42', 'null', '{}', '']) {
        const { data } = await see(harness, 'queue:jobs', { body: JSON.stringify(value) })
        assert.equal(data, value)
      }
    },
  },
  {
    id: 'event/text-arrives-as-it-is',
    clauses: ['E2'],
    needs: offered('queue'),
    run: textArrives((tag) => `Grüße, ${tag} → 東京 🎉`),
  },
  {
    id: 'event/text-that-looks-like-a-number-stays-text',
    clauses: ['E2'],
    needs: offered('queue'),
    run: textArrives(() => '12345678901234567890'),
  },
  {
    id: 'event/text-with-leading-zeros-stays-text',
    clauses: ['E2'],
    needs: offered('queue'),
    run: textArrives(() => '007'),
  },
  {
    id: 'event/text-that-looks-like-json-stays-text',
    clauses: ['E2'],
    needs: offered('queue'),
    run: textArrives((tag) => `{"id": "${tag}", "dequeueCount": 99}`),
  },
  {
    id: 'event/text-in-quotes-keeps-them',
    clauses: ['E2'],
    needs: offered('queue'),
    run: textArrives((tag) => `"${tag}"`),
  },
  {
    id: 'event/text-that-looks-like-a-list-is-one-message',
    clauses: ['E2'],
    needs: offered('queue'),
    run: textArrives((tag) => `["${tag}", "b"]`),
  },
  {
    id: 'event/text-with-line-ends-keeps-them',
    clauses: ['E2'],
    needs: offered('queue'),
    run: textArrives((tag) => `${tag}\r\n\tb\n`),
  },
  {
    id: 'event/bytes-of-json-are-those-that-were-sent',
    clauses: ['E2'],
    needs: {
      ...offered('queue'),
      async 'queue.exactJson'(harness) {
        const tag = newTag()
        const { bytes } = await see(harness, 'queue:jobs', { body: ` { "tag" : "${tag}" } ` })
        assert.deepEqual(JSON.parse(Buffer.from(bytes, 'hex').toString()), { tag })
      },
    },
    async run(harness) {
      const body = ` { "tag" : "${newTag()}", "n": 1.0 } `
      const { bytes } = await see(harness, 'queue:jobs', { body })
      assert.equal(bytes, utf8(body))
    },
  },
  {
    id: 'event/digits-beyond-what-a-number-holds-are-kept-in-the-bytes',
    clauses: ['E2'],
    needs: {
      ...offered('queue'),
      async 'queue.exactJson'(harness) {
        const { data } = await see(harness, 'queue:jobs', { body: '{"n":12345678901234567890}' })
        assert.deepEqual(data, { n: Number('12345678901234567890') })
      },
    },
    async run(harness) {
      const body = `{"tag":"${newTag()}","n":12345678901234567890}`
      const { bytes, data } = await see(harness, 'queue:jobs', { body })
      assert.equal(bytes, utf8(body))
      assert.ok(typeof data === 'object' && data !== null && 'n' in data)
      assert.equal(data.n, Number('12345678901234567890'))
    },
  },
  {
    id: 'event/member-named-proto-does-no-harm',
    clauses: ['E2'],
    needs: offered('queue'),
    async run(harness) {
      const tag = newTag()
      const body = `{"tag":"${tag}","__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}`
      const seen = await see(harness, 'queue:jobs', { body })
      assert.deepEqual(Object.keys(Object(seen.data)).toSorted(), ['__proto__', 'constructor', 'tag'])
      const next = await see(harness, 'queue:jobs', { body: JSON.stringify({ tag: newTag() }) })
      assert.ok(!('polluted' in Object(next.data)))
    },
  },
  {
    id: 'event/every-byte-arrives',
    clauses: ['E2'],
    needs: { ...offered('queue'), 'queue.bytes': senderIsRefused(everyByte) },
    async run(harness) {
      const seen = await see(harness, 'queue:blobs', { body: everyByte })
      assertBytes(seen, everyByte)
    },
  },
  {
    id: 'event/bytes-that-are-text-arrive-as-bytes',
    clauses: ['E2'],
    bugs: [157],
    needs: offered('queue'),
    async run(harness) {
      const body = Buffer.from(`["${newTag()}"] é`)
      assertBytes(await see(harness, 'queue:blobs', { body: new Uint8Array(body) }), body)
    },
  },
  {
    id: 'event/empty-message-arrives-empty',
    clauses: ['E2'],
    needs: { ...offered('queue'), 'queue.empty': senderIsRefused(new Uint8Array(0)) },
    async run(harness) {
      assertBytes(await see(harness, 'queue:blobs', { body: new Uint8Array(0) }), new Uint8Array(0))
    },
  },
  {
    id: 'event/message-of-nearly-128-kb-arrives-whole',
    clauses: ['E2'],
    needs: { ...offered('queue'), 'queue.128kB': senderIsRefused('x'.repeat(127_000), 'queue:texts') },
    async run(harness) {
      const body = `${newTag()} ${'é'.repeat(63_000)}`
      const { bytes, data } = await see(harness, 'queue:texts', { body, contentType: 'text/plain' })
      assert.ok(data === body, 'the text is another')
      assert.ok(bytes === utf8(body), 'the bytes are others')
    },
  },
  {
    id: 'event/message-of-40-kb-arrives-whole',
    clauses: ['E2'],
    needs: offered('queue'),
    run: async (harness) => {
      const body = `${newTag()} ${'é'.repeat(19_900)}`
      const { data } = await see(harness, 'queue:texts', { body, contentType: 'text/plain' })
      assert.ok(data === body, 'the text is another')
    },
  },
]

function assertBytes({ data, bytes }: SeenEvent, expected: Uint8Array): void {
  const hex = Buffer.from(expected).toString('hex')
  assert.deepEqual(data, { $hex: hex })
  assert.equal(bytes, hex)
}
