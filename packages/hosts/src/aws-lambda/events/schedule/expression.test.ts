import { expect, test } from 'vitest'

import { parseSchedule } from './expression.ts'

/** The next times of a schedule, as the vendor's pages describe them. */
function times(expression: string, count: number, after: string, timeZone = 'UTC'): string[] {
  const next = parseSchedule(expression, timeZone, Date.parse(after))
  const found: string[] = []
  for (let last = Date.parse(after); found.length < count;) {
    const time = next(last)
    if (time === undefined) break
    found.push(new Date(time).toISOString().replace(':00.000Z', ''))
    last = time
  }
  return found
}

const start = '2026-01-01T00:00:00Z'

// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-cron-expressions.html; 2026 begins on a Thursday.
test.each([
  ['cron(0 10 * * ? *)', ['2026-01-01T10:00', '2026-01-02T10:00']],
  ['cron(15 12 ? * 1 *)', ['2026-01-04T12:15', '2026-01-11T12:15']],
  ['cron(0 18 ? * MON-FRI *)', ['2026-01-01T18:00', '2026-01-02T18:00', '2026-01-05T18:00']],
  ['cron(0 8 1 * ? *)', ['2026-01-01T08:00', '2026-02-01T08:00']],
  ['cron(0/20 * * * ? *)', ['2026-01-01T00:20', '2026-01-01T00:40', '2026-01-01T01:00']],
  ['cron(30 6 L * ? *)', ['2026-01-31T06:30', '2026-02-28T06:30']],
  ['cron(0 0 ? * 5L *)', ['2026-01-29T00:00', '2026-02-26T00:00']],
  ['cron(0 9 ? * 3#2 *)', ['2026-01-13T09:00', '2026-02-10T09:00']],
  ['cron(0 9 3W * ? *)', ['2026-01-02T09:00', '2026-02-03T09:00']],
  ['cron(0 0 29 FEB ? *)', ['2028-02-29T00:00', '2032-02-29T00:00']],
  ['cron(0 0 1 1 ? 2027)', ['2027-01-01T00:00']],
  ['rate(5 minutes)', ['2026-01-01T00:05', '2026-01-01T00:10']],
  ['rate(1 day)', ['2026-01-02T00:00', '2026-01-03T00:00']],
  ['at(2026-11-20T13:00:00)', ['2026-11-20T13:00']],
])('%s', (expression, expected) => {
  const count = expression.startsWith('at') || expression.includes('2027') ? 5 : expected.length
  expect(times(expression, count, start)).toEqual(expected)
})

// https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#daylist-savings-time
test('a time that is skipped is left out, and one that comes twice comes once', () => {
  const zone = 'America/New_York'
  expect(times('cron(30 2 * * ? *)', 2, '2026-03-07T12:00:00Z', zone)).toEqual(['2026-03-09T06:30', '2026-03-10T06:30'])
  expect(times('cron(30 1 * * ? *)', 2, '2026-10-31T12:00:00Z', zone)).toEqual(['2026-11-01T05:30', '2026-11-02T06:30'])
  expect(times('at(2026-07-01T09:00:00)', 1, start, 'Europe/Zurich')).toEqual(['2026-07-01T07:00'])
})

test.each([
  'cron(0 10 * * * *)',
  'cron(0 10 ? * ? *)',
  'cron(0 10 * * ?)',
  'cron(60 10 * * ? *)',
  'cron(0 10 ? * 0 *)',
  'cron(0 10 ? * FUN *)',
  'rate(0 minutes)',
  'rate(5 weeks)',
  'at(tomorrow)',
  '0 10 * * *',
])('%s is refused', (expression) => {
  expect(() => parseSchedule(expression, 'UTC', 0)).toThrow('is no schedule of AWS')
})
