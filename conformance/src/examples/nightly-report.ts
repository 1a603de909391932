import assert from 'node:assert/strict'

import type { Running } from '@isobar/hosts'

import type { Services } from './services.ts'

const hour = 3_600_000

/** Walks through `examples/nightly-report`; the expected values are what its sources say. */
export async function driveNightlyReport(running: Running, services: Services): Promise<void> {
  const sales = [
    { sku: 'baro,meter', quantity: 2, cents: 12_345 },
    { sku: 'chart "A"', quantity: 1, cents: 500 },
  ]
  services.answer(({ method }) => (method === 'GET' ? { status: 200, body: JSON.stringify(sales) } : { status: 201 }))
  for (let hours = 0; hours < 25 && services.called.length < 2; hours++) await running.advance(hour)
  const [asked, written, ...others] = services.called
  assert.equal(others.length, 0)
  const day = /^\/sales\?day=(\d{4}-\d\d-\d\d)$/.exec(asked?.path ?? '')?.[1]
  const [record] = running.deliveries()
  assert.ok(record)
  // The tick is at half past two; the report is of the day before.
  assert.equal(day, new Date(record.sentAt.getTime() - 24 * hour).toISOString().slice(0, 10))
  assert.deepEqual([written?.method, written?.path], ['PUT', `/sales-${day}.csv`])
  assert.equal(written?.body, 'sku,quantity,amount\r\n"baro,meter",2,123.45\r\n"chart ""A""",1,5.00\r\n')
  assert.equal(record.end, 'acknowledged')
}
