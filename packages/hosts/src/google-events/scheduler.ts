import { Cron } from 'croner'

import type { Clock } from '../events/clock.ts'
import type { Records } from '../events/records.ts'
import type { DeliveryRecord, SourceName } from '../events/types.ts'
import { required, type Block } from './block.ts'
import { destinationOf, failureOf, send, type Destination, type EventService } from './service.ts'
import type { Terraform } from './terraform.ts'

export interface SchedulerSetup {
  clock: Clock
  records: Records
  terraform: Terraform
  services: readonly EventService[]
  sourceOf(functionName: string): SourceName | undefined
}

/** https://cloud.google.com/scheduler/docs/configuring/retry-jobs */
export interface RetryConfig {
  count: number
  /** In milliseconds; 0: no limit. */
  maxRetryMs: number
  minBackoffMs: number
  maxBackoffMs: number
  maxDoublings: number
}

const defaultAttemptDeadlineMs = 3 * 60_000

/** Starts the jobs of the deploy files that call an HTTP target. @throws Error for one that calls no event function */
export function setUpScheduler(setup: SchedulerSetup): void {
  for (const block of setup.terraform.resources('google_cloud_scheduler_job')) startJob(block, setup)
}

interface Job {
  name: string
  zone: string
  cron: Cron
  retry: RetryConfig
  /** Sends the request of one scheduled time. @returns why it failed */
  call(scheduled: number): Promise<string | undefined>
}

function startJob(block: Block, setup: SchedulerSetup): void {
  const { clock, records, services, sourceOf } = setup
  const target = block.block('http_target')
  if (target === undefined || block.flag('paused') === true) return
  const uri = required(target, 'uri', target.text('uri'))
  const destination = destinationOf(uri, services, target.where)
  const functionName = destination.service.functionAt(destination.target)
  const source = functionName === undefined ? undefined : sourceOf(functionName)
  if (functionName === undefined || source === undefined) {
    throw new Error(`${target.where}: ${uri} is the address of no event function.`)
  }
  const job = readJob(block, target, destination, clock)
  let retrying = false

  const attempt = async (record: DeliveryRecord, scheduled: number): Promise<void> => {
    const current = records.begun(record)
    const failure = await job.call(scheduled)
    retrying = false
    if (failure === undefined) {
      current.outcome = 'ack'
      record.end = 'acknowledged'
      return
    }
    current.outcome = 'retry'
    current.error = failure
    const delay = retryDelay(job.retry, current.number, clock.now() - record.sentAt.getTime())
    if (delay === undefined) {
      record.end = 'dropped'
      return
    }
    retrying = true
    clock.at(clock.now() + delay, () => attempt(record, scheduled))
  }

  const plan = (after: number): void => {
    const next = job.cron.nextRun(new Date(after))?.getTime()
    if (next === undefined) return
    clock.at(next, () => {
      plan(next)
      // "The next scheduled execution time might be skipped if the retries continue through that time."
      if (retrying) return
      const id = `${job.name}/${new Date(next).toISOString()}`
      return attempt(records.sent(source, functionName, id), next)
    })
  }
  plan(clock.now())
}

/** https://cloud.google.com/scheduler/docs/reference/rest/v1/projects.locations.jobs */
function readJob(block: Block, target: Block, destination: Destination, clock: Clock): Job {
  const name = required(block, 'name', block.text('name'))
  const zone = block.text('time_zone') ?? 'Etc/UTC'
  const expression = required(block, 'schedule', block.text('schedule'))
  // https://cloud.google.com/scheduler/docs/configuring/cron-job-schedules
  if (expression.trim().split(/\s+/).length !== 5) {
    throw new Error(`${block.where}: "schedule" is ${JSON.stringify(expression)}, expected five fields of unix-cron.`)
  }
  const method = target.text('http_method')?.toUpperCase() ?? 'POST'
  const body = Buffer.from(target.text('body') ?? '', 'base64')
  const timeoutMs = Math.min(
    block.duration('attempt_deadline', [15_000, 1_800_000]) ?? defaultAttemptDeadlineMs,
    destination.service.timeoutMs,
  )
  const identity = target.block('oidc_token')
  const account = identity?.text('service_account_email')
  const audience = identity?.text('audience')
  const given = Object.entries(target.texts('headers'))
  const has = (header: string): boolean => given.some(([key]) => key.toLowerCase() === header)
  return {
    name,
    zone,
    cron: new Cron(expression, { timezone: zone }),
    retry: readRetry(block.block('retry_config')),
    async call(scheduled) {
      const headers: [string, string][] = [
        ...given.filter(([key]) => !/^(?:host|content-length|user-agent|x-cloudscheduler.*)$/i.test(key)),
        ['User-Agent', 'Google-Cloud-Scheduler'],
        ['X-CloudScheduler', 'true'],
        ['X-CloudScheduler-JobName', name],
        ['X-CloudScheduler-ScheduleTime', rfc3339(scheduled, zone)],
        ...(body.length > 0 && !has('content-type')
          ? [['Content-Type', 'application/octet-stream'] satisfies [string, string]]
          : []),
      ]
      const answer = await send(destination, { method, headers, body, timeoutMs, account, audience, now: clock.now() })
      return failureOf(answer, (status) => status >= 200 && status < 300)
    },
  }
}

function readRetry(block: Block | undefined): RetryConfig {
  return {
    // "Values greater than 5 and negative values are not allowed."
    count: block?.number('retry_count', [0, 5]) ?? 0,
    maxRetryMs: block?.duration('max_retry_duration') ?? 0,
    minBackoffMs: block?.duration('min_backoff_duration') ?? 5_000,
    maxBackoffMs: block?.duration('max_backoff_duration') ?? 3_600_000,
    maxDoublings: block?.number('max_doublings') ?? 5,
  }
}

/**
 * How long after a failed attempt the next one follows; undefined: none does.
 * @param attempt how many there were, from 1
 * @param elapsedMs since the first one
 */
export function retryDelay(retry: RetryConfig, attempt: number, elapsedMs: number): number | undefined {
  const { count, maxRetryMs, minBackoffMs, maxBackoffMs, maxDoublings } = retry
  // "If specified with retryCount, the job will be retried until both limits are reached."
  const isOver = attempt > count && (maxRetryMs === 0 || elapsedMs >= maxRetryMs)
  if (isOver) return undefined
  const doublings = Math.min(attempt - 1, maxDoublings)
  const steps = Math.max(1, attempt - maxDoublings)
  return Math.min(maxBackoffMs, minBackoffMs * 2 ** doublings * steps)
}

/**
 * "The job schedule as an offset of UTC parsed according to RFC3339":
 * https://cloud.google.com/scheduler/docs/reference/rest/v1/projects.locations.jobs#HttpTarget
 */
export function rfc3339(time: number, zone: string): string {
  const offset = offsetMinutes(time, zone)
  const local = new Date(time + offset * 60_000).toISOString().slice(0, 19)
  if (offset === 0) return `${local}Z`
  const two = (number: number): string => String(number).padStart(2, '0')
  const minutes = Math.abs(offset)
  return `${local}${offset < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`
}

function offsetMinutes(time: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' }).formatToParts(time)
  const name = parts.find(({ type }) => type === 'timeZoneName')?.value ?? ''
  const [, sign, hours, minutes] = /^GMT([+-])(\d\d):(\d\d)/.exec(name) ?? []
  return (sign === '-' ? -1 : 1) * (Number(hours ?? 0) * 60 + Number(minutes ?? 0))
}
