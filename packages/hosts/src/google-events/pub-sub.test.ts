import { expect, it } from 'vitest'

import { createClock } from '../events/clock.ts'
import { createPubSub } from './pub-sub.ts'

const topic = 'projects/p/topics/t'
const publishing = { data: Buffer.from('x'), attributes: {} }

it('gives a message to every subscription, with an id of its own', () => {
  const pubSub = createPubSub(createClock())
  pubSub.createTopic(topic)
  const got: [id: string, index: number, of: number][] = []
  const receive = (message: { id: string }, index: number, of: number): void => void got.push([message.id, index, of])
  pubSub.subscribe(topic, { receive })
  pubSub.subscribe(topic, { holdsMs: 1000 })
  pubSub.subscribe(topic, { receive })
  const first = pubSub.publish(topic, publishing)
  const second = pubSub.publish(topic, publishing)
  expect(first.id).not.toBe(second.id)
  expect(got.slice(0, 2)).toEqual([
    [first.id, 0, 2],
    [first.id, 1, 2],
  ])
})

it('keeps what nobody pulls as long as a subscription says, and nothing without one', async () => {
  const clock = createClock(0)
  const pubSub = createPubSub(clock)
  pubSub.createTopic(topic)
  pubSub.publish(topic, publishing)
  expect(pubSub.isHeard(topic)).toBe(false)
  pubSub.subscribe(topic, { holdsMs: 1000 })
  expect(pubSub.kept(topic)).toEqual([])
  pubSub.publish(topic, publishing)
  await clock.advance(999)
  expect(pubSub.kept(topic)).toHaveLength(1)
  await clock.advance(1)
  expect(pubSub.kept(topic)).toEqual([])
})

it('knows no topic that was not made', () => {
  const pubSub = createPubSub(createClock())
  expect(() => pubSub.publish(topic, publishing)).toThrow('There is no topic projects/p/topics/t')
})
