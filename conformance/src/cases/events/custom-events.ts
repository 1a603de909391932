import { strict as assert } from 'node:assert'

import type { EventCase } from '../../types.ts'
import { newTag, offered, samples } from './kinds.ts'
import { current, deliverOne, see } from './steps.ts'

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
