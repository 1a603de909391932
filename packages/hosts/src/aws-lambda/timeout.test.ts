import { expect, test } from 'vitest'

import { inTime } from './timeout.ts'

test('work that does not come to an end is answered by what stands for it', async () => {
  expect(await inTime(1, 'late', () => new Promise<string>(() => {}))).toBe('late')
})

test('work that is done in time is its own answer', async () => {
  expect(await inTime(60_000, 'late', () => Promise.resolve('done'))).toBe('done')
})

test('work that fails afterwards fails nothing', async () => {
  const work = Promise.withResolvers<string>()
  expect(await inTime(1, 'late', () => work.promise)).toBe('late')
  work.reject(new Error('too late to matter'))
  await expect(work.promise).rejects.toThrow('too late to matter')
})
