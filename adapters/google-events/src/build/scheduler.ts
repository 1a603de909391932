import type { Cron, CronField } from '@isobar/core'
import type { PlannedSchedule } from '@isobar/compiler'
import { account, type Blocks, type EventsContext } from './context.ts'

/** A job waits 15 s to 30 min for an answer: https://docs.cloud.google.com/scheduler/docs/reference/rest/v1/projects.locations.jobs#Job */
const attemptSeconds = { min: 15, max: 1800 }

/**
 * A job for each schedule:
 * https://github.com/hashicorp/terraform-provider-google/blob/main/website/docs/r/cloud_scheduler_job.html.markdown
 */
export function schedulerBlocks({ events, destination, timeoutSeconds }: EventsContext): Blocks {
  const jobs = events.flatMap(({ name, service, function: planned }): [string, object][] => {
    if (planned.kind !== 'schedule') return []
    const { endpoint, audience } = destination(name)
    const deadline = Math.min(Math.max(attemptSeconds.min, timeoutSeconds), attemptSeconds.max)
    const job = {
      name: service,
      region: '${var.region}',
      schedule: cronText(planned.cron),
      time_zone: timeZone(planned),
      attempt_deadline: `${deadline}s`,
      // Without a count a job that fails is not tried again before its next time.
      retry_config: { retry_count: 3, min_backoff_duration: '10s', max_backoff_duration: '600s' },
      http_target: {
        http_method: 'POST',
        uri: endpoint,
        oidc_token: { service_account_email: account, audience },
      },
    }
    return [[name, job]]
  })
  return jobs.length === 0 ? {} : { google_cloud_scheduler_job: Object.fromEntries(jobs) }
}

function timeZone({ trigger }: PlannedSchedule): string {
  return trigger.timeZone ?? 'Etc/UTC'
}

/** Five fields in numbers, Sunday is 0: https://docs.cloud.google.com/scheduler/docs/configuring/cron-job-schedules */
function cronText({ minute, hour, dayOfMonth, month, dayOfWeek }: Cron): string {
  return [minute, hour, dayOfMonth, month, dayOfWeek].map(fieldText).join(' ')
}

function fieldText(field: CronField): string {
  return field === '*' ? field : field.join(',')
}
