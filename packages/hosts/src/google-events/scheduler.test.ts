import { describe, expect, it } from 'vitest'

import { retryDelay, rfc3339, type RetryConfig } from './scheduler.ts'

const defaults: RetryConfig = { count: 0, maxRetryMs: 0, minBackoffMs: 5000, maxBackoffMs: 3_600_000, maxDoublings: 5 }

function seconds(retry: Partial<RetryConfig>, attempts: number, elapsedMs = 0): (number | undefined)[] {
  return Array.from({ length: attempts }, (_, index) => {
    const delay = retryDelay({ ...defaults, ...retry }, index + 1, elapsedMs)
    return delay === undefined ? undefined : delay / 1000
  })
}

describe('retries of a job', () => {
  it('are none by default', () => {
    expect(seconds({}, 1)).toEqual([undefined])
  })

  // https://cloud.google.com/scheduler/docs/configuring/retry-jobs#maximum_doublings
  it('double, then grow by the same, up to the greatest', () => {
    const retry = { count: 8, minBackoffMs: 10_000, maxBackoffMs: 300_000, maxDoublings: 3 }
    expect(seconds(retry, 8)).toEqual([10, 20, 40, 80, 160, 240, 300, 300])
  })

  it('end after so many', () => {
    expect(seconds({ count: 2 }, 4)).toEqual([5, 10, undefined, undefined])
  })

  it('go on until both limits are reached', () => {
    expect(seconds({ count: 1, maxRetryMs: 60_000 }, 2, 59_999)).toEqual([5, 10])
    expect(seconds({ count: 1, maxRetryMs: 60_000 }, 2, 60_000)).toEqual([5, undefined])
    expect(seconds({ maxRetryMs: 60_000 }, 1, 0)).toEqual([5])
  })
})

it.each([
  ['Etc/UTC', '2026-07-01T07:30:00Z'],
  ['Europe/Zurich', '2026-07-01T09:30:00+02:00'],
  ['America/St_Johns', '2026-07-01T05:00:00-02:30'],
  ['Asia/Kolkata', '2026-07-01T13:00:00+05:30'],
])('tells a time in %s with its offset', (zone, expected) => {
  expect(rfc3339(Date.UTC(2026, 6, 1, 7, 30), zone)).toBe(expected)
})
