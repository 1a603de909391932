import { expect, test } from 'vitest'

import { bootEvents, ends } from './testing.ts'
import { timerSchedule } from './timer-schedule.ts'

const functions = { report: 'schedule:report' } as const

test('a timer fires at the times of its schedule, in UTC', async () => {
  await using booted = await bootEvents(
    `app.timer('report', { schedule: '0 */5 * * * *', handler: (timer) => told(timer) })`,
    { functions },
  )
  await booted.running.advance(11 * 60_000)
  const times = booted.running.deliveries().map(({ sentAt }) => sentAt.toISOString())
  expect(times.length).toBeGreaterThanOrEqual(2)
  for (const time of times) expect(time).toMatch(/:[0-5][05]:00\.000Z$/)
  const at = (index: number): string => times[index]?.replace('.000Z', '+00:00') ?? ''
  expect(booted.told().slice(0, 2)).toEqual([
    {
      schedule: { adjustForDST: true },
      scheduleStatus: { last: '0001-01-01T00:00:00+00:00', next: at(0), lastUpdated: '0001-01-01T00:00:00+00:00' },
      isPastDue: false,
    },
    {
      schedule: { adjustForDST: true },
      scheduleStatus: { last: at(0), next: at(1), lastUpdated: at(0) },
      isPastDue: false,
    },
  ])
  await expect(booted.running.deliver('schedule:report', [{ body: '' }])).rejects.toThrow('as the clock goes on')
})

test('the clock that a function reads is that of the host', async () => {
  await using booted = await bootEvents(
    `app.timer('report', { schedule: '0 0 9 * * *', handler: () => told([new Date().toISOString(), new Date(Date.now()).toISOString(), new Date() instanceof Date, new Date(0).toISOString(), Date().slice(0, 3)]) })`,
    { functions },
  )
  await booted.running.advance(3 * 86_400_000)
  const days = booted.running.deliveries().map(({ sentAt }) => sentAt.toISOString().slice(0, 13))
  expect(days).toHaveLength(3)
  const expected = days.map((day) => [
    expect.stringContaining(day),
    expect.stringContaining(day),
    true,
    '1970-01-01T00:00:00.000Z',
    new Date(`${day}:00Z`).toUTCString().slice(0, 3),
  ])
  expect(booted.told()).toEqual(expected)
})

test('a tick that fails is over, unless the function has a retry policy', async () => {
  await using booted = await bootEvents(
    `let failures = 3
    app.timer('report', { schedule: '01:00:00', handler() { throw new Error('no') } })
    app.timer('again', { schedule: '01:00:00',
      retry: { strategy: 'exponentialBackoff', maxRetryCount: 5, minimumInterval: 10_000, maximumInterval: 25_000 },
      handler(timer, { retryContext }) { told(retryContext); if (failures-- > 0) throw new Error('not yet') } })`,
    { functions: { ...functions, again: 'schedule:again' } },
  )
  await booted.running.advance(61 * 60_000)
  expect(ends(booted)).toEqual(['retry dropped', 'retry retry retry ack acknowledged'])
  const [, again] = booted.running.deliveries()
  expect(again?.attempts.map(({ at }) => at.getTime() - again.sentAt.getTime())).toEqual([0, 10_000, 30_000, 55_000])
  expect(booted.told()).toMatchObject([
    { retryCount: 0, maxRetryCount: 5 },
    { retryCount: 1, exception: { message: 'not yet' } },
    { retryCount: 2 },
    { retryCount: 3 },
  ])
})

test('while a tick is retried for ever no other begins', async () => {
  await using booted = await bootEvents(
    `app.timer('report', { schedule: '00:10:00', retry: { strategy: 'fixedDelay', maxRetryCount: -1, delayInterval: 60_000 },
      handler() { throw new Error('no') } })`,
    { functions },
  )
  await booted.running.advance(30 * 60_000)
  expect(ends(booted)).toEqual([Array.from({ length: 21 }, () => 'retry').join(' ')])
})

test('NCRONTAB has six fields, and both days must fit', () => {
  const start = Date.UTC(2026, 0, 1)
  const next = (expression: string): string => new Date(timerSchedule(expression, start).next(start) ?? 0).toISOString()
  expect(next('0 30 9 * * 1-5')).toBe('2026-01-01T09:30:00.000Z')
  expect(next('0 0 0 13 * FRI')).toBe('2026-02-13T00:00:00.000Z')
  expect(timerSchedule('*/10 * * * * *', start).isMonitored).toBe(false)
  expect(() => timerSchedule('*/5 * * * *', start)).toThrow('six fields')
  expect(() => timerSchedule('a b c d e f', start)).toThrow('six fields')
})
