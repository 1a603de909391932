import { createEventFunction, MalformedEventError, runEvents, type EventApplication } from '@isobar/core/adapter'
import { strings } from './env.ts'
import { sink } from './log.ts'
import type { WorkersExecutionContext, WorkersScheduledController, WorkersScheduledNative } from './native.ts'

/**
 * What a Worker does when one of its cron triggers fires. Rejects when it failed, so that the run is recorded as failed:
 * the platform does not repeat it.
 */
export type Tick = (controller: WorkersScheduledController, env: object, ctx: WorkersExecutionContext) => Promise<void>

/** https://developers.cloudflare.com/workers/platform/limits/#duration: 15 minutes for a cron trigger. */
const wallTimeMs = 15 * 60_000

/** A function that runs on a schedule: https://developers.cloudflare.com/workers/runtime-apis/handlers/scheduled/ */
export function schedule(application: EventApplication): Tick {
  const fn = createEventFunction(application, 'schedule')
  return async (controller, env, ctx) => {
    const native: WorkersScheduledNative<object> = { controller, env, ctx }
    const time = timeOf(controller)
    const { outcomes, settle } = await runEvents(fn, {
      native,
      env: strings(env),
      deadline: Date.now() + wallTimeMs,
      sink,
      waitUntil: (work) => ctx.waitUntil(work),
      // One that fires twice has the same id (E1).
      messages: [{ id: `${fn.name}/${time}`, time, payload: { value: null, raw: '' }, delivery: {} }],
    })
    void settle()
    const [outcome] = outcomes
    if (outcome?.kind === 'retry') throw outcome.error
  }
}

function timeOf({ scheduledTime, cron }: WorkersScheduledController): string {
  const date = new Date(scheduledTime)
  if (typeof scheduledTime === 'number' && !Number.isNaN(date.getTime())) return date.toISOString()
  throw new MalformedEventError(
    `The cron trigger ${JSON.stringify(cron)} fired with the scheduled time ${JSON.stringify(scheduledTime)}; milliseconds since 1970 are expected.`,
  )
}
