import { strict as assert } from 'node:assert'

import type { EventCase, EventHarness, SeenEvent } from '../../types.ts'
import { offered } from './kinds.ts'
import { assertEnd, day, hour, minute } from './steps.ts'

/** What the handler of a schedule saw, in order. */
function ticks(harness: EventHarness, name: string): readonly SeenEvent[] {
  return harness.ticks().filter((seen) => seen.function === name)
}

/** Moves the clock, so that it is past midnight of a Sunday: the next working day is the whole week. */
async function toSunday(harness: EventHarness): Promise<void> {
  const [seen] = await oneTick(harness)
  const at = new Date(seen.time)
  const sunday = new Date(at.getTime() + ((7 - at.getUTCDay()) % 7) * day)
  sunday.setUTCHours(12, 0, 0, 0)
  await harness.advance(sunday.getTime() > at.getTime() ? sunday : new Date(sunday.getTime() + 7 * day))
}

/** Moves the clock until the schedule of working days has fired, four days at most. */
async function oneTick(harness: EventHarness): Promise<[SeenEvent, ...SeenEvent[]]> {
  const before = ticks(harness, 'workdays').length
  for (let hours = 0; hours < 4 * 24; hours++) {
    await harness.advance(hour)
    const [first, ...rest] = ticks(harness, 'workdays').slice(before)
    if (first) return [first, ...rest]
  }
  return assert.fail('the schedule did not fire in four days')
}

const needs: EventCase['needs'] = offered('schedule')

export const scheduleCases: readonly EventCase[] = [
  {
    id: 'event/schedule-fires-at-its-times-and-at-no-other',
    clauses: ['E16'],
    needs,
    async run(harness) {
      await toSunday(harness)
      const before = ticks(harness, 'workdays').length
      await harness.advance(7 * day)
      const times = ticks(harness, 'workdays')
        .slice(before)
        .map(({ time }) => new Date(time))
      assert.deepEqual(
        times.map((time) => time.getUTCDay()),
        [1, 2, 3, 4, 5],
      )
      assert.deepEqual(
        times.map((time) => time.toISOString().slice(11, 19)),
        Array.from({ length: 5 }, () => '09:30:00'),
      )
    },
  },
  {
    id: 'event/schedule-of-a-month-fires-once-in-it',
    clauses: ['E16'],
    needs,
    async run(harness) {
      await harness.advance(32 * day)
      const before = ticks(harness, 'monthly').length
      assert.ok(before === 1 || before === 2, `it fired ${before} times in 32 days`)
      for (const { time } of ticks(harness, 'monthly')) assert.match(new Date(time).toISOString(), /-01T00:00:00/)
    },
  },
  {
    id: 'event/tick-tells-its-schedule-and-its-time',
    clauses: ['E16', 'E1'],
    needs,
    async run(harness) {
      const [tick] = await oneTick(harness)
      assert.equal(tick.source, 'schedule:workdays')
      assert.equal(tick.type, 'schedule.tick')
      assert.equal(tick.data, null)
      const [name, time] = [tick.id.slice(0, tick.id.indexOf('/')), tick.id.slice(tick.id.indexOf('/') + 1)]
      assert.equal(name, 'workdays')
      assert.equal(new Date(time).toISOString(), new Date(tick.time).toISOString(), 'the id has another time')
    },
  },
  {
    id: 'event/tick-that-resolves-is-done',
    clauses: ['E16', 'E6'],
    needs,
    async run(harness) {
      const [tick] = await oneTick(harness)
      await harness.advance(10 * minute)
      assert.equal(ticks(harness, 'workdays').filter(({ id }) => id === tick.id).length, 1, 'it fired twice')
      const record = harness.deliveries().find((one) => one.function === 'workdays')
      assert.ok(record)
      assertEnd(record, 'acknowledged', 1)
    },
  },
  {
    id: 'event/tick-that-throws-comes-again-with-the-same-id',
    clauses: ['E16', 'E7', 'E1'],
    needs: {
      ...needs,
      async 'schedule.retry'(harness) {
        harness.answerTicks(() => ({ do: 'throw' }))
        const [tick] = await oneTick(harness)
        await harness.advance(3 * hour)
        assert.equal(ticks(harness, 'workdays').filter(({ id }) => id === tick.id).length, 1, 'it came again')
        const record = harness.deliveries().find((one) => one.function === 'workdays')
        assert.equal(record?.end, 'dropped', 'the platform does not record the failure')
      },
    },
    async run(harness) {
      let calls = 0
      harness.answerTicks((seen) =>
        seen.function === 'workdays' && ++calls === 1 ? { do: 'throw' } : { do: 'resolve' },
      )
      const [tick] = await oneTick(harness)
      await harness.advance(3 * hour)
      assert.equal(
        ticks(harness, 'workdays').filter(({ id }) => id === tick.id).length,
        2,
        'it did not come again once',
      )
      const record = harness.deliveries().find((one) => one.function === 'workdays')
      assert.ok(record)
      assertEnd(record, 'acknowledged', 2)
    },
  },
  {
    id: 'event/tick-that-is-rejected-comes-no-more',
    clauses: ['E16', 'E9'],
    needs,
    async run(harness) {
      harness.answerTicks(() => ({ do: 'reject', reason: 'not today' }))
      const [tick] = await oneTick(harness)
      await harness.advance(3 * hour)
      assert.equal(ticks(harness, 'workdays').filter(({ id }) => id === tick.id).length, 1, 'it came again')
      await harness.eventually(() => {
        assert.ok(
          harness.allLogs().some(({ line }) => line.includes('not today')),
          'the log does not tell',
        )
      })
    },
  },
  {
    id: 'event/schedule-in-a-time-zone-fires-at-its-local-time',
    clauses: ['E16'],
    needs: {
      ...needs,
      async 'schedule.timeZone'(harness) {
        const errors = await harness.check('zoned-schedule')
        assert.ok(
          errors.some(({ id, text }) => id === 'no-time-zone' && text.includes("'zoned'")),
          'the build takes a schedule in a time zone',
        )
      },
    },
    async run(harness) {
      await harness.advance(26 * hour)
      const fired = ticks(harness, 'zoned')
      assert.ok(fired.length >= 1, 'it did not fire within 26 hours')
      const local = new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/Zurich', timeStyle: 'short' })
      for (const { time } of fired) assert.equal(local.format(new Date(time)), '02:30')
    },
  },
]
