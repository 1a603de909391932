import type { Clock } from '../../events/clock.ts'
import type { Records } from '../../events/records.ts'
import type { SourceName } from '../../events/types.ts'
import { dateTimeOffset } from './binding-data.ts'
import type { EventFunction } from './event-function.ts'
import type { Invoker, TriggerInput } from './invoker.ts'
import { timerSchedule } from './timer-schedule.ts'

export interface TimerOptions {
  source: SourceName
  fn: EventFunction
  invoker: Invoker
  clock: Clock
  records: Records
}

interface ScheduleStatus {
  Last: string
  Next: string
  LastUpdated: string
}

// DateTime's default.
const never = '0001-01-01T00:00:00+00:00'

/**
 * The listener of Azure's extension: it fires at the times of the schedule, one invocation after the other. While one is
 * retried none begins; what was missed meanwhile is made up for once.
 * https://github.com/Azure/azure-webjobs-sdk-extensions/blob/dev/src/WebJobs.Extensions/Extensions/Timers/Listener/TimerListener.cs
 *
 * @throws Error for an expression that is no schedule.
 */
export function startTimer(options: TimerOptions): void {
  const { source, fn, invoker, clock, records } = options
  const { schedule: expression = '', runOnStartup = false, useMonitor = true } = fn.trigger.binding
  const start = clock.now()
  const schedule = timerSchedule(expression, start)
  let last: number | undefined
  let count = 0

  const status = (next: number): ScheduleStatus | null => {
    if (!useMonitor || !schedule.isMonitored) return null
    const at = last === undefined ? never : dateTimeOffset(last)
    return { Last: at, Next: dateTimeOffset(next), LastUpdated: at }
  }
  const fire = async (due: number): Promise<void> => {
    const now = clock.now()
    count += 1
    const record = records.sent(source, fn.name, `${source}/${count}`)
    const input: TriggerInput = { data: timerInfo(status(due)), bindingData: {} }
    await invoker.runWithPolicy(
      fn,
      () => input,
      () => {
        const attempt = records.begun(record)
        return (error) => {
          attempt.outcome = error === undefined ? 'ack' : 'retry'
          if (error !== undefined) attempt.error = error
        }
      },
      (error) => {
        record.end = error === undefined ? 'acknowledged' : 'dropped'
        last = now
        wait(now)
      },
    )
  }
  const wait = (after: number): void => {
    const next = schedule.next(after)
    if (next === undefined) return
    clock.at(Math.max(next, clock.now()), () => fire(next))
  }

  if (runOnStartup) clock.at(start, () => fire(schedule.next(start) ?? start))
  else wait(start)
}

/** https://learn.microsoft.com/azure/azure-functions/functions-bindings-timer#usage */
function timerInfo(status: ScheduleStatus | null): TriggerInput['data'] {
  const info = { Schedule: { AdjustForDST: true }, ScheduleStatus: status, IsPastDue: false }
  return { json: JSON.stringify(info) }
}
