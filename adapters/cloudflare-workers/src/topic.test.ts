import { Reject, topic as define, type Event, type EventContext, type TopicTrigger } from '@isobar/core'
import { afterEach, describe, expect, test, vi } from 'vitest'
import type { Consumer } from './consume.ts'
import { batchOf, consume, producerOf } from './testing/batch.ts'
import { fanOut, topic } from './topic.ts'

afterEach(() => void vi.restoreAllMocks())

function subscriber(
  handler: (event: Event, context: EventContext) => void,
  more: Partial<TopicTrigger> = {},
): Consumer {
  const definition = define({ topic: 'prices', ...more }, handler)
  return topic({ target: 'workers', name: 'index-price', definition, deadLetters: 'QUEUE_DEAD' })
}

/** As the runtime hands over what was sent. */
function arrived([body]: readonly unknown[]): unknown {
  return body instanceof Uint8Array ? body.slice().buffer : body
}

/** What two subscribers of a topic get of what was sent to it, the second one at its second attempt. */
async function throughTopic(body: unknown, more: Partial<TopicTrigger> = {}): Promise<[Event, EventContext][]> {
  const queues = { QUEUE_A: producerOf(), QUEUE_B: producerOf() }
  const { calls } = await consume(fanOut(['QUEUE_A', 'QUEUE_B']), batchOf('prices', [body]), queues)
  expect(calls).toEqual([[['ack']]])
  const seen: [Event, EventContext][] = []
  const own = { timestamp: new Date('2026-03-04T09:00:00Z') }
  for (const [id, attempts, { sent }] of [
    ['a', 1, queues.QUEUE_A],
    ['b', 2, queues.QUEUE_B],
  ] as const) {
    const batch = batchOf(`prices-${id}`, sent.map(arrived), { ...own, id, attempts })
    const ran = await consume(
      subscriber((...given) => void seen.push(given), more),
      batch,
    )
    expect(ran.calls).toEqual([[['ack']]])
  }
  return seen
}

const text = (event: Event | undefined): string => new TextDecoder().decode(event?.bytes())

test('every subscriber gets the message of the topic, as the same plain event (E1)', async () => {
  const seen = await throughTopic({ n: 1 })
  const event = {
    id: 'message-0',
    source: 'topic:prices',
    type: 'topic.message',
    time: '2026-03-04T05:06:07.089Z',
    data: { n: 1 },
    attributes: {},
  }
  expect(seen.map(([given]) => given)).toMatchObject([event, event])
  const enqueuedAt = new Date('2026-03-04T05:06:07.089Z')
  expect(seen.map(([, { delivery }]) => delivery)).toEqual([
    { attempt: 1, enqueuedAt, batch: { index: 0, size: 1 } },
    { attempt: 2, enqueuedAt, batch: { index: 0, size: 1 } },
  ])
})

describe('data and bytes (E2)', () => {
  test.each([
    ['{ "n": 12345678901234567890 }', undefined],
    ['{"id":"x"}\n{"time":"y"}\n', 'text'],
    ['\n', 'text'],
    ['', 'text'],
    ['é😀\u0000', 'text'],
  ] as const)('of the text %j are exact', async (sent, data) => {
    const seen = await throughTopic(sent, data ? { data } : {})
    expect(seen.map(([event]) => text(event))).toEqual([sent, sent])
  })

  test('of bytes are exact, valid UTF-8 or not', async () => {
    const sent = new Uint8Array([0, 10, 255, 10, 128])
    const seen = await throughTopic(sent.buffer, { data: 'bytes' })
    expect(seen.map(([event]) => event.bytes())).toEqual([sent, sent])
  })

  test('of a value are its text', async () => {
    expect((await throughTopic({ a: ['\n', null] })).map(([event]) => text(event))).toEqual([
      '{"a":["\\n",null]}',
      '{"a":["\\n",null]}',
    ])
  })
})

test('a CloudEvent keeps its own id, source and type (E3)', async () => {
  const cloudEvent = { specversion: '1.0', id: 'a1', source: '/shop', type: 'com.example.changed', data: 7 }
  const [first] = await throughTopic(cloudEvent)
  expect(first?.[0]).toMatchObject({ id: 'a1', source: '/shop', type: 'com.example.changed', data: 7 })
})

test('a message grows by one short line, so that nearly all that a topic takes gets through', async () => {
  const queue = producerOf()
  // https://developers.cloudflare.com/queues/platform/limits/: 128 KB of 1000 bytes, and about 100 bytes of its own.
  const body = new Uint8Array(127_800).fill(255).buffer
  await consume(fanOut(['QUEUE_A']), batchOf('prices', [body]), { QUEUE_A: queue })
  const [sent] = queue.sent[0] ?? []
  expect(sent instanceof Uint8Array && sent.byteLength).toBeLessThan(127_900)
})

describe('passing on', () => {
  test('what one subscriber cannot be given comes again, to all; the others of the batch do not', async () => {
    const fine = producerOf()
    const tooLarge = new Error('Payload Too Large')
    const picky = producerOf()
    const env = {
      QUEUE_A: fine,
      QUEUE_B: {
        send: (...message: unknown[]) =>
          String(message[0]).includes('large') ? Promise.reject(tooLarge) : picky.send(...message),
      },
    }
    const { calls, lines } = await consume(fanOut(['QUEUE_A', 'QUEUE_B']), batchOf('prices', ['large', 'small']), env)
    expect(calls).toEqual([[['retry']], [['ack']]])
    expect([fine.sent.length, picky.sent.length]).toEqual([2, 1])
    expect(lines).toMatchObject([
      { level: 'ERROR', fault: 'handler', fields: { event: 'message-0', error: { message: 'Payload Too Large' } } },
    ])
  })

  test('without a binding is a retry, never an ack', async () => {
    const { calls, lines } = await consume(fanOut(['QUEUE_A']), batchOf('prices', ['x']))
    expect(calls).toEqual([[['retry']]])
    expect(JSON.stringify(lines)).toContain('no queue bound as QUEUE_A')
  })

  test('of what no JSON, text or bytes are is a retry', async () => {
    const { calls, lines } = await consume(fanOut(['QUEUE_A']), batchOf('prices', [new Map()]), {
      QUEUE_A: producerOf(),
    })
    expect(calls).toEqual([[['retry']]])
    expect(lines).toMatchObject([{ fields: { error: { name: 'MalformedEventError' } } }])
  })

  test('an empty batch is nothing to do', async () => {
    expect((await consume(fanOut(['QUEUE_A']), batchOf('prices', []))).calls).toEqual([])
  })
})

test('a rejected message lies with the dead in the form in which it can be sent back', async () => {
  const dead = producerOf()
  const refuse = subscriber(() => {
    throw Reject('never')
  })
  const body = '{"id":"m","time":"2026-03-04T05:06:07.089Z"}\n{"n":1}'
  expect((await consume(refuse, batchOf('prices-index-price', [body]), { QUEUE_DEAD: dead })).calls).toEqual([
    [['ack']],
  ])
  expect(dead.sent).toEqual([[body, { contentType: 'text' }]])
})

test.each([['{"n":1}'], ['{"id":1,"time":"x"}\n1'], ['null\n1'], ['no\n1'], [{ id: 'm', time: 'x' }]])(
  '%j, which did not come through the topic, is malformed and comes again (E4)',
  async (body) => {
    const { calls, lines } = await consume(
      subscriber(() => undefined),
      batchOf('prices-index-price', [body]),
    )
    expect(calls).toEqual([[['retry']]])
    expect(lines).toMatchObject([{ fields: { error: { name: 'MalformedEventError' } } }])
  },
)
