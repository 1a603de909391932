import assert from 'node:assert/strict'

import type { Running } from '@isobar/hosts'

import type { Services } from './services.ts'

const day = 86_400_000

/** Walks through `examples/order-events`; the expected values are what its sources say. */
export async function driveOrderEvents(running: Running, services: Services): Promise<void> {
  const { called } = services
  const order = (id: string, cents: unknown): { body: string } => ({
    body: JSON.stringify({ id, customer: 'ada@example.org', cents }),
  })

  // One is charged, one is asked to wait and comes again under the same key, one the service refuses, one is invalid.
  let busy = true
  services.answer(({ body }) => {
    if (body.includes('"o-3"')) return { status: 402 }
    if (!body.includes('"o-2"') || !busy) return { status: 201 }
    busy = false
    return { status: 429, headers: { 'retry-after': '60' } }
  })
  await running.deliver('queue:orders', [
    order('o-1', 100),
    order('o-2', 200),
    order('o-3', 300),
    order('o-4', 'a lot'),
    order('o-5', 0),
  ])
  await running.advance(day)
  const charges = called.splice(0).map(({ path, key, body }) => ({ path, key, ...Object(JSON.parse(body)) }))
  assert.deepEqual(charges.map(({ order: id }) => id).toSorted(), ['o-1', 'o-2', 'o-2', 'o-3'])
  assert.ok(charges.every(({ path, currency }) => path === '/charges' && currency === 'EUR'))
  assert.equal(
    new Set(charges.filter(({ order: id }) => id === 'o-2').map(({ key }) => key)).size,
    1,
    'the key changed',
  )
  assert.equal(new Set(charges.map(({ key }) => key)).size, 3)
  const dead = (await running.deadLetters('queue:orders')).map(({ body }) => Buffer.from(body).toString())
  assert.deepEqual(
    ['o-3', 'o-4', 'o-5'].map((id) => dead.filter((body) => body.includes(`"${id}"`)).length),
    [1, 1, 1],
  )

  services.answer(() => ({ status: 200 }))
  const lines = [
    { sku: 'a b', quantity: 2 },
    { sku: 'c', quantity: 1 },
  ]
  await running.deliver('topic:shipments', [
    { body: JSON.stringify({ order: 'o-1', customer: 'ada@example.org', lines }) },
  ])
  await running.advance(day)
  assert.deepEqual(
    called
      .splice(0)
      .map(({ path, body }) => `${path} ${body}`)
      .toSorted(),
    [
      '/items/a%20b {"change":-2}',
      '/items/c {"change":-1}',
      '/messages {"to":"ada@example.org","text":"Your order o-1 is on its way."}',
    ],
  )

  await running.deliver('storage:order-events-receipts', [
    { object: 'created', key: 'receipts/o-1.pdf', size: 1234 },
    { object: 'created', key: 'notes.txt', size: 1 },
    { object: 'deleted', key: 'receipts/o-0.pdf' },
  ])
  await running.advance(day)
  const receipts = called.splice(0).map(({ path, body }) => [path, JSON.parse(body)])
  assert.deepEqual(receipts, [
    ['/receipts', { order: 'o-1', file: 'order-events-receipts/receipts/o-1.pdf', size: 1234 }],
  ])
}
