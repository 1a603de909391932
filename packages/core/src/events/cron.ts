/** The values of a field, ascending; `*` when it does not narrow. */
export type CronField = readonly number[] | '*'

/** A schedule of five fields, taken apart. A day of month and a day of week are never both given. */
export interface Cron {
  /** 0 to 59 */
  minute: CronField
  /** 0 to 23 */
  hour: CronField
  /** 1 to 31 */
  dayOfMonth: CronField
  /** 1 to 12 */
  month: CronField
  /** 0 to 6, Sunday is 0 */
  dayOfWeek: CronField
}

const monthNames = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC']
const weekdayNames = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT']
const longestMonths = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

interface FieldRule {
  what: string
  min: number
  max: number
  names?: readonly string[]
  /** Platforms count weekdays from different days, so only names mean the same. */
  namesOnly?: boolean
}

const rules: Record<keyof Cron, FieldRule> = {
  minute: { what: 'minute', min: 0, max: 59 },
  hour: { what: 'hour', min: 0, max: 23 },
  dayOfMonth: { what: 'day of month', min: 1, max: 31 },
  month: { what: 'month', min: 1, max: 12, names: monthNames },
  dayOfWeek: { what: 'day of week', min: 0, max: 6, names: weekdayNames, namesOnly: true },
}

/**
 * Reads `minute hour day-of-month month day-of-week`: `*`, values, ranges, lists and steps (`9-17/2`), months
 * also by name, weekdays by name only.
 *
 * @throws TypeError that says which field is wrong and what it may be.
 */
export function parseCron(text: string): Cron {
  const fields = text.trim().split(/\s+/)
  const [minute, hour, dayOfMonth, month, dayOfWeek] = fields
  if (
    fields.length !== 5 ||
    minute === undefined ||
    hour === undefined ||
    dayOfMonth === undefined ||
    month === undefined ||
    dayOfWeek === undefined
  ) {
    throw new TypeError(
      `'${text}' has ${fields[0] === '' ? 0 : fields.length} fields; a schedule has five: minute, hour, day of month, month, day of week.`,
    )
  }
  const cron: Cron = {
    minute: parseField(minute, rules.minute),
    hour: parseField(hour, rules.hour),
    dayOfMonth: parseField(dayOfMonth, rules.dayOfMonth),
    month: parseField(month, rules.month),
    dayOfWeek: parseField(dayOfWeek, rules.dayOfWeek),
  }
  if (cron.dayOfMonth !== '*' && cron.dayOfWeek !== '*') {
    throw new TypeError(
      `'${text}' sets a day of month and a day of week: some platforms would take either, some both, and one refuses it. Leave one of them '*'.`,
    )
  }
  if (!canFire(cron)) throw new TypeError(`'${text}' never fires: no month of those has such a day.`)
  return cron
}

function canFire({ dayOfMonth, month }: Cron): boolean {
  if (dayOfMonth === '*') return true
  const first = dayOfMonth[0] ?? 0
  return longestMonths.some((days, index) => has(month, index + 1) && first <= days)
}

function parseField(text: string, rule: FieldRule): CronField {
  const values = new Set<number>()
  for (const part of text.split(',')) for (const value of parsePart(part, text, rule)) values.add(value)
  // A day of month that is every one still narrows nothing.
  return values.size === rule.max - rule.min + 1 ? '*' : [...values].toSorted((a, b) => a - b)
}

function parsePart(part: string, text: string, rule: FieldRule): number[] {
  const match = /^(?:(\*)|(\w+)(?:-(\w+))?)(?:\/(\d+))?$/.exec(part)
  if (!match) throw wrong(text, rule)
  const [, star, first, last, stepText] = match
  const step = stepText === undefined ? 1 : Number(stepText)
  // `5/15` is read as `5-59/15` by some and as `5` by others.
  if (step === 0 || (stepText !== undefined && star === undefined && last === undefined)) throw wrong(text, rule)
  if (stepText !== undefined && rule.namesOnly === true) throw wrong(text, rule)
  const from = star === undefined ? valueOf(first ?? '', text, rule) : rule.min
  const to = star === undefined ? (last === undefined ? from : valueOf(last, text, rule)) : rule.max
  if (from > to) {
    throw new TypeError(
      `The ${rule.what} '${text}' has a range that runs backwards. Write it as two: ${part.includes('/') ? 'one up to the end, one from the start' : `'${first}-${nameOf(rule.max, rule)},${nameOf(rule.min, rule)}-${last}'`}.`,
    )
  }
  const values: number[] = []
  for (let value = from; value <= to; value += step) values.push(value)
  return values
}

function valueOf(word: string, text: string, rule: FieldRule): number {
  const named = rule.names?.indexOf(word.toUpperCase()) ?? -1
  if (named >= 0) return named + rule.min
  const value = /^\d{1,2}$/.test(word) && rule.namesOnly !== true ? Number(word) : -1
  if (value < rule.min || value > rule.max) throw wrong(text, rule)
  return value
}

function nameOf(value: number, rule: FieldRule): string {
  return rule.names?.[value - rule.min] ?? String(value)
}

function wrong(text: string, rule: FieldRule): TypeError {
  const { what, min, max, names, namesOnly } = rule
  const values = namesOnly === true ? `${names?.join(', ')}` : `${min} to ${max}${names ? `, ${names.join(', ')}` : ''}`
  const why = namesOnly === true && /\d/.test(text) ? ' Numbers mean other days on other platforms.' : ''
  const steps = namesOnly === true ? '' : ', with steps (*/15, 9-17/2)'
  return new TypeError(`'${text}' is no ${what}. It may be *, or values, ranges and lists of ${values}${steps}.${why}`)
}

function has(field: CronField, value: number): boolean {
  return field === '*' || field.includes(value)
}

const dayMs = 86_400_000

/** How far back a schedule may have fired last: 29 February was skipped in 1900 and will be in 2100. */
const maxDays = 8 * 366 + 1

/** The last time at or before `now` at which a schedule in UTC was due; milliseconds since 1970. */
export function previousInstant(cron: Cron, now: number): number {
  const midnight = now - (now % dayMs)
  for (let days = 0; days < maxDays; days++) {
    const start = midnight - days * dayMs
    const date = new Date(start)
    const isDay =
      has(cron.month, date.getUTCMonth() + 1) &&
      has(cron.dayOfMonth, date.getUTCDate()) &&
      has(cron.dayOfWeek, date.getUTCDay())
    if (!isDay) continue
    for (let minute = days === 0 ? Math.floor((now - start) / 60_000) : 1439; minute >= 0; minute--) {
      if (has(cron.hour, Math.floor(minute / 60)) && has(cron.minute, minute % 60)) return start + minute * 60_000
    }
  }
  throw new RangeError('The schedule has not fired within eight years.')
}
