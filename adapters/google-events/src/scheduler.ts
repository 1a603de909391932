import { MalformedEventError, type EventFunction } from '@isobar/core/adapter'
import { toDate, type Delivery } from './delivery.ts'
import type { EventSource, ReadMessage } from './source.ts'

const header = 'x-cloudscheduler-scheduletime'

/**
 * A job of Cloud Scheduler with an HTTP target, which says for when it is, retries too:
 * https://docs.cloud.google.com/scheduler/docs/reference/rest/v1/projects.locations.jobs#HttpTarget
 */
export function schedulerJob(): EventSource {
  return { kind: 'schedule', read: readTick }
}

function readTick({ headers, body }: Delivery, { name }: EventFunction): ReadMessage {
  const scheduled = toDate(headers[header])
  if (!scheduled) {
    throw new MalformedEventError(
      `Expected a call of Cloud Scheduler, with the scheduled time in X-CloudScheduler-ScheduleTime, got '${headers[header] ?? 'none'}' there.`,
    )
  }
  const time = scheduled.toISOString()
  return {
    message: { id: `${name}/${time}`, time, payload: { value: null, raw: body }, delivery: {} },
    origin: { data: body, attributes: {} },
  }
}
