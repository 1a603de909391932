import type { Cron, CronField } from '@isobar/core'

const weekdays = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT']

/**
 * Six fields, the last of them the year; of day of month and day of week one must be a question mark. Weekdays by name,
 * since Sunday is 1 here:
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#cron-based
 */
export function cronExpression({ minute, hour, dayOfMonth, month, dayOfWeek }: Cron): string {
  const days = dayOfWeek === '*' ? [list(dayOfMonth), '?'] : ['?', list(dayOfWeek, (day) => weekdays[day] ?? '')]
  const [ofMonth, ofWeek] = days
  return `cron(${list(minute)} ${list(hour)} ${ofMonth} ${list(month)} ${ofWeek} *)`
}

/** Ranges where values follow each other, for whoever reads it. */
function list(field: CronField, name: (value: number) => string = String): string {
  if (field === '*') return '*'
  const ranges: [first: number, last: number][] = []
  for (const value of field) {
    const range = ranges.at(-1)
    if (range && range[1] === value - 1) range[1] = value
    else ranges.push([value, value])
  }
  return ranges
    .flatMap(([first, last]) =>
      last - first > 1 ? [`${name(first)}-${name(last)}`] : first === last ? [name(first)] : [name(first), name(last)],
    )
    .join(',')
}
