import { describe, expect, test } from 'vitest'
import { queue, schedule, stream } from '../../definitions/events.ts'
import { http } from '../../definitions/http.ts'
import { Reject, Retry } from '../../events/outcome.ts'
import { message, runBatch } from '../../testing/events.ts'
import { createEventFunction } from './run-events.ts'

/** A handler that does what its data says. */
const obedient = async (data: unknown): Promise<void> => {
  if (data === 'fail') throw new Error('as told')
  if (data === 'reject') throw Reject('as told')
  if (data === 'later') throw Retry.after(30)
  if (data === 'hang') await new Promise(() => {})
}
const orders = queue({ queue: 'orders', data: 'text' }, ({ data }) => obedient(data))
const texts = (...all: string[]): ReturnType<typeof message>[] => all.map((text) => message(text))

describe('the outcome of a message', () => {
  test('is its own, whatever the others do', async () => {
    const { kinds } = await runBatch(orders, texts('ok', 'fail', 'ok', 'reject', 'later'))
    expect(kinds).toEqual(['ack', 'retry', 'ack', 'reject', 'retry'])
  })

  test('carries the error, the reason and the delay', async () => {
    const { outcomes } = await runBatch(orders, texts('fail', 'reject', 'later'))
    expect(outcomes).toMatchObject([
      { kind: 'retry', error: { message: 'as told' } },
      { kind: 'reject', reason: 'as told' },
      { kind: 'retry', delaySeconds: 30 },
    ])
  })

  test('of an empty batch is none', async () => {
    expect((await runBatch(orders, [])).outcomes).toEqual([])
  })

  test.each([
    ['nothing', undefined],
    ['text', 'as told'],
    ['null', null],
  ])('that throws %s is a retry', async (_, thrown) => {
    const throws = queue({ queue: 'orders', data: 'text' }, () => {
      throw thrown
    })
    const { outcomes } = await runBatch(throws, texts('x'))
    expect(outcomes).toMatchObject([{ kind: 'retry', error: { message: String(thrown) } }])
  })

  test('is told in the log, with the event', async () => {
    const { lines } = await runBatch(orders, texts('fail', 'reject'))
    expect(lines).toMatchObject([
      {
        level: 'ERROR',
        fault: 'handler',
        function: 'f',
        invocationId: 'call-1',
        message: expect.stringContaining('id of fail'),
      },
      { level: 'ERROR', message: expect.stringContaining('id of reject') },
    ])
  })

  test('of a malformed message is a retry, and the handler never sees it', async () => {
    let seen = 0
    const counting = queue('orders', () => void seen++)
    const { outcomes } = await runBatch(counting, [{ id: 'm', malformed: new Error('no body') }])
    expect([outcomes[0], seen]).toMatchObject([{ kind: 'retry', error: { message: 'no body' } }, 0])
  })
})

describe('an effect', () => {
  test('sets the rejected aside, with the reason', async () => {
    const done: unknown[] = []
    await runBatch(orders, texts('ok', 'reject'), {
      reject: ({ id }, index, reason) => void done.push(id, index, reason),
    })
    expect(done).toEqual(['id of reject', 1, 'as told'])
  })

  test('delays, with the seconds', async () => {
    const done: unknown[] = []
    await runBatch(orders, texts('later'), { delay: (_, index, seconds) => void done.push(index, seconds) })
    expect(done).toEqual([0, 30])
  })

  test.each(['reject', 'later'])('that fails is a retry: %s', async (data) => {
    const fails = async (): Promise<void> => {
      throw new Error('endpoint down')
    }
    const { outcomes, lines } = await runBatch(orders, texts(data), { reject: fails, delay: fails })
    expect(outcomes).toMatchObject([{ kind: 'retry', error: { cause: { message: 'endpoint down' } } }])
    expect(outcomes[0]).not.toHaveProperty('delaySeconds')
    expect(JSON.stringify(lines)).toContain('endpoint down')
  })

  test('is waited for before the next message of its partition', async () => {
    const order: string[] = []
    const noting = stream({ stream: 's', data: 'text' }, ({ data }) => {
      order.push(`handled ${data}`)
      return obedient(data)
    })
    await runBatch(noting, texts('reject', 'ok'), {
      ordered: true,
      async reject() {
        await new Promise((resolve) => setTimeout(resolve, 5))
        order.push('set aside')
      },
    })
    expect(order).toEqual(['handled reject', 'set aside', 'handled ok'])
  })
})

describe('an ordered source', () => {
  const keyed = (key: string, text: string): ReturnType<typeof message> =>
    message(text, { id: `${key} ${text}`, delivery: { orderingKey: key } })

  test('stops a partition at its first failure, and leaves the others alone', async () => {
    const { kinds } = await runBatch(
      orders,
      [keyed('a', 'ok'), keyed('b', 'ok'), keyed('a', 'fail'), keyed('b', 'ok'), keyed('a', 'ok')],
      { ordered: true },
    )
    expect(kinds).toEqual(['ack', 'ack', 'retry', 'ack', 'retry'])
  })

  test('whose partition is the batch stops at the first failure, whatever the keys', async () => {
    const batch = [keyed('a', 'ok'), keyed('b', 'reject'), keyed('a', 'fail'), keyed('b', 'ok')]
    const { kinds } = await runBatch(orders, batch, { ordered: true, partition: 'batch' })
    expect(kinds).toEqual(['ack', 'reject', 'retry', 'retry'])
    expect((await runBatch(orders, [], { ordered: true, partition: 'batch' })).outcomes).toEqual([])
  })

  test('goes on behind a message that was set aside', async () => {
    expect((await runBatch(orders, texts('reject', 'ok'), { ordered: true, reject() {} })).kinds).toEqual([
      'reject',
      'ack',
    ])
  })

  test.each([
    [undefined, 1],
    [2, 2],
  ])('runs partitions side by side up to its concurrency: %s', async (concurrency, expected) => {
    let now = 0
    let most = 0
    const watching = queue({ queue: 'q', data: 'text', ...(concurrency && { concurrency }) }, async () => {
      most = Math.max(most, ++now)
      await new Promise((resolve) => setTimeout(resolve, 2))
      now--
    })
    await runBatch(watching, [keyed('a', '1'), keyed('b', '1'), keyed('c', '1'), keyed('a', '2')], { ordered: true })
    expect(most).toBe(expected)
  })
})

test.each([
  [undefined, 10],
  [3, 3],
])('an unordered batch runs side by side up to its concurrency: %s', async (concurrency, expected) => {
  let now = 0
  let most = 0
  const watching = queue({ queue: 'q', data: 'text', ...(concurrency && { concurrency }) }, async () => {
    most = Math.max(most, ++now)
    await new Promise((resolve) => setTimeout(resolve, 2))
    now--
  })
  const { kinds } = await runBatch(
    watching,
    Array.from({ length: 25 }, (_, index) => message(String(index))),
  )
  expect([most, kinds.length, new Set(kinds).size]).toEqual([expected, 25, 1])
})

describe('the deadline', () => {
  test('ends a handler that hangs, and leaves what was not begun for another time', async () => {
    const one = queue({ queue: 'q', data: 'text', concurrency: 1 }, ({ data }) => obedient(data))
    const started = Date.now()
    const { kinds, lines } = await runBatch(one, texts('ok', 'hang', 'ok'), { deadline: started + 100 })
    expect(kinds).toEqual(['ack', 'retry', 'retry'])
    expect(Date.now() - started).toBeLessThan(3000)
    expect(lines.map(({ fault }) => fault)).toEqual(['deadline', 'deadline'])
  })

  test('of the function counts from each event', async () => {
    const short = queue({ queue: 'q', data: 'text', timeoutMs: 40, concurrency: 1 }, ({ data }) => obedient(data))
    expect((await runBatch(short, texts('hang', 'ok'))).kinds).toEqual(['retry', 'ack'])
  })
})

test('waitUntil work is waited for, and its failure changes nothing', async () => {
  let done = false
  const working = queue({ queue: 'q', data: 'text' }, (_, context) => {
    context.waitUntil(
      new Promise((resolve) => setTimeout(resolve, 5)).then(() => {
        done = true
      }),
    )
    context.waitUntil(Promise.reject(new Error('beside')))
  })
  const { kinds, settle, lines } = await runBatch(working, texts('x'))
  expect([kinds, done]).toEqual([['ack'], false])
  await settle()
  expect([done, lines.length]).toEqual([true, 1])
})

test('the context tells the delivery, its place in the batch, and one invocation', async () => {
  const seen: unknown[] = []
  const telling = queue({ queue: 'q', data: 'text' }, (_, { delivery, invocation, function: fn, target }) => {
    seen.push([delivery, invocation.id, fn.name, target])
  })
  await runBatch(telling, [message('a', { delivery: { attempt: 2, orderingKey: 'k' } }), message('b')], {
    id: undefined,
  })
  expect(seen).toEqual([
    [{ attempt: 2, orderingKey: 'k', batch: { index: 0, size: 2 } }, expect.any(String), 'f', 'somewhere'],
    [{ batch: { index: 1, size: 2 } }, expect.any(String), 'f', 'somewhere'],
  ])
  expect(new Set(seen.map((one) => (Array.isArray(one) ? one[1] : ''))).size).toBe(1)
})

test('the invocation has the id of the trace where the platform gives none', async () => {
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
  const seen: string[] = []
  const telling = queue({ queue: 'q', data: 'text' }, (_, { invocation }) => void seen.push(invocation.id))
  await runBatch(telling, texts('a', 'b'), { id: undefined, traceparent })
  expect(seen).toEqual(['0af7651916cd43dd8448eb211c80319c', '0af7651916cd43dd8448eb211c80319c'])
})

test('a function of another kind is refused', () => {
  const input = { target: 't', name: 'f' }
  expect(() => createEventFunction({ ...input, definition: http('/', () => new Response()) }, 'queue')).toThrow(
    'one of http()',
  )
  expect(() => createEventFunction({ ...input, definition: {} }, 'queue')).toThrow('it is none')
  expect(createEventFunction({ ...input, definition: schedule('* * * * *', () => {}) }, 'schedule').source).toBe(
    'schedule:f',
  )
})
