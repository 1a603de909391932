import { describe, expect, it } from 'vitest'

import { createClock } from '../events/clock.ts'
import { createRecords } from '../events/records.ts'
import { createSubscription, type DeliveryPolicy, type Failure } from './subscription.ts'

const start = Date.UTC(2026, 0, 1)
const second = 1000

/** A subscription whose endpoint answers as `answers` says for the data of a message, and notes what it got. */
function endpoint(
  policy: Partial<DeliveryPolicy>,
  answer: (data: string, attempt: number) => Failure | Promise<Failure>,
) {
  const clock = createClock(start)
  const records = createRecords(clock)
  const got: [data: string, seconds: number][] = []
  const all: DeliveryPolicy = {
    backoff: { minMs: 10 * second, maxMs: 60 * second },
    retentionMs: 600 * second,
    ordered: false,
    maxAttempts: undefined,
    setAside: () => 'dead-lettered',
    ...policy,
  }
  const subscription = createSubscription({
    clock,
    records,
    policy: all,
    async push({ data }, attempt) {
      const text = Buffer.from(data).toString()
      got.push([text, (clock.now() - start) / second])
      return answer(text, attempt)
    },
  })
  let count = 0
  return {
    clock,
    got,
    records,
    send(data: string, orderingKey?: string) {
      const id = String(++count)
      const message = { id, data: Buffer.from(data), attributes: {}, publishTime: clock.now() }
      subscription.add({
        message: orderingKey === undefined ? message : { ...message, orderingKey },
        record: records.sent('queue:orders', 'ship', id),
      })
    },
  }
}

describe('a push subscription', () => {
  it('holds what is behind a message of its key that failed, and nothing else', async () => {
    const { clock, got, send } = endpoint({ ordered: true }, (data, attempt) =>
      data === 'a1' && attempt < 3 ? 'no' : undefined,
    )
    send('a1', 'a')
    send('a2', 'a')
    send('b1', 'b')
    send('n1')
    await clock.settle()
    expect(got).toEqual([
      ['a1', 0],
      ['b1', 0],
      ['n1', 0],
    ])
    send('a3', 'a')
    await clock.advance(60 * second)
    expect(got.slice(3)).toEqual([
      ['a1', 10],
      ['a1', 30],
      ['a2', 30],
      ['a3', 30],
    ])
  })

  it('keeps no order without message ordering', async () => {
    const { clock, got, send } = endpoint({}, (data, attempt) => (data === 'a1' && attempt === 1 ? 'no' : undefined))
    send('a1', 'a')
    send('a2', 'a')
    await clock.advance(60 * second)
    expect(got).toEqual([
      ['a1', 0],
      ['a2', 0],
      ['a1', 10],
    ])
  })

  it('lets the next of a key go when one is set aside or expires', async () => {
    const { clock, got, send, records } = endpoint({ ordered: true, maxAttempts: 2 }, (data) =>
      data === 'a1' ? 'no' : undefined,
    )
    send('a1', 'a')
    send('a2', 'a')
    await clock.advance(60 * second)
    expect(got).toEqual([
      ['a1', 0],
      ['a1', 10],
      ['a2', 10],
    ])
    expect(records.all().map(({ end }) => end)).toEqual(['dead-lettered', 'acknowledged'])
  })

  it('drops at the end of its retention what never succeeded', async () => {
    const { clock, got, send, records } = endpoint({ retentionMs: 25 * second }, () => 'no')
    send('x')
    await clock.advance(24 * second)
    expect(records.all()[0]?.end).toBeUndefined()
    await clock.advance(second)
    expect(records.all()[0]?.end).toBe('dropped')
    await clock.advance(600 * second)
    expect(got).toEqual([
      ['x', 0],
      ['x', 10],
    ])
  })

  it('waits no longer than the greatest backoff', async () => {
    const { clock, got, send } = endpoint({ backoff: { minMs: second, maxMs: 3 * second } }, () => 'no')
    send('x')
    await clock.advance(10 * second)
    expect(got.map(([, at]) => at)).toEqual([0, 1, 3, 6, 9])
  })

  it('without a retry policy, or with one of no delay, backs off as push does', async () => {
    for (const backoff of [undefined, { minMs: 0, maxMs: 0 }]) {
      const { clock, got, send } = endpoint({ backoff, retentionMs: 24 * 3600 * second }, () => 'no')
      send('x')
      await clock.advance(2 * second)
      expect(got.map(([, at]) => at)).toEqual([0, 0.1, 0.3, 0.7, 1.5])
      await clock.advance(3600 * second)
      const times = got.map(([, at]) => at)
      expect((times.at(-1) ?? 0) - (times.at(-2) ?? 0)).toBe(60)
    }
  })

  it('has no more than twenty requests outstanding', async () => {
    let outstanding = 0
    let most = 0
    const { clock, send, records } = endpoint({}, async () => {
      outstanding += 1
      most = Math.max(most, outstanding)
      await new Promise((resolve) => setImmediate(resolve))
      outstanding -= 1
      return undefined
    })
    for (let count = 0; count < 1000; count += 1) send('x')
    await clock.settle()
    expect(most).toBe(20)
    expect(records.all().every(({ end }) => end === 'acknowledged')).toBe(true)
  })
})
