import { defaultConcurrency } from '../../lambda-function.ts'
import type { Consumer, EventPlatformParts } from '../parts.ts'
import type { Trigger } from '../wiring.ts'
import { listOf, numberOf, objectOf } from '../values.ts'
import { messageForSqs } from './input.ts'
import { mapQueue } from './mapping.ts'
import { plainDeadLetter } from '../dead-letters.ts'

/** The largest batch without a batching window: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html */
const maxUnwaitedBatch = 10

/**
 * Lets Lambda poll a queue for a function.
 *
 * @throws Error for what Lambda would not create.
 */
export function connectQueue(
  parts: EventPlatformParts,
  trigger: Extract<Trigger, { kind: 'mapping' }>,
  consumer: Consumer,
): void {
  const { settings } = trigger
  const queue = parts.queues.at(trigger.sourceArn)
  const { id, timeoutMs } = trigger.function
  const visibilitySeconds = queue.settings.visibilityTimeout ?? 30
  if (visibilitySeconds * 1000 < timeoutMs) {
    const seconds = `${visibilitySeconds} seconds is less than Function timeout: ${timeoutMs / 1000} seconds`
    throw new Error(`template.yaml: Lambda does not take ${id} as consumer: Queue visibility timeout: ${seconds}.`)
  }
  const batchSize = numberOf(settings['BatchSize']) ?? 10
  const window = numberOf(settings['MaximumBatchingWindowInSeconds']) ?? 0
  if (batchSize > maxUnwaitedBatch && (window === 0 || queue.settings.fifo)) {
    throw new Error(
      `template.yaml: BatchSize ${batchSize} of ${id} is over ${maxUnwaitedBatch}, which takes a batching window.`,
    )
  }
  if (settings['FilterCriteria'] !== undefined) {
    throw new Error(`template.yaml: the mapping of ${id} has FilterCriteria, which this host does not model.`)
  }
  mapQueue({
    ...consumer,
    queue,
    clock: parts.clock,
    records: parts.records,
    batchSize,
    reports: listOf(settings['FunctionResponseTypes']).includes('ReportBatchItemFailures'),
    concurrency: Math.min(
      defaultConcurrency,
      numberOf(objectOf(settings['ScalingConfig'])['MaximumConcurrency']) ?? defaultConcurrency,
    ),
  })
  parts.addSource(consumer.source, queue.arn, () => ({
    prepare(input) {
      const message = messageForSqs(input, consumer.source, queue.settings)
      return () => queue.send(message).id
    },
  }))
  const { redrive } = queue.settings
  if (redrive !== undefined)
    parts.addDead(consumer.source, { queue: redrive.queue, read: (one) => [plainDeadLetter(one)] })
}
