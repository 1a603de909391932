import { expect, test } from 'vitest'

import { bootWorker, text } from '../testing.ts'
import { consumers, numbers, outcomes, recorder, seen, ship } from './testing.ts'

// conformance/fixtures: batch-first-attempt and batch-json-text-bytes-v8, recorded of miniflare.
test('a batch is what workerd makes of it, with identity, time and attempts of the broker', async () => {
  const source = `${recorder}
    export default { fetch: tell, async queue(batch) {
      note([batch.queue, Object.keys(batch.metadata), batch.messages.map((one) => ({
        id: one.id, at: one.timestamp.toISOString(), attempts: one.attempts,
        type: Object.prototype.toString.call(one.body),
        body: one.body instanceof ArrayBuffer ? [...new Uint8Array(one.body)] : one.body,
      }))])
    } }`
  await using booted = await bootWorker(source, { functions: [ship], configuration: consumers() })
  const ids = await booted.running.deliver('queue:orders', [
    { body: '{"n":1}' },
    { body: 'plain text' },
    { body: '"quoted"', contentType: 'text/plain' },
    { body: Uint8Array.of(0, 255, 3) },
    { body: '{"__proto__":{"a":1}}', contentType: 'application/json' },
  ])
  const records = booted.running.deliveries()
  expect(records.map(({ id }) => id)).toEqual(ids)
  expect(ids.every((id) => /^[\da-f]{32}$/.test(id))).toBe(true)
  const at = records[0]?.sentAt.toISOString()
  expect(await seen(booted)).toEqual([
    [
      'shop-orders',
      ['metrics'],
      [
        { id: ids[0], at, attempts: 1, type: '[object Object]', body: { n: 1 } },
        { id: ids[1], at, attempts: 1, type: '[object String]', body: 'plain text' },
        { id: ids[2], at, attempts: 1, type: '[object String]', body: '"quoted"' },
        { id: ids[3], at, attempts: 1, type: '[object ArrayBuffer]', body: [0, 255, 3] },
        { id: ids[4], at, attempts: 1, type: '[object Object]', body: JSON.parse('{"__proto__":{"a":1}}') },
      ],
    ],
  ])
  expect(records[0]).toEqual({
    id: ids[0],
    source: 'queue:orders',
    function: 'ship',
    sentAt: records[0]?.sentAt,
    attempts: [{ at: records[0]?.sentAt, number: 1, outcome: 'ack' }],
    end: 'acknowledged',
  })
})

test('a batch holds ten messages unless the deployment says otherwise', async () => {
  const source = `${recorder}
    export default { fetch: tell, async queue({ messages }) { note(messages.length) } }`
  await using usual = await bootWorker(source, { functions: [ship], configuration: consumers() })
  await usual.running.deliver('queue:orders', numbers(23))
  expect(await seen(usual)).toEqual([10, 10, 3])
  await using small = await bootWorker(source, { functions: [ship], configuration: consumers({ max_batch_size: 2 }) })
  await small.running.deliver('queue:orders', numbers(3))
  expect(await seen(small)).toEqual([2, 1])
})

// https://developers.cloudflare.com/queues/configuration/consumer-concurrency/#how-concurrency-works
test('a backlog is worked off by several invocations, as many as the deployment allows', async () => {
  const source = `
    let running = 0, most = 0
    export default { fetch: () => Response.json(most), async queue() {
      most = Math.max(most, ++running)
      await new Promise((resolve) => setTimeout(resolve, 20))
      running--
    } }`
  const most = async (settings: object): Promise<unknown> => {
    const configuration = consumers({ max_batch_size: 1, ...settings })
    await using booted = await bootWorker(source, { functions: [ship], configuration })
    await booted.running.deliver('queue:orders', numbers(30))
    return await seen(booted)
  }
  expect(await most({ max_concurrency: 1 })).toBe(1)
  expect(await most({ max_concurrency: 3 })).toBe(3)
  expect(await most({})).toBeGreaterThan(3)
})

test('a queue that nobody consumes keeps its messages for four days', async () => {
  await using booted = await bootWorker('export default { async queue() {} }', { functions: [ship] })
  await booted.running.deliver('queue:orders', numbers(1))
  await booted.running.advance(4 * 86_400_000 - 1)
  expect(outcomes(booted)).toEqual([[undefined]])
  await booted.running.advance(1)
  expect(outcomes(booted)).toEqual([['dropped']])
})

test('a worker without the handler fails its batches', async () => {
  const source = "export default { fetch: () => new Response('hi') }"
  await using booted = await bootWorker(source, { functions: [ship], configuration: consumers({ max_retries: 0 }) })
  await booted.running.deliver('queue:orders', numbers(1))
  expect(outcomes(booted)).toEqual([['retry', 'dropped']])
  expect(text(await booted.door.send({}))).toBe('hi')
})

test('a source without a function is refused', async () => {
  await using booted = await bootWorker('export default {}', { functions: [ship], configuration: consumers() })
  await expect(booted.running.deliver('queue:others', [])).rejects.toThrow(
    'No function of this target listens to queue:others',
  )
  await expect(booted.running.deliver('queue:orders', [{ object: 'created', key: 'a' }])).rejects.toThrow(
    'takes messages',
  )
  expect(booted.running.deliveries()).toEqual([])
})

test('a deployment that Cloudflare would refuse is told', async () => {
  const boot = (settings: object): Promise<unknown> =>
    bootWorker('export default {}', { configuration: consumers(settings) })
  await expect(boot({ max_batch_size: 101 })).rejects.toThrow(
    /queues\.consumers\[0\] has "max_batch_size": 101; .*1 to 100/,
  )
  await expect(boot({ queue: '' })).rejects.toThrow('has no "queue"')
  const twice = { queues: { consumers: [{ queue: 'a' }, { queue: 'a' }] } }
  await expect(bootWorker('export default {}', { configuration: twice })).rejects.toThrow('a has two consumers')
})
