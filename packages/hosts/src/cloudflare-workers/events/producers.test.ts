import { expect, test } from 'vitest'

import { bootWorker, queueFunction, text, topicFunction, type BootedWorker } from '../testing.ts'
import { outcomes } from './testing.ts'

async function seen(booted: BootedWorker, target = '/'): Promise<unknown> {
  return JSON.parse(text(await booted.door.send({ target })))
}

/** Sends what a request asks for, as code with `env` in scope, and tells how that ended. */
function sending(code: string): string {
  return `
    let seen = []
    export default {
      async fetch(request, env) {
        if (new URL(request.url).pathname === '/seen') return Response.json(seen)
        try {
          return Response.json({ sent: (${code}) ?? null })
        } catch (error) {
          return Response.json({ error: error.message })
        }
      },
      async queue({ messages }) {
        seen.push(messages.map(({ body }) => {
          if (body instanceof ArrayBuffer) return [...new Uint8Array(body)]
          return body instanceof Map ? ['map', ...body] : body
        }))
      },
    }`
}

const configuration = {
  queues: {
    consumers: [{ queue: 'shop-mail' }],
    producers: [
      { binding: 'MAIL', queue: 'shop-mail' },
      { binding: 'SLOW', queue: 'shop-mail', delivery_delay: 60 },
      { binding: 'PARKED', queue: 'shop-mail-parked' },
    ],
  },
}
const functions = [queueFunction('mail', 'mail', 'shop-mail')]

async function bootSender(code: string): Promise<BootedWorker> {
  return bootWorker(sending(code), { functions, configuration })
}

// conformance/fixtures: batch-json-text-bytes-v8, recorded of miniflare.
test('what a binding sends comes to the consumer in the form that was asked for', async () => {
  await using booted = await bootSender(`
    await env.MAIL.send({ n: 1 }),
    await env.MAIL.sendBatch([
      { body: 'plain text', contentType: 'text' },
      { body: Uint8Array.of(0, 255, 3), contentType: 'bytes' },
      { body: new Map([['a', new Date(0)]]), contentType: 'v8' },
    ])`)
  expect(await seen(booted)).toMatchObject({ sent: { metadata: { metrics: { backlogCount: 4 } } } })
  await booted.running.advance(0)
  expect(await seen(booted, '/seen')).toEqual([
    [{ n: 1 }, 'plain text', [0, 255, 3], ['map', ['a', '1970-01-01T00:00:00.000Z']]],
  ])
})

// https://developers.cloudflare.com/queues/configuration/batching-retries/#message-delay-precedence
test('a delay of the send comes before that of the binding', async () => {
  await using booted = await bootSender(`
    await env.SLOW.send('configured'),
    await env.SLOW.send('none', { delaySeconds: 0 }),
    await env.MAIL.send('own', { delaySeconds: 30 })`)
  await seen(booted)
  await booted.running.advance(0)
  expect(await seen(booted, '/seen')).toEqual([['none']])
  await booted.running.advance(30_000)
  expect(await seen(booted, '/seen')).toEqual([['none'], ['own']])
  await booted.running.advance(30_000)
  expect(await seen(booted, '/seen')).toEqual([['none'], ['own'], ['configured']])
})

// https://developers.cloudflare.com/queues/platform/limits/, https://developers.cloudflare.com/queues/reference/error-codes/
test('what is over a limit is refused with the code that is documented', async () => {
  const sends = {
    message: "env.MAIL.send('a'.repeat(128_000), { contentType: 'text' })",
    largeMessage: "env.MAIL.send('a'.repeat(128_001), { contentType: 'text' })",
    messages: 'env.MAIL.sendBatch(Array.from({ length: 100 }, () => ({ body: 1 })))',
    manyMessages: 'env.MAIL.sendBatch(Array.from({ length: 101 }, () => ({ body: 1 })))',
    largeMessages:
      "env.MAIL.sendBatch([80, 90, 90].map((kb) => ({ body: 'a'.repeat(kb * 1000), contentType: 'text' })))",
    delay: 'env.MAIL.send(1, { delaySeconds: 86_400 })',
    longDelay: 'env.MAIL.send(1, { delaySeconds: 86_401 })',
    delays: 'env.MAIL.sendBatch([{ body: 1 }], { delaySeconds: 86_401 })',
  }
  const answers = Object.entries(sends).map(
    ([name, send]) => `${name}: await ${send}.then(() => 'sent', (error) => error.message.match(/\\((\\d+)\\)$/)?.[1])`,
  )
  await using booted = await bootSender(`{ ${answers.join()} }`)
  expect(await seen(booted)).toEqual({
    sent: {
      message: 'sent',
      largeMessage: '10204',
      messages: 'sent',
      manyMessages: '10206',
      largeMessages: '10205',
      delay: 'sent',
      longDelay: '10203',
      delays: '10202',
    },
  })
})

test('while effects are broken every send fails, and nothing has been sent', async () => {
  await using booted = await bootSender("await env.PARKED.send('x')")
  booted.running.breakEffects(true)
  expect(await seen(booted)).toEqual({ error: expect.stringContaining('15000') })
  booted.running.breakEffects(false)
  expect(await booted.running.deadLetters('queue:mail')).toEqual([])
  expect(await seen(booted)).toMatchObject({ sent: {} })
})

test('a queue that is sent to and not consumed is a place for the dead of what it is named after', async () => {
  const source = `
    export default { async queue({ messages }, env) {
      for (const one of messages) {
        await env.PARKED.send(new Uint8Array(one.body), { contentType: 'bytes' })
        one.ack()
      }
    } }`
  await using booted = await bootWorker(source, { functions, configuration })
  await booted.running.deliver('queue:mail', [{ body: Uint8Array.of(1, 0, 255) }])
  const letters = await booted.running.deadLetters('queue:mail')
  expect(letters.map(({ body, attributes }) => [[...body], attributes])).toEqual([[[1, 0, 255], {}]])
})

const fanOut = {
  queues: {
    consumers: ['placed', 'placed--mail', 'placed--stock'].map((queue) => ({
      queue,
      max_retries: 1,
      dead_letter_queue: `${queue}-dead`,
    })),
    producers: [
      { binding: 'MAIL', queue: 'placed--mail' },
      { binding: 'STOCK', queue: 'placed--stock' },
    ],
  },
}
const subscribers = [topicFunction('mail', 'placed'), topicFunction('stock', 'placed')]

/** The body of a topic's queue comes to each function in an envelope that keeps the id. */
function forwarding(fail: string, handle = ''): string {
  return `
    export default { async queue({ queue, messages }, env) {
      for (const one of messages) {
        if (queue !== 'placed') { ${handle}; continue }
        const event = { id: one.id, data: one.body, round: one.attempts }
        await env.MAIL.send(event)
        ${fail}
        await env.STOCK.send(event)
      }
    } }`
}

test('the event of a topic comes to the queue of each function', async () => {
  const source = forwarding('', "if (queue === 'placed--stock' && one.attempts === 1) one.retry()")
  await using booted = await bootWorker(source, { functions: subscribers, configuration: fanOut })
  const [first, second] = await booted.running.deliver('topic:placed', [{ body: '1' }, { body: '2' }])
  await booted.running.advance(5000)
  const records = booted.running.deliveries()
  const all = records.map((one) => [
    one.id,
    one.source,
    one.function,
    one.attempts.map(({ outcome }) => outcome),
    one.end,
  ])
  expect(all).toEqual([
    [`${first}-1`, 'topic:placed', 'mail', ['ack'], 'acknowledged'],
    [`${first}-2`, 'topic:placed', 'stock', ['retry', 'ack'], 'acknowledged'],
    [`${second}-1`, 'topic:placed', 'mail', ['ack'], 'acknowledged'],
    [`${second}-2`, 'topic:placed', 'stock', ['retry', 'ack'], 'acknowledged'],
  ])
})

test.each([
  [1, ['retry', undefined], ['retry', 'ack', undefined], ['retry', 'ack', 'ack', 'acknowledged']],
  [2, ['ack', 'acknowledged'], ['ack', 'retry', undefined], ['ack', 'retry', 'ack', 'acknowledged']],
])('what a fan-out repeats comes twice and is done when both are; %d is slow', async (slow, first, second, last) => {
  const source = forwarding(
    "if (one.attempts === 1) throw new Error('broke')",
    `if (one.body.round === ${slow} && one.attempts === 1) one.retry({ delaySeconds: 60 })`,
  )
  await using booted = await bootWorker(source, { functions: subscribers.slice(0, 1), configuration: fanOut })
  await booted.running.deliver('topic:placed', [{ body: '1' }])
  expect(outcomes(booted)).toEqual([first])
  await booted.running.advance(5000)
  expect(outcomes(booted)).toEqual([second])
  await booted.running.advance(60_000)
  expect(outcomes(booted)).toEqual([last])
})

test('a message that is passed on as it came is told by its body', async () => {
  const source = `
    export default { async queue({ queue, messages }, env) {
      if (queue !== 'placed') return
      for (const one of messages) await env.MAIL.send(one.body)
    } }`
  await using booted = await bootWorker(source, { functions: subscribers.slice(0, 1), configuration: fanOut })
  const cloudEvent = { id: '1', source: '/shop', type: 'placed' }
  const other = { ...cloudEvent, id: '2' }
  const events = [cloudEvent, cloudEvent, other].map((event) => ({ cloudEvent: event, mode: 'binary' as const }))
  await booted.running.deliver('topic:placed', events)
  expect(outcomes(booted)).toEqual(events.map(() => ['ack', 'acknowledged']))
})

test('a fan-out that is given up half way leaves what it had sent as it is', async () => {
  const source = forwarding("throw new Error('broke')")
  const once = source.replace('await env.MAIL', 'if (one.attempts === 1) await env.MAIL')
  await using booted = await bootWorker(once, { functions: subscribers, configuration: fanOut })
  await booted.running.deliver('topic:placed', [{ body: '1' }])
  await booted.running.advance(5000)
  expect(outcomes(booted)).toEqual([['ack', 'acknowledged'], ['dead-lettered']])
})

test('an event that the fan-out gives up ends as the platform left it', async () => {
  const source = forwarding('', '')
  await using booted = await bootWorker(source, { functions: subscribers, configuration: fanOut })
  booted.running.breakEffects(true)
  await booted.running.deliver('topic:placed', [{ body: '{"n":1}' }])
  await booted.running.advance(5000)
  expect(outcomes(booted)).toEqual([['dead-lettered'], ['dead-lettered']])
  expect((await booted.running.deadLetters('topic:placed')).map(text)).toEqual(['{"n":1}'])
})

test('ten thousand messages come through a fan-out', async () => {
  const source = `
    export default { async queue({ queue, messages }, env) {
      if (queue !== 'placed') return
      await env.MAIL.sendBatch(messages.map(({ id, body }) => ({ body: { id, body } })))
    } }`
  await using booted = await bootWorker(source, { functions: subscribers.slice(0, 1), configuration: fanOut })
  await booted.running.deliver(
    'topic:placed',
    Array.from({ length: 10_000 }, (_, index) => ({ body: String(index) })),
  )
  const ends = booted.running.deliveries().map(({ attempts, end }) => `${attempts.length} ${end}`)
  expect(ends).toHaveLength(10_000)
  expect(new Set(ends)).toEqual(new Set(['1 acknowledged']))
})
