import { describe, expect, test } from 'vitest'
import { parseCron, previousInstant } from './cron.ts'

test.each([
  ['* * * * *', { minute: '*', hour: '*', dayOfMonth: '*', month: '*', dayOfWeek: '*' }],
  ['0 9 * * MON-FRI', { minute: [0], hour: [9], dayOfMonth: '*', month: '*', dayOfWeek: [1, 2, 3, 4, 5] }],
  [
    '*/15 9-17/4 1,15 JAN,jul *',
    { minute: [0, 15, 30, 45], hour: [9, 13, 17], dayOfMonth: [1, 15], month: [1, 7], dayOfWeek: '*' },
  ],
  ['  5   0 29 2 * ', { minute: [5], hour: [0], dayOfMonth: [29], month: [2], dayOfWeek: '*' }],
  ['0-59 0-23 1-31 1-12 SUN-SAT', { minute: '*', hour: '*', dayOfMonth: '*', month: '*', dayOfWeek: '*' }],
])('reads %s', (text, expected) => {
  expect(parseCron(text)).toEqual(expected)
})

test.each([
  ['', 'has 0 fields'],
  ['0 0 * *', 'has 4 fields'],
  ['0 0 9 * * MON', 'has 6 fields'],
  ['60 * * * *', "'60' is no minute. It may be *, or values, ranges and lists of 0 to 59"],
  ['* 24 * * *', 'is no hour'],
  ['* * 0 * *', 'is no day of month'],
  ['* * * 13 *', 'is no month'],
  ['* * * * 1', 'Numbers mean other days on other platforms.'],
  ['* * * * MON-5', 'is no day of week'],
  ['5/15 * * * *', 'is no minute'],
  ['*/0 * * * *', 'is no minute'],
  ['? * * * *', 'is no minute'],
  ['0 22-6 * * *', "'22-23,0-6'"],
  ['0 0 * * FRI-MON', "'FRI-SAT,SUN-MON'"],
  ['0 0 1 * MON', 'sets a day of month and a day of week'],
  ['0 0 30 2 *', 'never fires'],
])('refuses %s', (text, expected) => {
  expect(() => parseCron(text)).toThrow(expected)
})

describe('the last instant', () => {
  test.each([
    ['*/5 * * * *', '2026-03-04T05:07:30Z', '2026-03-04T05:05:00Z'],
    ['0 9 * * MON-FRI', '2026-03-09T08:59:59Z', '2026-03-06T09:00:00Z'],
    ['0 9 * * *', '2026-03-09T09:00:00Z', '2026-03-09T09:00:00Z'],
    ['0 0 29 2 *', '2026-03-01T00:00:00Z', '2024-02-29T00:00:00Z'],
    ['0 0 29 2 *', '2103-12-31T00:00:00Z', '2096-02-29T00:00:00Z'],
    ['30 23 31 12 *', '2026-01-01T00:00:00Z', '2025-12-31T23:30:00Z'],
  ])('of %s at %s is %s', (text, now, expected) => {
    expect(previousInstant(parseCron(text), Date.parse(now))).toBe(Date.parse(expected))
  })
})
