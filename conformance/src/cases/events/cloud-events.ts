import { strict as assert } from 'node:assert'

import type { EventCase, EventHarness, SeenEvent } from '../../types.ts'
import { newTag, offered } from './kinds.ts'
import { assertEnd, current, deliverOne, inTurn, later, see, seenOf } from './steps.ts'

interface CloudEvent {
  id: string
  source: string
  type: string
  time: string
  subject: string
  datacontenttype: string
  data: Uint8Array | string
  extensions: Record<string, string>
}

function cloudEvent(more: Partial<CloudEvent> = {}): CloudEvent {
  const tag = newTag()
  return {
    id: tag,
    source: 'https://shop.example/orders',
    type: 'com.example.order.placed',
    time: '2026-05-06T07:08:09Z',
    subject: 'orders/7',
    datacontenttype: 'application/json',
    data: JSON.stringify({ tag, lines: [1, 'é'] }),
    extensions: { tenant: 'acme', traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' },
    ...more,
  }
}

/** Everything that a CloudEvent says is said to the handler. */
function assertSame(seen: SeenEvent, sent: CloudEvent): void {
  assert.equal(seen.id, sent.id)
  assert.equal(seen.source, sent.source)
  assert.equal(seen.type, sent.type)
  assert.equal(new Date(seen.time).toISOString(), new Date(sent.time).toISOString())
  assert.equal(seen.subject, sent.subject)
  assert.equal(seen.datacontenttype, sent.datacontenttype)
  for (const [name, value] of Object.entries(sent.extensions)) assert.equal(seen.attributes[name], value, name)
  assert.ok(
    Object.keys(seen.attributes).every((name) => !/^(?:ce[-_]|cloudevents)/i.test(name)),
    'attributes are there twice',
  )
}

const sources = ['queue:jobs', 'topic:news', 'stream:clicks'] as const
type Source = (typeof sources)[number]

async function seeAt(
  harness: EventHarness,
  source: Source,
  sent: CloudEvent,
  mode: 'binary' | 'structured',
): Promise<SeenEvent> {
  await harness.deliver(source, [{ cloudEvent: sent, mode, orderingKey: 'one' }])
  const [seen] = seenOf(harness, sent.id)
  assert.ok(seen, 'no handler was called')
  return seen
}

function kindOf(source: Source): 'queue' | 'topic' | 'stream' {
  return source === 'queue:jobs' ? 'queue' : source === 'topic:news' ? 'topic' : 'stream'
}

export const cloudEventCases: readonly EventCase[] = [
  ...sources.flatMap((source): EventCase[] => {
    const kind = kindOf(source)
    return (['binary', 'structured'] as const).map((mode): EventCase => ({
      id: `event/cloud-event-in-${mode}-mode-keeps-what-it-says-in-a-${kind}`,
      clauses: ['E3', 'E1'],
      needs: offered(kind),
      async run(harness) {
        const sent = cloudEvent()
        const seen = await seeAt(harness, source, sent, mode)
        assertSame(seen, sent)
        assert.deepEqual(seen.data, JSON.parse(String(sent.data)))
      },
    }))
  }),
  {
    id: 'event/cloud-event-is-the-same-in-both-modes',
    clauses: ['E3'],
    needs: offered('queue'),
    async run(harness) {
      const one = cloudEvent()
      const other = { ...one, id: `${one.id}-2` }
      const facts = ({ source, type, time, subject, datacontenttype, data, attributes }: SeenEvent): object => ({
        source,
        type,
        time: new Date(time).toISOString(),
        subject,
        datacontenttype,
        data,
        attributes,
      })
      const binary = await seeAt(harness, 'queue:jobs', one, 'binary')
      const structured = await seeAt(harness, 'queue:jobs', other, 'structured')
      assert.deepEqual(facts(structured), facts(binary))
    },
  },
  {
    id: 'event/cloud-event-of-text-is-text-whatever-the-trigger-says',
    clauses: ['E3', 'E2'],
    needs: offered('queue'),
    async run(harness) {
      for (const mode of ['binary', 'structured'] as const) {
        const sent = cloudEvent({ datacontenttype: 'text/plain', data: '42' })
        const seen = await seeAt(harness, 'queue:jobs', sent, mode)
        assert.equal(seen.data, '42', mode)
        assert.equal(seen.bytes, Buffer.from('42').toString('hex'), mode)
      }
    },
  },
  {
    id: 'event/cloud-event-of-bytes-is-bytes-whatever-the-trigger-says',
    clauses: ['E3', 'E2'],
    needs: offered('queue'),
    async run(harness) {
      const data = Uint8Array.of(0, 1, 127, 128, 254, 255)
      const sent = cloudEvent({ datacontenttype: 'application/octet-stream', data })
      const seen = await seeAt(harness, 'queue:jobs', sent, 'structured')
      assert.deepEqual(seen.data, { $hex: '00017f80feff' })
      assert.equal(seen.bytes, '00017f80feff')
    },
  },
  {
    id: 'event/cloud-event-of-a-json-dialect-is-decoded',
    clauses: ['E3', 'E2'],
    needs: offered('queue'),
    async run(harness) {
      const sent = cloudEvent({ datacontenttype: 'application/vnd.example+json; charset=utf-8' })
      const seen = await seeAt(harness, 'queue:jobs', sent, 'structured')
      assert.deepEqual(seen.data, JSON.parse(String(sent.data)))
      assert.equal(seen.datacontenttype, sent.datacontenttype)
    },
  },
  {
    id: 'event/cloud-event-without-data-has-none',
    clauses: ['E3', 'E2'],
    needs: offered('queue'),
    async run(harness) {
      const { data: _, datacontenttype: __, ...sent } = cloudEvent()
      await harness.deliver('queue:jobs', [{ cloudEvent: sent, mode: 'structured' }])
      const [seen] = seenOf(harness, sent.id)
      assert.ok(seen, 'no handler was called')
      assert.deepEqual([seen.id, seen.data, seen.bytes], [sent.id, { $undefined: true }, ''])
    },
  },
  {
    id: 'event/cloud-event-keeps-its-id-when-it-comes-again',
    clauses: ['E3', 'E1'],
    needs: offered('queue'),
    async run(harness) {
      inTurn(harness, { do: 'throw' }, { do: 'resolve' })
      const sent = cloudEvent()
      const record = await deliverOne(harness, 'queue:jobs', { cloudEvent: sent, mode: 'structured' })
      await harness.advance(later)
      assertEnd(current(harness, record), 'acknowledged', 2)
      assert.deepEqual(
        seenOf(harness, sent.id).map(({ id }) => id),
        [sent.id, sent.id],
      )
    },
  },
  {
    id: 'event/message-with-an-id-and-a-type-is-no-cloud-event',
    clauses: ['E3'],
    needs: offered('queue'),
    async run(harness) {
      const data = { tag: newTag(), id: 'mine', type: 'mine', source: 'mine', time: 'mine' }
      const seen = await see(harness, 'queue:jobs', { body: JSON.stringify(data) })
      assert.deepEqual(seen.data, data)
      assert.equal(seen.type, 'queue.message')
      assert.equal(seen.source, 'queue:jobs')
      assert.notEqual(seen.id, 'mine')
    },
  },
  {
    id: 'event/attributes-of-a-message-reach-the-handler',
    clauses: ['E3', 'E15'],
    needs: {
      ...offered('queue'),
      async 'queue.attributes'(harness) {
        const attributes = { tenant: 'acme' }
        const seen = await see(harness, 'queue:jobs', { body: JSON.stringify({ tag: newTag() }), attributes })
        assert.deepEqual(seen.attributes, {})
      },
    },
    async run(harness) {
      const attributes = { tenant: 'acme', locale: 'de-CH' }
      const seen = await see(harness, 'queue:jobs', { body: JSON.stringify({ tag: newTag() }), attributes })
      assert.equal(seen.attributes['tenant'], 'acme')
      assert.equal(seen.attributes['locale'], 'de-CH')
    },
  },
]
