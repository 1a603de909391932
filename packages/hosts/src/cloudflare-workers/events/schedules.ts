import type { Manifest } from '@isobar/compiler'
import { parseCron } from '@isobar/core/adapter'
import { Cron } from 'croner'

import type { Clock } from '../../events/clock.ts'
import type { Records } from '../../events/records.ts'
import type { DeliveryAttempt, DeliveryRecord } from '../../events/types.ts'
import type { ScheduledResult } from './dispatcher.ts'

export interface ScheduleOptions {
  clock: Clock
  records: Records
  manifest: Pick<Manifest, 'functions'>
  /** Calls the handler `scheduled`. */
  call(cron: string, scheduledTime: number): Promise<ScheduledResult>
}

const weekdays = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT']

/**
 * Fires the cron triggers of a Worker, in UTC. One that fails is not repeated.
 * https://developers.cloudflare.com/workers/configuration/cron-triggers/
 *
 * @throws TypeError for an expression that is none.
 */
export function startSchedules(crons: string[], { clock, records, manifest, call }: ScheduleOptions): void {
  for (const expression of crons) {
    const cron = new Cron(withWeekdayNames(expression), { timezone: 'UTC' })
    const functions = functionsOf(manifest, expression)
    const fire = async (): Promise<void> => {
      const time = clock.now()
      next()
      const deliveries = functions.map((name) => {
        const record = records.sent(`schedule:${name}`, name, `${name}/${new Date(time).toISOString()}`)
        return { record, attempt: records.begun(record) }
      })
      const error = await call(expression, time).then(failureOf, (cause: unknown) => String(cause))
      for (const delivery of deliveries) complete(delivery, error)
    }
    const next = (): void => {
      const due = cron.nextRun(new Date(clock.now()))
      if (due !== null) clock.at(due.getTime(), fire)
    }
    next()
  }
}

function failureOf({ outcome }: ScheduledResult): string | undefined {
  return outcome === 'ok' ? undefined : `The handler ended with the outcome ${outcome}.`
}

function complete({ record, attempt }: { record: DeliveryRecord; attempt: DeliveryAttempt }, error?: string): void {
  attempt.outcome = error === undefined ? 'ack' : 'retry'
  if (error !== undefined) attempt.error = error
  record.end = error === undefined ? 'acknowledged' : 'dropped'
}

/** Which functions of the application it is the schedule of: those that fire at the same times. */
function functionsOf({ functions }: Pick<Manifest, 'functions'>, expression: string): string[] {
  const fields = fieldsOf(withWeekdayNames(expression))
  return functions.flatMap((one) =>
    one.kind === 'schedule' && fields !== undefined && fieldsOf(one.trigger.cron) === fields ? [one.name] : [],
  )
}

function fieldsOf(expression: string): string | undefined {
  try {
    return JSON.stringify(parseCron(expression))
  } catch {
    // More can be said to Cloudflare than a trigger of ours can say.
    return undefined
  }
}

/**
 * Cloudflare counts weekdays from Sunday, which is 1.
 * https://developers.cloudflare.com/workers/configuration/cron-triggers/#supported-cron-expressions
 */
function withWeekdayNames(expression: string): string {
  const fields = expression.trim().split(/\s+/)
  const [weekday = ''] = fields.splice(4, 1)
  // Behind a slash stands a step, behind a hash a number of weeks.
  return [...fields, weekday.replaceAll(/(?<![/#\d])\d+/g, (day) => weekdays[Number(day) - 1] ?? day)].join(' ')
}
