import assert from 'node:assert/strict'

import type { Running } from '@isobar/hosts'

import type { Services } from './services.ts'

const day = 86_400_000

/** Walks through `examples/clickstream`; the expected values are what its sources say. */
export async function driveClickstream(running: Running, services: Services): Promise<void> {
  const click = (page: string, second: string): { body: string; orderingKey: string } => ({
    body: JSON.stringify({ page, visitor: 'v-1', at: `2026-05-06T07:08:${second}Z` }),
    orderingKey: 'v-1',
  })
  let failures = 1
  services.answer(({ body }) => {
    if (body.includes('/refused')) return { status: 422 }
    if (!body.includes('/second') || failures === 0) return { status: 200 }
    failures -= 1
    return { status: 503 }
  })
  await running.deliver('stream:clicks', [
    click('/first', '01'),
    click('/second', '02'),
    click('/refused', '03'),
    click('no page', '04'),
    click('/last', '05'),
  ])
  await running.advance(day)
  // A record that was counted may be counted again after a failure behind it: under the same key.
  const counted = new Map<string, string[]>()
  for (const { key = '', body } of services.called) {
    const { page, minute } = JSON.parse(body)
    assert.equal(minute, '2026-05-06T07:08Z')
    counted.set(page, [...(counted.get(page) ?? []), key])
  }
  assert.deepEqual([...counted.keys()], ['/first', '/second', '/refused', '/last'])
  for (const keys of counted.values()) assert.equal(new Set(keys).size, 1, 'the key changed')
  const dead = (await running.deadLetters('stream:clicks')).map(({ body }) => Buffer.from(body).toString())
  assert.equal(dead.filter((body) => body.includes('/refused')).length, 1)
  assert.equal(dead.filter((body) => body.includes('no page')).length, 1)
}
