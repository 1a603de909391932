import { parseAwsCron, type AwsCron } from './cron.ts'
import { instantOf, wallTime } from './time-zone.ts'

/** When a schedule comes next: the first time after `after`, in milliseconds since 1970; undefined when it does not. */
export type NextTime = (after: number) => number | undefined

const unitsMs: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 }
const dayMs = 86_400_000
const putBackMs = 2 * 3_600_000

/**
 * `cron(…)`, `rate(5 minutes)` or `at(2026-11-20T13:00:00)`:
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
 *
 * @param timeZone an IANA name.
 * @param start when a rate begins to count.
 * @throws Error for what AWS refuses.
 */
export function parseSchedule(expression: string, timeZone: string, start: number): NextTime {
  const [, kind, inside = ''] = /^\s*(cron|rate|at)\((.*)\)\s*$/.exec(expression) ?? []
  switch (kind) {
    case 'cron':
      return cronTimes(parseAwsCron(inside), timeZone)
    case 'rate':
      return rateTimes(inside, start)
    case 'at':
      return atTime(inside, timeZone)
    default:
      throw new Error(`${expression} is no schedule of AWS: cron(…), rate(…) or at(…).`)
  }
}

/**
 * Times are those of a clock on the wall. One that is skipped in spring is left out; of one that comes twice in autumn the
 * first is taken: https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#daylist-savings-time
 */
function cronTimes({ minutes, hours, months, years, isDay }: AwsCron, timeZone: string): NextTime {
  const lastYear = Math.max(...years)
  return (after) => {
    // What comes after it may be shown as earlier, by as much as a clock is ever put back.
    const earliest = wallTime(after, timeZone) - putBackMs
    for (let day = Math.floor(earliest / dayMs) * dayMs; ; day += dayMs) {
      const date = new Date(day)
      if (date.getUTCFullYear() > lastYear) return undefined
      if (!years.has(date.getUTCFullYear()) || !months.has(date.getUTCMonth() + 1) || !isDay(date)) continue
      for (const hour of hours) {
        for (const minute of minutes) {
          const wall = day + hour * 3_600_000 + minute * 60_000
          const instant = wall < earliest ? undefined : instantOf(wall, timeZone)
          if (instant !== undefined && instant > after) return instant
        }
      }
    }
  }
}

function rateTimes(text: string, start: number): NextTime {
  const [, value = '0', unit = ''] = /^\s*(\d+)\s+(minute|hour|day)s?\s*$/.exec(text) ?? []
  const periodMs = Number(value) * (unitsMs[unit] ?? 0)
  if (!(periodMs > 0))
    throw new Error(`rate(${text}) is no schedule of AWS: a positive number, and minutes, hours or days.`)
  return (after) => (after < start ? start : start + (Math.floor((after - start) / periodMs) + 1) * periodMs)
}

function atTime(text: string, timeZone: string): NextTime {
  const wall = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/.test(text) ? Date.parse(`${text}Z`) : Number.NaN
  if (Number.isNaN(wall)) throw new Error(`at(${text}) is no schedule of AWS: at(yyyy-mm-ddThh:mm:ss).`)
  const instant = instantOf(wall, timeZone)
  return (after) => (instant !== undefined && instant > after ? instant : undefined)
}
