import assert from 'node:assert/strict'

import type { Target } from '@isobar/compiler'
import { samplePlan, sampleEvents } from '@isobar/compiler/testing'
import { parseCron } from '@isobar/core/adapter'
import { CronExpressionParser } from 'cron-parser'
import * as fc from 'fast-check'
import { expect, it } from 'vitest'

import config from '../isobar.config.ts'

/** What a schedule becomes on each platform, as its deploy file or its registration has it. */
const written: Readonly<Record<string, (emitted: ReturnType<Target['emit']>) => string>> = {
  'aws-lambda': ({ files }) => find(files, 'template.yaml', /ScheduleExpression: "?cron\(([^)]*)\)/),
  'azure-functions': ({ entries }) =>
    find(
      entries.map(({ source }) => ({ path: '', text: source })),
      '',
      /schedule: '([^']*)'/,
    ),
  'google-cloud-functions': ({ files }) => find(files, 'main.tf.json', /"schedule": "([^"]*)"/),
  'cloud-run': ({ files }) => find(files, 'triggers.tf.json', /"schedule": "([^"]*)"/),
  'cloudflare-workers': ({ files }) => find(files, 'wrangler.jsonc', /"crons": \[\s*"([^"]*)"/),
}

/**
 * Each platform's own dialect in that of the independent library, which counts Sunday as 0 and may have seconds in front:
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#cron-based
 * https://learn.microsoft.com/azure/azure-functions/functions-bindings-timer#ncrontab-expressions
 * https://cloud.google.com/scheduler/docs/configuring/cron-job-schedules
 * https://developers.cloudflare.com/workers/configuration/cron-triggers/#supported-cron-expressions
 */
const dialects: Readonly<Record<string, (text: string) => string>> = {
  'aws-lambda'(text) {
    const [minute, hour, dayOfMonth, month, dayOfWeek = '', year, ...more] = text.split(' ')
    assert.equal(more.length, 0)
    assert.equal(year, '*')
    assert.ok((dayOfMonth === '?') !== (dayOfWeek === '?'), `exactly one of the days must be '?': ${text}`)
    return [minute, hour, dayOfMonth, month, sundayIsOne(dayOfWeek)]
      .map((field) => (field === '?' ? '*' : field))
      .join(' ')
  },
  'azure-functions'(text) {
    assert.equal(text.split(' ').length, 6)
    return text
  },
  'google-cloud-functions': five,
  'cloud-run': five,
  'cloudflare-workers': (text) => five(text).replace(/\S+$/, sundayIsOne),
}

function five(text: string): string {
  assert.equal(text.split(' ').length, 5)
  return text
}

function sundayIsOne(field: string): string {
  return field.replace(/\d+/g, (number) => String(Number(number) - 1))
}

function find(files: readonly { path: string; text: string }[], path: string, pattern: RegExp): string {
  const text = files.find((file) => file.path === path)?.text ?? ''
  const found = pattern.exec(text)?.[1]
  assert.ok(found !== undefined, `${path} has no schedule:\n${text}`)
  return found
}

const start = Date.UTC(2027, 0, 1)
const dayMs = 86_400_000

/** Firing times in a year from 2027 on, in UTC: those that follow each of 36 times, which lie around the ends of months. */
function instants(expression: string): number[] {
  const found = new Set<number>()
  for (let month = 0; month < 12; month++) {
    for (const from of [Date.UTC(2027, month, 1) - dayMs, Date.UTC(2027, month, 1), Date.UTC(2027, month, 13)]) {
      const times = CronExpressionParser.parse(expression, { currentDate: new Date(from - 1), tz: 'UTC' })
      for (let count = 0; count < 25; count++) found.add(times.next().getTime())
    }
  }
  return [...found].filter((time) => time < start + 366 * dayMs).toSorted((a, b) => a - b)
}

const number = (min: number, max: number): fc.Arbitrary<string> => fc.integer({ min, max }).map(String)

/** `*`, a value, a range, a range with a step, a step, or a list of values: the library takes no value twice. */
function field(min: number, max: number): fc.Arbitrary<string> {
  const range = fc
    .tuple(fc.integer({ min, max }), fc.integer({ min, max }))
    .map(([a, b]) => `${Math.min(a, b)}-${Math.max(a, b)}`)
  const step = fc.integer({ min: 1, max: Math.max(2, Math.floor((max - min) / 2)) })
  const part = fc.oneof(
    number(min, max),
    range,
    fc.tuple(range, step).map(([text, by]) => `${text}/${by}`),
    step.map((by) => `*/${by}`),
  )
  return fc.oneof(
    { weight: 2, arbitrary: fc.constant('*') },
    { weight: 3, arbitrary: part },
    {
      weight: 1,
      arbitrary: fc
        .uniqueArray(fc.integer({ min, max }), { minLength: 2, maxLength: 4 })
        .map((values) => values.join(',')),
    },
  )
}

const names = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT']
const weekday = fc.oneof(
  fc.subarray(names, { minLength: 1 }).map((some) => some.join(',')),
  fc
    .tuple(fc.integer({ min: 0, max: 6 }), fc.integer({ min: 0, max: 6 }))
    .map(([a, b]) => `${names[Math.min(a, b)]}-${names[Math.max(a, b)]}`),
)
const days = fc.oneof(
  fc.tuple(field(1, 31), fc.constant('*')),
  fc.tuple(fc.constant('*'), weekday),
  fc.constant(['*', '*'] as const),
)
const crons = fc
  .tuple(field(0, 59), field(0, 23), days, field(1, 12))
  .map(([minute, hour, [dayOfMonth, dayOfWeek], month]) => `${minute} ${hour} ${dayOfMonth} ${month} ${dayOfWeek}`)
  .filter(firesYearly)

/** Some never fire, and 29 February does not within the year that is looked at. */
function firesYearly(cron: string): boolean {
  try {
    parseCron(cron)
    return !/\b(?:29|3[01])\b/.test(cron.split(' ')[2] ?? '') || instants(cron).length > 0
  } catch {
    return false
  }
}

const targets = [...new Map(config.targets.map((target) => [target.platform, target])).values()]

it('a schedule fires at the same instants of a year on every platform', () => {
  expect(targets.map(({ platform }) => platform).toSorted()).toEqual(Object.keys(written).toSorted())
  fc.assert(
    fc.property(crons, (cron) => {
      const expected = instants(cron)
      for (const target of targets) {
        const read = written[target.platform]
        const dialect = dialects[target.platform]
        assert.ok(read && dialect)
        const planned = { ...sampleEvents.schedule, trigger: { cron }, cron: parseCron(cron) }
        const text = read(target.emit(samplePlan(target.name, [planned])))
        const equivalent = dialect(text)
        // One text has one meaning, and most of the time goes by in the library.
        const found = equivalent === cron ? expected : instants(equivalent)
        expect(found, `${cron} became ${text} on ${target.platform}`).toEqual(expected)
      }
    }),
    { numRuns: 50, seed: 20_270_101 },
  )
})
