import { expect, test } from 'vitest'
import { createQueue } from './queue.ts'

test('runs at most so many at a time, in order, and goes on after a failure', async () => {
  const queue = createQueue(2)
  const events: string[] = []
  const gates = [0, 1, 2, 3].map(() => Promise.withResolvers<void>())
  const results = gates.map(({ promise }, index) =>
    queue(async () => {
      events.push(`start ${index}`)
      await promise
      if (index === 0) throw new Error('no')
      return index
    }).catch(() => 'failed'),
  )
  await Promise.resolve()
  expect(events).toEqual(['start 0', 'start 1'])
  gates[0]?.resolve()
  await results[0]
  expect(events).toEqual(['start 0', 'start 1', 'start 2'])
  for (const { resolve } of gates) resolve()
  expect(await Promise.all(results)).toEqual(['failed', 1, 2, 3])
  expect(events.at(-1)).toBe('start 3')
})
