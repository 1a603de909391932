import type { Cron, CronField } from '@isobar/core'
import type { Plan } from '@isobar/compiler'
import { sourceOf, type ShimSource } from './source.ts'

/** A cron trigger, and what it runs. */
export interface PlannedCron {
  /**
   * In the platform's syntax. The runtime gives it back character for character:
   * https://developers.cloudflare.com/workers/runtime-apis/handlers/scheduled/#handle-multiple-cron-triggers
   */
  expression: string
  sources: ShimSource[]
}

/** The cron triggers of an application; functions of one expression share one. */
export function planCrons({ events, target }: Plan): PlannedCron[] {
  const crons = new Map<string, PlannedCron>()
  for (const { function: planned, definition } of events) {
    if (planned.kind !== 'schedule') continue
    const expression = cronExpression(planned.cron)
    const found = crons.get(expression) ?? { expression, sources: [] }
    found.sources.push(sourceOf(planned, target, definition))
    crons.set(expression, found)
  }
  return [...crons.values()]
}

/** Sunday is 1 here and elsewhere 0, so days are named: https://developers.cloudflare.com/workers/configuration/cron-triggers/#supported-cron-expressions */
const weekdays = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT']

/** Five fields: minute, hour, day of month, month, day of week. */
export function cronExpression({ minute, hour, dayOfMonth, month, dayOfWeek }: Cron): string {
  return [
    fieldText(minute, 0, 59),
    fieldText(hour, 0, 23),
    fieldText(dayOfMonth, 1, 31),
    fieldText(month, 1, 12),
    fieldText(dayOfWeek, 0, 6, (day) => weekdays[day] ?? ''),
  ].join(' ')
}

function fieldText(field: CronField, min: number, max: number, name: (value: number) => string = String): string {
  if (field === '*') return '*'
  if (min === 0 && name === String && isStep(field, max)) return `*/${field[1]}`
  return runs(field)
    .map(([from, to]) => (from === to ? name(from) : `${name(from)}${to - from > 1 ? '-' : ','}${name(to)}`))
    .join(',')
}

/** The values in runs without a gap: of 1, 2, 3 and 5 it is 1 to 3 and 5 to 5. */
function runs(values: readonly number[]): [from: number, to: number][] {
  const found: [number, number][] = []
  for (const value of values) {
    const last = found.at(-1)
    if (last && last[1] === value - 1) last[1] = value
    else found.push([value, value])
  }
  return found
}

/** Every value that a step from 0 reaches. Where fields begin with 1, not all readers of cron agree on what every second one is. */
function isStep(values: readonly number[], max: number): boolean {
  const [first, step] = values
  if (first !== 0 || step === undefined || step < 2) return false
  return values.length === Math.floor(max / step) + 1 && values.every((value, index) => value === index * step)
}
