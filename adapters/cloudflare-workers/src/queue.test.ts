import { queue as define, Reject, Retry, type Event, type EventContext, type QueueTrigger } from '@isobar/core'
import { afterEach, describe, expect, test, vi } from 'vitest'
import type { Consumer } from './consume.ts'
import { queues } from './dispatch.ts'
import { native } from './native.ts'
import { queue } from './queue.ts'
import { batchOf, consume, producerOf } from './testing/batch.ts'

afterEach(() => void vi.restoreAllMocks())

type Handler = (event: Event, context: EventContext) => void | Promise<void>

function ship(handler: Handler, more: Partial<QueueTrigger> = {}): Consumer {
  const definition = define({ queue: 'orders', ...more }, handler)
  return queue({ target: 'workers', name: 'ship', definition, deadLetters: 'QUEUE_ORDERS_DEAD' })
}

async function received(body: unknown, more: Partial<QueueTrigger> = {}): Promise<Event> {
  const seen: Event[] = []
  const { calls } = await consume(
    ship((event) => void seen.push(event), more),
    batchOf('orders', [body]),
  )
  expect(calls).toEqual([[['ack']]])
  const [event] = seen
  if (!event) throw new Error('The handler got nothing.')
  return event
}

const text = (event: Event): string => new TextDecoder().decode(event.bytes())

test('a message is an event with its own id and time (E1)', async () => {
  expect(await received({ n: 1 })).toMatchObject({
    specversion: '1.0',
    id: 'message-0',
    source: 'queue:orders',
    type: 'queue.message',
    time: '2026-03-04T05:06:07.089Z',
    data: { n: 1 },
    attributes: {},
  })
})

test('how it came stands in delivery; bindings are on native, strings in env', async () => {
  const contexts: EventContext[] = []
  const batch = batchOf('orders', [1], { attempts: 3 })
  const env = { NAME: 'shop', BUCKET: {} }
  await consume(
    ship((_, context) => void contexts.push(context)),
    batch,
    env,
  )
  const [context] = contexts
  if (!context) throw new Error('The handler got nothing.')
  expect(context.delivery).toEqual({
    attempt: 3,
    enqueuedAt: batch.messages[0]?.timestamp,
    batch: { index: 0, size: 1 },
  })
  expect(context.env).toEqual({ NAME: 'shop' })
  expect(native(context)).toMatchObject({ batch, env })
  // https://developers.cloudflare.com/queues/platform/limits/
  const fifteenMinutes = 15 * 60_000
  expect(context.remainingMs()).toBeGreaterThan(fifteenMinutes - 10_000)
  expect(context.remainingMs()).toBeLessThanOrEqual(fifteenMinutes)
})

describe('data and bytes (E2)', () => {
  test('of text are exact', async () => {
    const event = await received('{ "n": 12345678901234567890 }')
    expect(text(event)).toBe('{ "n": 12345678901234567890 }')
    expect(await received('plain', { data: 'text' })).toMatchObject({ data: 'plain' })
  })

  test('of bytes are exact, valid UTF-8 or not', async () => {
    const sent = new Uint8Array([0, 255, 128])
    const event = await received(sent.buffer, { data: 'bytes' })
    expect(event.data).toEqual(sent)
    expect(event.bytes()).toEqual(sent)
    expect(await received(new TextEncoder().encode('{"n":1}').buffer)).toMatchObject({ data: { n: 1 } })
    expect((await received(sent.subarray(1), { data: 'bytes' })).bytes()).toEqual(new Uint8Array([255, 128]))
  })

  test.each(['{"n":1,"deep":[true,null,"é"]}', 'null', '12', '[]', '{"__proto__":{"x":1}}'])(
    'of a value that was sent as json, %s, are its text',
    async (json) => {
      expect(text(await received(JSON.parse(json)))).toBe(json)
    },
  )
})

test('what was sent as json is a value already, so that its bytes are JSON anew (queue.bytes)', async () => {
  const parsed: unknown = JSON.parse('{ "n": 12345678901234567890 }')
  expect(text(await received(parsed))).toBe('{"n":12345678901234567000}')
})

test('a structured CloudEvent in the body is unwrapped, whatever it was sent as (E3)', async () => {
  const cloudEvent = {
    specversion: '1.0',
    id: 'a1',
    source: '/shop',
    type: 'com.example.placed',
    subject: 'order 7',
    tenant: 'acme',
    data: { n: 1 },
  }
  const json = JSON.stringify(cloudEvent)
  for (const body of [cloudEvent, json, new TextEncoder().encode(json).buffer]) {
    expect(await received(body)).toMatchObject({
      id: 'a1',
      source: '/shop',
      type: 'com.example.placed',
      subject: 'order 7',
      attributes: { tenant: 'acme' },
      data: { n: 1 },
    })
  }
})

describe('outcomes', () => {
  test('each message is told by itself, once, and nothing is thrown', async () => {
    const outcomes: (() => void)[] = [
      () => undefined,
      () => {
        throw new Error('no')
      },
      () => {
        throw Retry.after(30)
      },
      () => {
        throw Retry.after(0.2)
      },
      () => {
        throw Retry.after(1e9)
      },
      () => {
        throw Reject('never')
      },
    ]
    const dead = producerOf()
    const { calls } = await consume(
      ship((event) => outcomes[Number(event.data)]?.()),
      batchOf('orders', [0, 1, 2, 3, 4, 5]),
      { QUEUE_ORDERS_DEAD: dead },
    )
    expect(calls).toEqual([
      [['ack']],
      [['retry']],
      [['retry', { delaySeconds: 30 }]],
      [['retry', { delaySeconds: 1 }]],
      [['retry', { delaySeconds: 43_200 }]],
      [['ack']],
    ])
    expect(dead.sent).toEqual([[5, { contentType: 'json' }]])
  })

  test('an empty batch is nothing to do', async () => {
    expect(
      (
        await consume(
          ship(() => undefined),
          batchOf('orders', []),
        )
      ).calls,
    ).toEqual([])
  })

  test.each([
    ['text', 'plain', 'text'],
    ['bytes', new Uint8Array([0, 255]).buffer, 'bytes'],
    ['json', { n: 1 }, 'json'],
  ])('a rejected message that came as %s lies with the dead as it was sent', async (_, body, contentType) => {
    const dead = producerOf()
    const refuse = ship(
      () => {
        throw Reject('never')
      },
      { data: 'bytes' },
    )
    const { calls } = await consume(refuse, batchOf('orders', [body]), { QUEUE_ORDERS_DEAD: dead })
    expect(calls).toEqual([[['ack']]])
    // The runtime gives a buffer, and takes a view of one: https://github.com/cloudflare/workerd/blob/main/src/workerd/api/queue.c%2B%2B
    const bytes = new Uint8Array([0, 255])
    expect(dead.sent).toEqual([[body instanceof ArrayBuffer ? bytes : body, { contentType }]])
    expect(body instanceof ArrayBuffer && new Uint8Array(body)).toEqual(body instanceof ArrayBuffer && bytes)
  })

  test('data that is not what the trigger says is dead at once', async () => {
    const dead = producerOf()
    const { calls } = await consume(
      ship(() => undefined),
      batchOf('orders', ['{"n"', '{}']),
      { QUEUE_ORDERS_DEAD: dead },
    )
    expect(calls).toEqual([[['ack']], [['ack']]])
    expect(dead.sent).toEqual([['{"n"', { contentType: 'text' }]])
  })

  test.each([
    ['fails', { QUEUE_ORDERS_DEAD: producerOf(new Error('Too Many Requests')) }, 'Too Many Requests'],
    ['has no queue', {}, 'no queue bound as QUEUE_ORDERS_DEAD'],
  ])('a send to the dead that %s is a retry, never an ack', async (_, env, why) => {
    const refuse = ship(() => {
      throw Reject('never')
    })
    const { calls, lines } = await consume(refuse, batchOf('orders', [1]), env)
    expect(calls).toEqual([[['retry']]])
    expect(JSON.stringify(lines)).toContain(why)
  })

  test('work given to waitUntil that fails is logged, and does not fail the batch', async () => {
    const { calls, waits, lines } = await consume(
      ship((_, context) => context.waitUntil(Promise.reject(new Error('late')))),
      batchOf('orders', [1]),
    )
    expect(calls).toEqual([[['ack']]])
    expect(waits).toHaveLength(1)
    await expect(Promise.all(waits)).resolves.toBeDefined()
    expect(lines).toMatchObject([{ level: 'ERROR', message: 'Work given to waitUntil failed.' }])
  })
})

describe('what is unexpected (E4)', () => {
  const cycle: Record<string, unknown> = {}
  cycle['self'] = cycle

  test.each([
    ['a Map', new Map([['a', 1]]), '[object Map]'],
    ['a value with a Date', { at: new Date(0) }, '[object Object]'],
    ['nothing', undefined, '[object Undefined]'],
    ['a number that JSON has not', Infinity, '[object Number]'],
    ['a cycle', cycle, '[object Object]'],
  ])('%s, sent as v8, is a malformed message that comes again alone', async (_, body, name) => {
    const seen: unknown[] = []
    const { calls, lines } = await consume(
      ship((event) => void seen.push(event.data)),
      batchOf('orders', [body, 'true']),
    )
    expect(calls).toEqual([[['retry']], [['ack']]])
    expect(seen).toEqual([true])
    expect(lines).toMatchObject([{ fault: 'handler', fields: { error: { name: 'MalformedEventError' } } }])
    expect(JSON.stringify(lines)).toContain(name)
  })

  test.each(['invoices', 'constructor'])(
    'a batch of the queue %s, which no function has, is an error and settles nothing',
    async (name) => {
      const handler = queues({ orders: ship(() => undefined) })
      const batch = batchOf(name, [1])
      await expect(consume(handler, batch)).rejects.toMatchObject({
        name: 'MalformedEventError',
        message: `A batch of messages of the queue "${name}" came; one of these is expected: orders.`,
      })
      expect(batch.calls).toEqual([[]])
    },
  )

  test('a batch of its own queue goes to the function', async () => {
    expect((await consume(queues({ orders: ship(() => undefined) }), batchOf('orders', [1]))).calls).toEqual([
      [['ack']],
    ])
  })

  test('a definition of another kind is refused at start', () => {
    const definition = { fetch: () => new Response() }
    expect(() => queue({ target: 'workers', name: 'ship', definition, deadLetters: 'D' })).toThrow(TypeError)
  })
})
