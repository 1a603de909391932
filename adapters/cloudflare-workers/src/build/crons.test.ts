import { parseCron } from '@isobar/core/adapter'
import { sampleEvents } from '@isobar/compiler/testing'
import { expect, test } from 'vitest'
import { configOf, emit } from '../testing/emitted.ts'
import { cronExpression } from './crons.ts'

const { schedule: nightly, queue: ship } = sampleEvents

test.each([
  ['* * * * *', '* * * * *'],
  ['*/15 * * * *', '*/15 * * * *'],
  ['*/7 */5 * * *', '*/7 */5 * * *'],
  ['30 2 * * MON-FRI', '30 2 * * MON-FRI'],
  // Sunday is 1 on this platform: names alone mean the same day everywhere.
  ['0 0 * * SUN', '0 0 * * SUN'],
  ['0 0 * * SUN,SAT', '0 0 * * SUN,SAT'],
  ['0 0 * * SUN,TUE,THU,SAT', '0 0 * * SUN,TUE,THU,SAT'],
  ['0 9-17/4 1,15 JAN,JUL *', '0 9,13,17 1,15 1,7 *'],
  ['0,30 9-17 * * *', '*/30 9-17 * * *'],
  ['0 8,9 * * *', '0 8,9 * * *'],
  ['5-10,20,40-42 0 29 2 *', '5-10,20,40-42 0 29 2 *'],
  ['30-59 0 */10 */6 *', '30-59 0 1,11,21,31 1,7 *'],
  ['0,15,30 * * * *', '0,15,30 * * * *'],
])('%s is written as %s', (text, expected) => {
  expect(cronExpression(parseCron(text))).toBe(expected)
  expect(parseCron(cronExpression(parseCron(text)))).toEqual(parseCron(text))
})

test('a schedule is a cron trigger of the one Worker', () => {
  const emitted = emit([nightly, ship])
  expect(configOf(emitted, 'wrangler.jsonc')).toMatchObject({ triggers: { crons: ['30 2 * * MON-FRI'] } })
  expect(emitted.entries[0]?.functions).toEqual(['get-order', 'nightly', 'ship'])
  expect(emitted.entries[0]?.source).toContain(
    [
      '  scheduled: crons({',
      "    '30 2 * * MON-FRI': [schedule({ target: 'cloudflare-workers', name: 'nightly', definition: events.nightly })],",
      '  }),',
    ].join('\n'),
  )
  expect(emitted.entries[0]?.source.split('const events =')).toHaveLength(2)
})

test('functions of one schedule share a trigger, however it is written', () => {
  const weekdays = { ...nightly, name: 'second', trigger: { cron: '30 2 * * MON,TUE,WED,THU,FRI' } }
  const emitted = emit([nightly, weekdays])
  expect(configOf(emitted, 'wrangler.jsonc')).toMatchObject({ triggers: { crons: ['30 2 * * MON-FRI'] } })
  expect(emitted.entries[0]?.source).toMatch(/'30 2 \* \* MON-FRI': \[schedule\(.*'nightly'.*schedule\(.*'second'.*\]/)
})
