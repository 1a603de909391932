import { samplePlan, sampleEvents } from '@isobar/compiler/testing'
import type { PlannedEvent } from '@isobar/compiler'
import type { QueueTrigger } from '@isobar/core'
import { expect, test } from 'vitest'
import { cloudflareWorkers } from '../build.ts'
import { configOf, emit, textOf } from '../testing/emitted.ts'

const { queue: ship } = sampleEvents

const named = (physical: string): PlannedEvent => ({ ...ship, resource: { logical: 'orders', physical } })

test('a queue is consumed under the limits of the platform, with a queue for the dead', () => {
  expect(configOf(emit([ship]), 'wrangler.jsonc')).toMatchObject({
    name: 'shop',
    queues: {
      consumers: [
        {
          queue: 'orders',
          // https://developers.cloudflare.com/queues/configuration/configure-queues/: the defaults.
          max_batch_size: 10,
          max_batch_timeout: 5,
          max_retries: 3,
          dead_letter_queue: 'orders-dead',
        },
      ],
      producers: [{ binding: 'QUEUE_ORDERS_DEAD', queue: 'orders-dead' }],
    },
  })
})

test('the shim gives the queue to its function, in the one Worker that serves http too', () => {
  const { entries } = emit([ship])
  expect(entries[0]).toMatchObject({ file: 'worker.mjs', functions: ['get-order', 'ship'] })
  expect(entries[0]?.source).toBe(
    [
      "import { load, queue, queues, worker } from '@isobar/cloudflare-workers'",
      '',
      "const orders = await load('functions/orders.ts', () => import('../../../functions/orders.ts'))",
      "const events = await load('functions/events.ts', () => import('../../../functions/events.ts'))",
      '',
      'export default worker({',
      '  target: "cloudflare-workers",',
      "  functions: { 'get-order': orders.getOrder },",
      '  events: {',
      '    queue: queues({',
      "      'orders': queue({ target: 'cloudflare-workers', name: 'ship', definition: events.ship, deadLetters: 'QUEUE_ORDERS_DEAD' }),",
      '    }),',
      '  },',
      '})',
      '',
    ].join('\n'),
  )
})

test('without a shared http function the Worker has no fetch', () => {
  const plan = samplePlan('cloudflare-workers', [ship])
  const alone = { ...plan, http: plan.http.filter(({ folder }) => folder !== '') }
  const emitted = cloudflareWorkers().emit(alone)
  expect(emitted.entries.map(({ file, functions }) => [file, functions])).toEqual([
    ['worker.mjs', ['ship']],
    ['report/worker.mjs', ['report']],
  ])
  expect(emitted.entries[0]?.source).toContain('export default eventWorker({\n  queue: queues({')
  expect(configOf(emitted, 'wrangler.jsonc')).toMatchObject({ name: 'shop', queues: {} })
  expect(textOf(emitted, 'report/wrangler.jsonc')).not.toContain('queues')
})

test.each<[Partial<QueueTrigger>, object]>([
  [
    { batchSize: 100, maxAttempts: 1 },
    { max_batch_size: 100, max_retries: 0 },
  ],
  [{ maxAttempts: 101 }, { max_batch_size: 10, max_retries: 100 }],
])('%j are settings of the consumer', (options, expected) => {
  const emitted = emit([{ ...ship, trigger: { queue: 'orders', ...options } }])
  expect(configOf(emitted, 'wrangler.jsonc')).toMatchObject({ queues: { consumers: [expected] } })
  expect(emitted.diagnostics).toEqual([])
})

test('what is over a limit is lowered to it, and told', () => {
  const emitted = emit([{ ...ship, trigger: { queue: 'orders', batchSize: 101, maxAttempts: 102 } }])
  expect(configOf(emitted, 'wrangler.jsonc')).toMatchObject({
    queues: { consumers: [{ max_batch_size: 100, max_retries: 100 }] },
  })
  expect(emitted.diagnostics).toMatchObject([
    {
      id: 'cloudflare-queue-limit',
      severity: 'warning',
      function: 'ship',
      text: expect.stringContaining('batchSize 101, of which 100'),
    },
    {
      id: 'cloudflare-queue-limit',
      severity: 'warning',
      function: 'ship',
      text: expect.stringContaining('maxAttempts 102, of which 101'),
    },
  ])
})

test.each(['Orders', 'or_ders', '-orders', 'o'.repeat(59), ''])(
  '%s cannot name a queue and that of its dead',
  (name) => {
    expect(emit([named(name)]).diagnostics).toMatchObject([
      {
        id: 'cloudflare-queue-name',
        severity: 'error',
        function: 'ship',
        location: { file: 'functions/events.ts', line: 3 },
        notes: [expect.stringContaining("'queue:orders': { 'cloudflare-workers'"), expect.any(String)],
      },
    ])
  },
)

test('the longest name is one', () => {
  expect(emit([named('o'.repeat(58))]).diagnostics).toEqual([])
})

test('a queue has one consumer', () => {
  const other: PlannedEvent = { ...ship, name: 'bill', resource: { logical: 'invoices', physical: 'orders' } }
  expect(emit([ship, other]).diagnostics).toMatchObject([
    { id: 'cloudflare-queue-clash', severity: 'error', function: 'bill', text: expect.stringContaining("'ship'") },
  ])
})
