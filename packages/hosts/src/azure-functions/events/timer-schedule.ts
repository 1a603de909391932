import { Cron } from 'croner'

import { parseTimeSpan } from './time-span.ts'

/** When a timer fires. */
export interface TimerSchedule {
  /** The first time after one, milliseconds since 1970; undefined: never again. */
  next(after: number): number | undefined
  /** Does the host keep when it fired last? It does not where that would be more often than once a minute. */
  isMonitored: boolean
}

const minuteMs = 60_000

/**
 * NCRONTAB with seconds, in UTC, or a TimeSpan between one firing and the next.
 * https://learn.microsoft.com/azure/azure-functions/functions-bindings-timer#ncrontab-expressions
 *
 * @param start the time at which the host starts.
 * @throws Error for anything else.
 */
export function timerSchedule(expression: string, start: number): TimerSchedule {
  const span = parseTimeSpan(expression)
  if (span !== undefined) return { next: (after) => after + span, isMonitored: span >= minuteMs }
  if (expression.trim().split(/\s+/).length !== 6) throw wrong(expression)
  const cron = ncrontab(expression)
  const next = (after: number): number | undefined => cron.nextRun(new Date(after))?.getTime()
  const first = next(start)
  const second = first === undefined ? undefined : next(first)
  return { next, isMonitored: second === undefined || second > start + minuteMs }
}

function ncrontab(expression: string): Cron {
  try {
    // Both a day of the month and one of the week must fit: https://github.com/atifaziz/NCrontab/wiki/Crontab-Expression
    return new Cron(expression, { timezone: 'UTC', mode: '6-part', domAndDow: true, paused: true })
  } catch (cause) {
    throw wrong(expression, cause)
  }
}

function wrong(expression: string, cause?: unknown): Error {
  return new Error(
    `The timer has the schedule ${JSON.stringify(expression)}; expected an NCRONTAB expression of six fields, with seconds, or a TimeSpan as 00:05:00.`,
    { cause },
  )
}
