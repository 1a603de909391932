const formats = new Map<string, Intl.DateTimeFormat>()

/** What a clock on the wall shows in a time zone, as if it were UTC. */
export function wallTime(instant: number, timeZone: string): number {
  if (timeZone === 'UTC') return instant
  let format = formats.get(timeZone)
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone,
      calendar: 'iso8601',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
    formats.set(timeZone, format)
  }
  const parts = new Map(format.formatToParts(instant).map(({ type, value }) => [type, Number(value)]))
  const part = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0
  return Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'))
}

const dayMs = 86_400_000

/**
 * The instant at which a clock on the wall shows a time: the first, where it does so twice; undefined, where it never does.
 *
 * @param wall as if it were UTC.
 */
export function instantOf(wall: number, timeZone: string): number | undefined {
  const offset = (instant: number): number => wallTime(instant, timeZone) - instant
  // Whatever changes within a day of it, the offset is the one before or the one after.
  const candidates = [wall - offset(wall - dayMs), wall - offset(wall + dayMs)]
  return candidates.filter((one) => wallTime(one, timeZone) === wall).toSorted((a, b) => a - b)[0]
}
