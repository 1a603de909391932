import type { Clock } from '../../../events/clock.ts'
import type { DeployedResource, Deployment } from '../deployment.ts'
import { flagOf, isObject, numberOf, textOf } from '../values.ts'
import { createSqsQueue, type QueueSettings, type SqsQueue } from './queue.ts'

/** All queues of a template. */
export interface Queues {
  byName: ReadonlyMap<string, SqsQueue>
  /** @throws Error for one that the template does not have. */
  at(arn: string): SqsQueue
  atUrl(url: string): SqsQueue | undefined
}

/**
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sqs-queue.html
 *
 * @throws Error for what SQS would not create.
 */
export function createQueues(deployment: Deployment, clock: Clock): Queues {
  const resources = new Map(deployment.ofType('AWS::SQS::Queue').map((one) => [one.attributes['Arn'] ?? '', one]))
  const urls = new Map([...resources].map(([arn, one]) => [one.ref, arn]))
  const made = new Map<string, SqsQueue>()
  const at = (arn: string): SqsQueue => {
    const known = made.get(arn)
    if (known !== undefined) return known
    const resource = resources.get(arn)
    if (resource === undefined) throw new Error(`template.yaml has no queue ${arn}.`)
    // A queue's dead-letter queue comes first. One that leads back to itself would never come.
    resources.delete(arn)
    const queue = createSqsQueue(clock, resource.name, arn, settingsOf(resource, at))
    made.set(arn, queue)
    return queue
  }
  for (const arn of resources.keys()) at(arn)
  return {
    byName: new Map([...made.values()].map((queue) => [queue.name, queue])),
    at(arn) {
      const queue = made.get(arn)
      if (queue === undefined) throw new Error(`template.yaml has no queue ${arn}.`)
      return queue
    },
    atUrl: (url) => made.get(urls.get(url) ?? ''),
  }
}

function settingsOf({ id, properties }: DeployedResource, at: (arn: string) => SqsQueue): QueueSettings {
  const fifo = flagOf(properties['FifoQueue']) === true
  const policy = redrivePolicy(properties['RedrivePolicy'])
  const redrive = policy === undefined ? undefined : { queue: at(policy.arn), maxReceiveCount: policy.maxReceiveCount }
  if (redrive !== undefined && redrive.queue.settings.fifo !== fifo) {
    // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html
    throw new Error(`template.yaml: the dead-letter queue of ${id} must be of its type, FIFO or standard.`)
  }
  return {
    fifo,
    contentBasedDeduplication: flagOf(properties['ContentBasedDeduplication']),
    visibilityTimeout: numberOf(properties['VisibilityTimeout']),
    retention: numberOf(properties['MessageRetentionPeriod']),
    delay: numberOf(properties['DelaySeconds']),
    redrive,
  }
}

function redrivePolicy(value: unknown): { arn: string; maxReceiveCount: number } | undefined {
  const policy: unknown = typeof value === 'string' ? JSON.parse(value) : value
  if (!isObject(policy)) return undefined
  const arn = textOf(policy['deadLetterTargetArn'])
  const maxReceiveCount = numberOf(policy['maxReceiveCount'])
  if (arn === undefined || maxReceiveCount === undefined) {
    throw new Error('template.yaml: a RedrivePolicy needs deadLetterTargetArn and maxReceiveCount.')
  }
  return { arn, maxReceiveCount }
}
