import type { PlannedEvent } from '@isobar/compiler'
import type { Checks } from './checks.ts'
import type { LogicalIds } from './logical-ids.ts'
import type { CloudResource, Part } from './part.ts'
import type { EventShim } from './shims.ts'

/** What one event function adds to the template, and how its shim is called. */
export interface EventPart extends Part {
  shim: EventShim
}

export interface PlaceOptions<Planned extends PlannedEvent> {
  planned: Planned
  /** What the function is called where it is deployed. */
  service: string
  ids: LogicalIds
  /** The event functions of the application that are placed already. */
  others: readonly PlannedEvent[]
  /** The id of a resource that several functions may listen to, the same each time. */
  shared(physical: string, suffix: string): string
  checks: Checks
}

/** Seconds that a function has unless its handler asks for more. */
const usualTimeout = 60

/**
 * The function's own limit, seconds: enough for a whole batch when each of its events takes the trigger's `timeoutMs`, and
 * the margin ahead of the end in which core answers. What a batch leaves undone comes again.
 *
 * @param sideBySide how many events of a batch are handled at a time, at the least.
 *
 * https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
export function functionTimeout(checks: Checks, batchSize: number, sideBySide: number): number {
  const timeoutMs = checks.limited('timeoutMs', {
    default: 0,
    max: 899_000,
    because: 'a function on AWS Lambda has 900 s, one of them to answer in, so an event has',
    source: 'https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html',
  })
  const needed = Math.ceil((timeoutMs * Math.ceil(batchSize / sideBySide)) / 1000) + 1
  return Math.min(900, Math.max(usualTimeout, needed))
}

interface DeadQueue {
  id: string
  arn: object
  resources: Record<string, CloudResource>
}

/** Two weeks, the longest that SQS keeps a message. */
const retention = 1_209_600

/** A queue for the function's own dead. */
export function ownDeadQueue({ checks, ids, planned, service }: PlaceOptions<PlannedEvent>): DeadQueue {
  const name = checks.ownName(`${service}-dead`, { what: 'queue for the dead', longest: 80, source: queuePage })
  return deadQueue(ids.of(planned.name, 'DeadQueue'), name)
}

const queuePage = 'https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-queues.html'

/** A queue for the dead. */
export function deadQueue(id: string, name: string): DeadQueue {
  const Properties = {
    QueueName: name,
    ...(name.endsWith('.fifo') && { FifoQueue: true }),
    MessageRetentionPeriod: retention,
  }
  return { id, arn: { 'Fn::GetAtt': [id, 'Arn'] }, resources: { [id]: { Type: 'AWS::SQS::Queue', Properties } } }
}

/** Policies of a function's role: what its effects need. What its source needs, SAM adds. */
export function role(allowed: readonly { Action: string; Resource: unknown }[]): object[] {
  return [{ Version: '2012-10-17', Statement: allowed.map((one) => ({ Effect: 'Allow', ...one })) }]
}
