import { parseCron, previousInstant, runEvents, type Cron, type EventApplication } from '@isobar/core/adapter'
import {
  attemptOf,
  bindEvents,
  conclude,
  decoded,
  describeEvents,
  type EventHandler,
  type EventSettings,
} from './event-call.ts'
import { dateOf, expectRecord, isRecord } from './event-shape.ts'

/**
 * The handler of a `schedule()`. Throws: the host tries again by the retry policy of the registration. There is no place
 * for ticks that are rejected: they are logged.
 */
export function timer(application: EventApplication, settings: EventSettings): EventHandler {
  const fn = bindEvents(application, 'schedule')
  const cron = fn.definition.kind === 'schedule' ? parseCron(fn.definition.trigger.cron) : undefined
  return async (trigger, context) => {
    const message = decoded(() => {
      const scheduled = scheduledTime(expectRecord(trigger, 'The timer of a schedule'), cron, Date.now())
      return {
        // The same when a tick fires twice.
        id: `${fn.name}/${scheduled.toISOString()}`,
        time: scheduled,
        payload: { value: null, raw: 'null' },
        delivery: { attempt: attemptOf(context) },
      }
    })
    const result = await runEvents(fn, { ...describeEvents(trigger, context, settings), messages: [message] })
    await conclude(result)
  }
}

/** By how much a timer fires early at the most, since the host's clock and its timers differ; in the page below. */
const earlyMs = 1000

/**
 * When the tick was due. The host tells it as `scheduleStatus.next`: the status is that from before the tick, and is the
 * same at every try. It counts only where the schedule has such an instant and it has come, since the status is absent
 * without the host's schedule monitor, and ahead when a tick is started by hand; then it is the last instant up to now.
 * https://github.com/Azure/azure-webjobs-sdk-extensions/blob/dev/src/WebJobs.Extensions/Extensions/Timers/Listener/TimerListener.cs
 */
function scheduledTime({ scheduleStatus }: Record<string, unknown>, cron: Cron | undefined, now: number): Date {
  if (cron === undefined) throw new TypeError('The function has no schedule.')
  const next = isRecord(scheduleStatus) ? dateOf(scheduleStatus['next'])?.getTime() : undefined
  const isDue = next !== undefined && next > 0 && next <= now + earlyMs && previousInstant(cron, next) === next
  return new Date(isDue ? next : previousInstant(cron, now))
}
