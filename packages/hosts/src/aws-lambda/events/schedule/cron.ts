/** A cron expression of EventBridge, taken apart. */
export interface AwsCron {
  /** Minutes and hours, ascending. */
  minutes: readonly number[]
  hours: readonly number[]
  months: ReadonlySet<number>
  years: ReadonlySet<number>
  /** Whether it comes on a day. @param date at midnight, as UTC. */
  isDay(date: Date): boolean
}

const monthNames = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC']
const dayNames = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT']

/**
 * Six fields: minutes, hours, day of month, month, day of week (Sunday is 1), year. One of the days must be `?`:
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#cron-based
 *
 * @param expression what stands in `cron(…)`.
 * @throws Error for what AWS refuses.
 */
export function parseAwsCron(expression: string): AwsCron {
  const refuse = (why: string): never => {
    throw new Error(`cron(${expression}) is no schedule of AWS: ${why}.`)
  }
  const fields = expression.trim().toUpperCase().split(/\s+/)
  const [minute = '', hour = '', dayOfMonth = '', month = '', dayOfWeek = '', year = ''] = fields
  if (fields.length !== 6) refuse('it must have six fields')
  if ((dayOfMonth === '?') === (dayOfWeek === '?')) refuse('exactly one of day-of-month and day-of-week must be ?')
  const values = (field: string, least: number, most: number, names: readonly string[] = []): number[] =>
    valuesOf(field, least, most, names, refuse)
  const isDay =
    dayOfMonth === '?'
      ? onDayOfWeek(dayOfWeek, (field) => values(field, 1, 7, dayNames))
      : onDayOfMonth(dayOfMonth, (field) => values(field, 1, 31))
  return {
    minutes: values(minute, 0, 59),
    hours: values(hour, 0, 23),
    months: new Set(values(month, 1, 12, monthNames)),
    years: new Set(values(year, 1970, 2199)),
    isDay,
  }
}

/** Lists of values, ranges and steps: `1,5-9,10/15`. */
function valuesOf(
  field: string,
  least: number,
  most: number,
  names: readonly string[],
  refuse: (why: string) => never,
): number[] {
  const number = (text: string): number => {
    const named = names.indexOf(text)
    const value = named >= 0 ? named + least : /^\d+$/.test(text) ? Number(text) : Number.NaN
    return value >= least && value <= most ? value : refuse(`${text} is not from ${least} to ${most}`)
  }
  const values = field.split(',').flatMap((part) => {
    const [range = '', step] = part.split('/')
    const [from = '', to] = range === '*' ? [String(least), String(most)] : range.split('-')
    const first = number(from)
    const last = to !== undefined ? number(to) : step !== undefined ? most : first
    const by = step === undefined ? 1 : Number(step)
    if (!(Number.isInteger(by) && by > 0)) refuse(`${part} has no step`)
    if (last < first) refuse(`${part} goes backwards`)
    return Array.from({ length: Math.floor((last - first) / by) + 1 }, (_, index) => first + index * by)
  })
  return [...new Set(values)].toSorted((a, b) => a - b)
}

const lastOfMonth = (date: Date): number =>
  new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate()

/** `L` is the last day of the month, `15W` the weekday nearest to the 15th. */
function onDayOfMonth(field: string, values: (field: string) => number[]): (date: Date) => boolean {
  if (field === 'L') return (date) => date.getUTCDate() === lastOfMonth(date)
  const nearest = /^(\d+)W$/.exec(field)?.[1]
  if (nearest !== undefined) {
    const [day = 1] = values(nearest)
    return (date) => date.getUTCDate() === nearestWeekday(date, day)
  }
  const days = new Set(values(field))
  return (date) => days.has(date.getUTCDate())
}

/** It does not leave the month. */
function nearestWeekday(date: Date, wanted: number): number {
  const last = lastOfMonth(date)
  const day = Math.min(wanted, last)
  const weekday = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), day)).getUTCDay()
  if (weekday === 6) return day === 1 ? 3 : day - 1
  if (weekday === 0) return day === last ? day - 2 : day + 1
  return day
}

/** `5L` is the last Thursday of the month, `3#2` its second Tuesday; `L` alone is Saturday. */
function onDayOfWeek(field: string, values: (field: string) => number[]): (date: Date) => boolean {
  const [, lastDay] = /^(\w+)L$/.exec(field) ?? []
  if (lastDay !== undefined) {
    const [weekday] = values(lastDay)
    return (date) => date.getUTCDay() + 1 === weekday && date.getUTCDate() > lastOfMonth(date) - 7
  }
  const [, nthDay, nth] = /^(\w+)#([1-5])$/.exec(field) ?? []
  if (nthDay !== undefined) {
    const [weekday] = values(nthDay)
    return (date) => date.getUTCDay() + 1 === weekday && Math.ceil(date.getUTCDate() / 7) === Number(nth)
  }
  const weekdays = new Set(values(field === 'L' ? '7' : field))
  return (date) => weekdays.has(date.getUTCDay() + 1)
}
