import { expect, test } from 'vitest'

import { bootWorker, eventually, queueFunction, text, type BootedWorker } from '../testing.ts'

/** What a worker of these tests has seen, which it tells at its front door. */
const recorder = `
  let seen = []
  const note = (value) => void seen.push(value)
  const tell = () => Response.json(seen)
`
const ship = queueFunction('ship', 'orders', 'shop-orders')

function consumers(settings: object = {}, producers: object[] = []): { queues: object } {
  return { queues: { consumers: [{ queue: 'shop-orders', ...settings }], producers } }
}

async function seen(booted: BootedWorker): Promise<unknown> {
  return JSON.parse(text(await booted.door.send({})))
}

function numbers(count: number): { body: string }[] {
  return Array.from({ length: count }, (_, index) => ({ body: String(index) }))
}

function outcomes(booted: BootedWorker): (string | undefined)[][] {
  return booted.running.deliveries().map(({ attempts, end }) => [...attempts.map(({ outcome }) => outcome), end])
}

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

// https://developers.cloudflare.com/queues/configuration/batching-retries/#explicit-acknowledgement-and-retries
test('a handler that throws has all retried but what it acknowledged', async () => {
  const source = `${recorder}
    export default { fetch: tell, async queue({ messages }) {
      note(messages.map(({ body, attempts }) => [body, attempts]))
      if (messages.length === 1) return
      messages[0].ack()
      messages[1].ack()
      if (messages.length > 2) throw new Error('broke')
    } }`
  await using booted = await bootWorker(source, { functions: [ship], configuration: consumers({ retry_delay: 5 }) })
  await booted.running.deliver('queue:orders', numbers(4))
  expect(outcomes(booted)).toEqual([
    ['ack', 'acknowledged'],
    ['ack', 'acknowledged'],
    ['retry', undefined],
    ['retry', undefined],
  ])
  expect(booted.running.deliveries()[2]?.attempts[0]?.error).toContain('exception')
  await booted.running.advance(5000)
  expect(await seen(booted)).toEqual([
    [
      [0, 1],
      [1, 1],
      [2, 1],
      [3, 1],
    ],
    [
      [2, 2],
      [3, 2],
    ],
  ])
  expect(outcomes(booted)[3]).toEqual(['retry', 'ack', 'acknowledged'])
})

test('what is called first on a message holds, and holds against what is called on the batch', async () => {
  const source = `
    export default { async queue(batch) {
      const [a, b, c, d] = batch.messages
      if (batch.messages.length < 4) return batch.ackAll()
      a.retry()
      a.ack()
      b.ack()
      b.retry()
      c.ack()
      batch.retryAll({ delaySeconds: 60 })
    } }`
  await using booted = await bootWorker(source, { functions: [ship], configuration: consumers() })
  await booted.running.deliver('queue:orders', numbers(4))
  expect(outcomes(booted)).toEqual([
    ['retry', undefined],
    ['ack', 'acknowledged'],
    ['ack', 'acknowledged'],
    ['retry', undefined],
  ])
  await booted.running.advance(5000)
  expect(outcomes(booted).slice(2)).toEqual([
    ['ack', 'acknowledged'],
    ['retry', undefined],
  ])
  expect(outcomes(booted)[0]).toEqual(['retry', 'ack', 'acknowledged'])
  await booted.running.advance(55_000)
  expect(outcomes(booted)[3]).toEqual(['retry', 'ack', 'acknowledged'])
})

test('a promise that is left to the runtime and rejects fails the batch', async () => {
  const source = "export default { async queue(batch, env, ctx) { ctx.waitUntil(Promise.reject(new Error('late'))) } }"
  await using booted = await bootWorker(source, { functions: [ship], configuration: consumers({ max_retries: 0 }) })
  await booted.running.deliver('queue:orders', numbers(1))
  expect(outcomes(booted)).toEqual([['retry', 'dropped']])
})

// https://developers.cloudflare.com/queues/configuration/batching-retries/#message-delay-precedence
test('a retry waits for as long as it says, else as the deployment says', async () => {
  const source = `
    export default { async queue({ messages }) {
      for (const one of messages) {
        if (one.attempts > 1) one.ack()
        else if (one.body === 'own') one.retry({ delaySeconds: 7 })
        else if (one.body === 'none') one.retry({ delaySeconds: 0 })
        else one.retry()
      }
    } }`
  await using booted = await bootWorker(source, { functions: [ship], configuration: consumers({ retry_delay: 30 }) })
  await booted.running.deliver('queue:orders', [{ body: 'own' }, { body: 'none' }, { body: 'configured' }])
  await booted.running.advance(60_000)
  const waits = booted.running.deliveries().map(({ sentAt, attempts }) => Number(attempts[1]?.at) - Number(sentAt))
  // The next batch may wait for five seconds: https://developers.cloudflare.com/queues/configuration/batching-retries/#batching
  expect(waits).toEqual([7000, 5000, 30_000])
})

test('a batch that need not wait brings a retry at once', async () => {
  const source = 'export default { async queue({ messages }) { if (messages[0].attempts < 3) messages[0].retry() } }'
  await using booted = await bootWorker(source, {
    functions: [ship],
    configuration: consumers({ max_batch_timeout: 0 }),
  })
  await booted.running.deliver('queue:orders', numbers(1))
  expect(outcomes(booted)).toEqual([['retry', 'retry', 'ack', 'acknowledged']])
})

test('the fourth failure is the last, and the message lies in the dead-letter queue', async () => {
  const source = 'export default { async queue(batch) { batch.retryAll() } }'
  const configuration = consumers({ dead_letter_queue: 'shop-orders-dead' })
  await using booted = await bootWorker(source, { functions: [ship], configuration })
  await booted.running.deliver('queue:orders', [{ body: '{"n":1}' }])
  await booted.running.advance(15_000)
  expect(outcomes(booted)).toEqual([['retry', 'retry', 'retry', 'retry', 'dead-lettered']])
  const letters = await booted.running.deadLetters('queue:orders')
  expect(letters.map(text)).toEqual(['{"n":1}'])
  // https://developers.cloudflare.com/queues/configuration/dead-letter-queues/: they are kept for four days.
  await booted.running.advance(4 * 86_400_000 - 1)
  expect(await booted.running.deadLetters('queue:orders')).toHaveLength(1)
  await booted.running.advance(1)
  expect(await booted.running.deadLetters('queue:orders')).toEqual([])
})

test('without a dead-letter queue a message that cannot be handled is deleted', async () => {
  const source = 'export default { async queue(batch) { batch.retryAll() } }'
  await using booted = await bootWorker(source, { functions: [ship], configuration: consumers({ max_retries: 1 }) })
  await booted.running.deliver('queue:orders', numbers(1))
  await booted.running.advance(5000)
  expect(outcomes(booted)).toEqual([['retry', 'retry', 'dropped']])
  expect(await booted.running.deadLetters('queue:orders')).toEqual([])
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

test('what runs when the runtime is killed comes again', async () => {
  const source = `${recorder}
    export default { fetch: tell, async queue({ messages }) {
      if (messages[0].attempts > 1) return
      note('begun')
      await new Promise((resolve) => setTimeout(resolve, 600_000))
    } }`
  await using booted = await bootWorker(source, { functions: [ship], configuration: consumers() })
  const delivered = booted.running.deliver('queue:orders', numbers(2))
  await eventually(async () => expect(await seen(booted)).toEqual(['begun']))
  await booted.running.kill()
  await delivered
  await booted.running.advance(5000)
  expect(outcomes(booted)).toEqual([
    ['retry', 'ack', 'acknowledged'],
    ['retry', 'ack', 'acknowledged'],
  ])
  expect(await seen(booted)).toEqual([])
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
