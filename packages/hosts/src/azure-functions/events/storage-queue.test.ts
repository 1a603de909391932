import { expect, test } from 'vitest'

import { decode } from './storage-queue-trigger.ts'
import { attemptTimes, bootEvents, ends } from './testing.ts'

const functions = { ship: 'queue:orders' } as const

/** Throws for a message whose text is in FAIL, as often as it says: `{ text: times }`. */
const failing = (fail: Record<string, number>): string => `
const left = ${JSON.stringify(fail)}
app.storageQueue('ship', { queueName: 'orders', connection: 'C', dataType: 'binary', handler(message, context) {
  const text = message.toString()
  told([text, context.triggerMetadata.dequeueCount])
  if (left[text] > 0) { left[text] -= 1; throw new Error('not yet') }
} })`

test('a message that succeeds is deleted', async () => {
  await using booted = await bootEvents(failing({}), { functions })
  const ids = await booted.running.deliver('queue:orders', [{ body: 'a' }, { body: 'b' }])
  expect(ids).toEqual(booted.running.deliveries().map(({ id }) => id))
  expect(ends(booted)).toEqual(['ack acknowledged', 'ack acknowledged'])
  expect(booted.told()).toEqual([
    ['a', 1],
    ['b', 1],
  ])
  expect(await booted.running.deadLetters('queue:orders')).toEqual([])
  expect(booted.running.doors).toEqual([])
})

test('one that fails is tried five times, each after the visibility timeout, and goes to the poison queue', async () => {
  await using booted = await bootEvents(failing({ a: 9 }), {
    functions,
    host: { extensions: { queues: { visibilityTimeout: '00:00:30' } } },
  })
  await booted.running.deliver('queue:orders', [{ body: 'a' }])
  expect(ends(booted)).toEqual(['retry'])
  await booted.running.advance(60_000)
  expect(ends(booted)).toEqual(['retry retry retry'])
  await booted.running.advance(60_000)
  expect(ends(booted)).toEqual(['retry retry retry retry retry dead-lettered'])
  expect(attemptTimes(booted)).toEqual([[0, 30_000, 60_000, 90_000, 120_000]])
  expect(booted.told()).toEqual([1, 2, 3, 4, 5].map((count) => ['a', count]))
  expect(booted.running.deliveries()[0]?.attempts[0]?.error).toBe('not yet')
  const dead = await booted.running.deadLetters('queue:orders')
  expect(dead.map(({ body }) => Buffer.from(body).toString())).toEqual(['a'])
  expect(await booted.running.deadLetters('queue:orders')).toEqual(dead)
})

test('without a visibility timeout all tries are made at once; maxDequeueCount says how many', async () => {
  await using booted = await bootEvents(failing({ a: 9, b: 1 }), {
    functions,
    host: { extensions: { queues: { maxDequeueCount: 2 } } },
  })
  await booted.running.deliver('queue:orders', [{ body: 'a' }, { body: 'b' }])
  expect(ends(booted)).toEqual(['retry retry dead-lettered', 'retry ack acknowledged'])
  expect(attemptTimes(booted)).toEqual([
    [0, 0],
    [0, 0],
  ])
})

test('a message that is not in the encoding of host.json goes to the poison queue untried', () => {
  const base64 = { messageEncoding: 'base64' as const }
  expect(decode('YQ==', base64)).toEqual(Buffer.from('a'))
  expect(decode(' Y\nQ == ', base64)).toEqual(Buffer.from('a'))
  expect(['YQ', 'YQ=', 'Y-_=', '{"a":1}'].map((text) => decode(text, base64))).toEqual(
    Array.from({ length: 4 }, () => undefined),
  )
  expect(decode('{"a":1}', { messageEncoding: 'none' })).toEqual(Buffer.from('{"a":1}'))
})

test('a message that does not fit is refused, and nothing that was sent with it arrives', async () => {
  await using booted = await bootEvents(failing({}), { functions })
  const send = booted.running.deliver('queue:orders', [{ body: 'a' }, { body: 'x'.repeat(49_153) }])
  await expect(send).rejects.toThrow('takes messages of 65536 bytes')
  expect(booted.running.deliveries()).toEqual([])
  await booted.running.deliver('queue:orders', [{ body: 'x'.repeat(49_152) }])
  expect(ends(booted)).toEqual(['ack acknowledged'])
})

test('with another encoding than its sender has, nothing is decoded', async () => {
  await using booted = await bootEvents(
    `app.storageQueue('ship', { queueName: 'orders', connection: 'C', handler: (message) => told(message) })`,
    { functions, host: { extensions: { queues: { messageEncoding: 'none' } } } },
  )
  await booted.running.deliver('queue:orders', [{ body: 'a' }])
  expect(booted.told()).toEqual(['YQ=='])
})

test('many messages, of which some fail at random, all end as they must', { timeout: 60_000 }, async () => {
  await using booted = await bootEvents(
    `app.storageQueue('ship', { queueName: 'orders', connection: 'C', dataType: 'binary', handler(message, context) {
      const [fails] = message.toString().split(' ')
      if (context.triggerMetadata.dequeueCount <= Number(fails)) throw new Error('not yet')
    } })`,
    { functions, host: { extensions: { queues: { visibilityTimeout: '00:00:10' } } } },
  )
  const fails = Array.from({ length: 300 }, (_, index) => (index * 7) % 6)
  await booted.running.deliver(
    'queue:orders',
    fails.map((count, index) => ({ body: `${count} ${index}` })),
  )
  await booted.running.advance(60_000)
  const expected = fails.map((count) =>
    count < 5 ? `${'retry '.repeat(count)}ack acknowledged` : `${'retry '.repeat(5)}dead-lettered`,
  )
  expect(ends(booted)).toEqual(expected)
  expect(await booted.running.deadLetters('queue:orders')).toHaveLength(fails.filter((count) => count === 5).length)
})
