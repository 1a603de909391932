import { randomBytes } from 'node:crypto'

import type { Clock } from '../../../events/clock.ts'
import { busEvent } from '../async/event-bridge.ts'
import type { NextTime } from './expression.ts'

/** A schedule that calls a function. */
export interface Schedule {
  arn: string
  next: NextTime
  /** Milliseconds since 1970; nothing comes after it. @default never */
  end?: number | undefined
  /** Text that a call gets, with attributes of the context in it. @default an event of the service */
  input?: string | undefined
  /** The service that it belongs to: EventBridge Scheduler, or EventBridge itself, whose rules may have a schedule. */
  service: 'scheduler' | 'rule'
}

/** @param fire is called when it is time, with the event as JSON. */
export function runSchedule(schedule: Schedule, clock: Clock, fire: (event: string, at: Date) => void): void {
  const { next, service, end = Infinity } = schedule
  const arm = (after: number): void => {
    const time = next(after)
    if (time === undefined || time > end) return
    clock.at(time, () => {
      arm(time)
      fire(scheduledEvent(schedule, new Date(time)), new Date(time))
    })
  }
  // A rate of Scheduler begins at once, one of a rule when its period has passed.
  arm(service === 'scheduler' ? clock.now() - 1 : clock.now())
}

export function scheduledEvent({ arn, input, service }: Schedule, at: Date): string {
  const time = `${at.toISOString().slice(0, 19)}Z`
  if (service === 'rule') return input ?? busEvent('aws.events', 'Scheduled Event', at, '{}', [arn]).text
  // A target without an input gets this: https://docs.aws.amazon.com/lambda/latest/dg/with-eventbridge-scheduler.html
  if (input === undefined) return busEvent('aws.scheduler', 'Scheduled Event', at, '"{}"', [arn]).text
  // https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html
  const attributes: Readonly<Record<string, string>> = {
    'schedule-arn': arn,
    'scheduled-time': time,
    'execution-id': randomBytes(8).toString('hex'),
    'attempt-number': '1',
  }
  return input.replaceAll(/<aws\.scheduler\.([a-z-]+)>/g, (whole, name: string) => attributes[name] ?? whole)
}
