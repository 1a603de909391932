import { expect, test } from 'vitest'
import { createClock } from './clock.ts'

const start = Date.UTC(2026, 0, 1)

test('stands still', async () => {
  const clock = createClock(start)
  await new Promise((resolve) => setTimeout(resolve, 5))
  expect(clock.now()).toBe(start)
})

test('does what is due in the order of its times, at its time', async () => {
  const clock = createClock(start)
  const done: [string, number][] = []
  const note = (name: string) => (): void => void done.push([name, clock.now() - start])
  clock.at(start + 2000, note('late'))
  clock.at(start + 1000, note('early'))
  clock.at(start + 3001, note('never'))
  await clock.advance(3000)
  expect(done).toEqual([
    ['early', 1000],
    ['late', 2000],
  ])
  expect(clock.now()).toBe(start + 3000)
})

test('does what becomes due meanwhile', async () => {
  const clock = createClock(start)
  const times: number[] = []
  const tick = (): void => {
    times.push(clock.now() - start)
    clock.at(clock.now() + 1000, tick)
  }
  clock.at(start, tick)
  await clock.advance(2500)
  expect(times).toEqual([0, 1000, 2000])
})

test('waits for what it has begun, and does not wait for one to begin another', async () => {
  const clock = createClock(start)
  const gate = Promise.withResolvers<void>()
  const done: string[] = []
  clock.at(start, async () => {
    await gate.promise
    done.push('waited')
  })
  clock.at(start, () => {
    done.push('beside')
    gate.resolve()
  })
  await clock.settle()
  expect(done).toEqual(['beside', 'waited'])
})

test('forgets what was cancelled', async () => {
  const clock = createClock(start)
  let done = false
  const cancel = clock.at(start + 1, () => void (done = true))
  cancel()
  await clock.advance(10)
  expect(done).toBe(false)
})

test('goes forward only', async () => {
  const clock = createClock(start)
  await clock.advance(new Date(start + 5))
  expect(clock.now()).toBe(start + 5)
  await expect(clock.advance(-1)).rejects.toThrow(RangeError)
  await expect(clock.advance(new Date(start))).rejects.toThrow('only goes forward')
  await expect(clock.advance(Number.NaN)).rejects.toThrow(RangeError)
})

test('gives the error of what failed to whoever waits', async () => {
  const clock = createClock(start)
  clock.at(start, () => {
    throw new Error('broke')
  })
  await expect(clock.settle()).rejects.toThrow('broke')
})
