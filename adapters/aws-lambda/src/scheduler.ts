import type { EventApplication } from '@isobar/core/adapter'
import { runAsynchronous } from './async-call.ts'
import { member, UnexpectedEventError } from './event.ts'
import { bindEvents } from './invocation.ts'
import type { LambdaContext } from './lambda-context.ts'
import type { SchedulerEvent } from './native-events.ts'

/**
 * The handler of a function that EventBridge Scheduler calls, with the input that the generated template gives the
 * schedule: the scheduled time, so that a tick has one id however often it fires.
 *
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html
 *
 * @throws TypeError when the definition is none of `schedule()`.
 */
export function scheduler(input: EventApplication): (event: unknown, context: LambdaContext) => Promise<void> {
  const fn = bindEvents(input, 'schedule')
  return async (event, context) => {
    if (!isTick(event)) {
      throw new UnexpectedEventError('a schedule of EventBridge Scheduler (with its scheduledTime as input)', event)
    }
    const scheduled = new Date(event.scheduledTime)
    const payload = { value: null, raw: JSON.stringify(event) }
    // A rejected tick is logged: there is nothing in it to keep.
    await runAsynchronous(
      fn,
      { source: 'scheduler', event, context },
      {
        messages: [{ id: `${fn.name}/${scheduled.toISOString()}`, time: scheduled, payload, delivery: {} }],
      },
    )
  }
}

function isTick(event: unknown): event is SchedulerEvent {
  const time = member(event, 'scheduledTime')
  return typeof time === 'string' && !Number.isNaN(Date.parse(time))
}
