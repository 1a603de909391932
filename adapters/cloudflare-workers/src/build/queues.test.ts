import { samplePlan, sampleEvents } from '@isobar/compiler/testing'
import type { PlannedEvent } from '@isobar/compiler'
import type { QueueTrigger } from '@isobar/core'
import { expect, test } from 'vitest'
import { cloudflareWorkers } from '../build.ts'
import { configOf, emit, textOf } from '../testing/emitted.ts'

const { queue: ship, schedule: nightly, storage: thumbnail, topic: indexPrice } = sampleEvents

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
      'export default {',
      '  ...worker({',
      '    target: "cloudflare-workers",',
      "    functions: { 'get-order': orders.getOrder },",
      '  }),',
      '  queue: queues({',
      "    'orders': queue({ target: 'cloudflare-workers', name: 'ship', definition: events.ship, deadLetters: 'QUEUE_ORDERS_DEAD' }),",
      '  }),',
      '}',
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
      text: expect.stringContaining('batchSize: 101, but Cloudflare Queues gives 100'),
    },
    {
      id: 'cloudflare-queue-limit',
      severity: 'warning',
      function: 'ship',
      text: expect.stringContaining('maxAttempts: 102, but Cloudflare Queues gives 101'),
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

test('a topic is a queue of its own, passed on to a queue for each function', () => {
  const second: PlannedEvent = { ...indexPrice, name: 'warn', trigger: { topic: 'prices', maxAttempts: 2 } }
  const emitted = emit([indexPrice, second])
  const limits = { max_batch_size: 10, max_batch_timeout: 5, max_retries: 3 }
  expect(configOf(emitted, 'wrangler.jsonc')).toMatchObject({
    queues: {
      consumers: [
        {
          queue: 'prices',
          max_batch_size: 10,
          max_batch_timeout: 0,
          max_retries: 100,
          retry_delay: 30,
          dead_letter_queue: 'prices-dead',
        },
        { queue: 'prices-index-price', ...limits, dead_letter_queue: 'prices-index-price-dead' },
        { queue: 'prices-warn', ...limits, max_retries: 1, dead_letter_queue: 'prices-warn-dead' },
      ],
      producers: [
        { binding: 'QUEUE_PRICES_INDEX_PRICE', queue: 'prices-index-price' },
        { binding: 'QUEUE_PRICES_WARN', queue: 'prices-warn' },
        { binding: 'QUEUE_PRICES_INDEX_PRICE_DEAD', queue: 'prices-index-price-dead' },
        { binding: 'QUEUE_PRICES_WARN_DEAD', queue: 'prices-warn-dead' },
      ],
    },
  })
  expect(emitted.entries[0]?.source).toContain("'prices': fanOut(['QUEUE_PRICES_INDEX_PRICE', 'QUEUE_PRICES_WARN']),")
  expect(emitted.entries[0]?.source).toMatch(/'prices-warn': topic\(\{.*name: 'warn',.*'QUEUE_PRICES_WARN_DEAD' \}\)/)
  expect(emitted.entries[0]?.functions).toEqual(['get-order', 'index-price', 'warn'])
  expect(emitted.diagnostics).toEqual([])
})

test('a topic by the name of a queue would take its messages', () => {
  const orders: PlannedEvent = { ...indexPrice, resource: { logical: 'prices', physical: 'orders' } }
  expect(emit([ship, orders]).diagnostics).toMatchObject([{ id: 'cloudflare-queue-clash', severity: 'error' }])
})

test('a bucket notifies a queue for each function, by a rule of what it asks for', () => {
  const created: PlannedEvent = { ...thumbnail, name: 'scan', trigger: { bucket: 'uploads', on: 'created' } }
  const deleted: PlannedEvent = { ...thumbnail, name: 'forget', trigger: { bucket: 'uploads', on: 'deleted' } }
  const emitted = emit([thumbnail, created, deleted])
  expect(configOf(emitted, 'wrangler.jsonc')).toMatchObject({
    queues: { consumers: [{ queue: 'uploads-thumbnail' }, { queue: 'uploads-scan' }, { queue: 'uploads-forget' }] },
  })
  expect(emitted.entries[0]?.source).toMatch(/'uploads-thumbnail': storage\(\{.*definition: events.thumbnail,/)
  // https://developers.cloudflare.com/r2/buckets/event-notifications/
  expect(
    textOf(emitted, 'setup.sh')
      .split('\n')
      .filter((line) => line.startsWith('npx')),
  ).toEqual([
    'npx wrangler queues create uploads-thumbnail',
    'npx wrangler queues create uploads-thumbnail-dead',
    'npx wrangler queues create uploads-scan',
    'npx wrangler queues create uploads-scan-dead',
    'npx wrangler queues create uploads-forget',
    'npx wrangler queues create uploads-forget-dead',
    'npx wrangler r2 bucket notification create uploads --event-type object-create object-delete --queue uploads-thumbnail',
    'npx wrangler r2 bucket notification create uploads --event-type object-create --queue uploads-scan',
    'npx wrangler r2 bucket notification create uploads --event-type object-delete --queue uploads-forget',
  ])
})

test('a queue of the dead may be a queue of another function', () => {
  const bury: PlannedEvent = {
    ...ship,
    name: 'bury',
    trigger: { queue: 'dead' },
    resource: { logical: 'dead', physical: 'orders-dead' },
  }
  const emitted = emit([ship, bury])
  expect(emitted.diagnostics).toEqual([])
  expect(textOf(emitted, 'setup.sh').match(/create orders-dead$/gm)).toHaveLength(1)
})

test('what needs nothing created has no script', () => {
  expect(emit([nightly]).files.map(({ path }) => path)).not.toContain('setup.sh')
  const many = Array.from({ length: 6 }, (_, hour): PlannedEvent => ({
    ...nightly,
    name: `at-${hour}`,
    cron: { ...nightly.cron, hour: [hour] },
  }))
  expect(textOf(emit(many), 'setup.sh')).toContain(
    '# Its 6 cron triggers are more than the 5 of an account on the Free plan',
  )
})
