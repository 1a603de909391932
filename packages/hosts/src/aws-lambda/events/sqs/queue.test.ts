import { expect, test } from 'vitest'

import { createClock } from '../../../events/clock.ts'
import { createSqsQueue, type QueueSettings, type SqsQueue } from './queue.ts'

const clock = createClock(Date.UTC(2026, 0, 1))

function make(name: string, settings: Partial<QueueSettings> = {}): SqsQueue {
  return createSqsQueue(clock, name, `arn:aws:sqs:us-east-1:123456789012:${name}`, { fifo: false, ...settings })
}

let sent = 0
const send = (queue: SqsQueue, body: string, groupId?: string): unknown =>
  queue.send({ body, attributes: {}, groupId, ...(groupId !== undefined && { deduplicationId: `d${(sent += 1)}` }) })

const bodies = (messages: { body: string }[]): string[] => messages.map(({ body }) => body)

test('messages of a group wait while one of it is in flight', async () => {
  const queue = make('a.fifo', { fifo: true })
  for (const [body, group] of ['a1', 'b1', 'a2', 'a3', 'b2'].map((one) => [one, one.slice(0, 1)] as const))
    send(queue, body, group)
  const first = queue.receive(2)
  expect(bodies(first)).toEqual(['a1', 'a2'])
  expect(bodies(queue.receive(10))).toEqual(['b1', 'b2'])
  expect(queue.receive(10)).toEqual([])
  queue.delete(first[1]?.receiptHandle ?? '')
  expect(queue.receive(10)).toEqual([])
  await clock.advance(30_000)
  // The one that was not deleted comes first again, and those behind it follow.
  expect(bodies(queue.receive(2))).toEqual(['a1', 'a3'])
})

test('a message that is received too often goes to the dead-letter queue, and its group goes on', async () => {
  const dead = make('dead.fifo', { fifo: true })
  const queue = make('b.fifo', { fifo: true, redrive: { queue: dead, maxReceiveCount: 1 } })
  send(queue, 'a1', 'a')
  send(queue, 'a2', 'a')
  expect(bodies(queue.receive(1))).toEqual(['a1'])
  await clock.advance(30_000)
  expect(bodies(queue.receive(1))).toEqual(['a2'])
  expect(dead.receive(10)).toMatchObject([
    { body: 'a1', groupId: 'a', deadLetterSourceArn: queue.arn, receiveCount: 2 },
  ])
})

test('retention counts from the first queue', async () => {
  const dead = make('dead', { retention: 100 })
  const queue = make('c', { redrive: { queue: dead, maxReceiveCount: 1 } })
  send(queue, 'one')
  queue.receive(1)
  await clock.advance(60_000)
  expect(queue.receive(1)).toEqual([])
  expect(bodies(dead.messages())).toEqual(['one'])
  await clock.advance(39_999)
  expect(bodies(dead.messages())).toEqual(['one'])
  await clock.advance(1)
  expect(dead.messages()).toEqual([])
})

test('a handle is of the last receive', async () => {
  const queue = make('d')
  send(queue, 'one')
  const [first] = queue.receive(1)
  const old = first?.receiptHandle ?? ''
  await clock.advance(30_000)
  queue.receive(1)
  expect(queue.delete(old)).toBe(false)
  expect(queue.messages()).toHaveLength(1)
})
