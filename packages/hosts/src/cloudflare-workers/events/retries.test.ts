import { expect, test } from 'vitest'

import { bootWorker, eventually, text } from '../testing.ts'
import { consumers, numbers, outcomes, recorder, seen, ship } from './testing.ts'

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

// As miniflare has it: https://github.com/cloudflare/workers-sdk/blob/main/packages/miniflare/src/workers/queues/broker.worker.ts
test('a dead-letter queue is a queue like any other, where a message keeps its id and its time', async () => {
  const source = `${recorder}
    export default { fetch: tell, async queue({ queue, messages }) {
      for (const { id, timestamp, attempts } of messages) note([queue, id, timestamp.toISOString(), attempts])
      if (queue === 'shop-orders') messages[0].retry()
    } }`
  const failing = { queue: 'shop-orders', max_retries: 1, dead_letter_queue: 'dead' }
  const configuration = { queues: { consumers: [failing, { queue: 'dead' }] } }
  await using booted = await bootWorker(source, { functions: [ship], configuration })
  const [id] = await booted.running.deliver('queue:orders', numbers(1))
  await booted.running.advance(5000)
  const at = booted.running.deliveries()[0]?.sentAt.toISOString()
  expect(await seen(booted)).toEqual([
    ['shop-orders', id, at, 1],
    ['shop-orders', id, at, 2],
    ['dead', id, at, 1],
  ])
})

test('without a dead-letter queue a message that cannot be handled is deleted', async () => {
  const source = 'export default { async queue(batch) { batch.retryAll() } }'
  await using booted = await bootWorker(source, { functions: [ship], configuration: consumers({ max_retries: 1 }) })
  await booted.running.deliver('queue:orders', numbers(1))
  await booted.running.advance(5000)
  expect(outcomes(booted)).toEqual([['retry', 'retry', 'dropped']])
  expect(await booted.running.deadLetters('queue:orders')).toEqual([])
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
