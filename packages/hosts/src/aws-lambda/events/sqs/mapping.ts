import type { Clock } from '../../../events/clock.ts'
import type { Records } from '../../../events/records.ts'
import type { DeliveryAttempt, DeliveryRecord, SourceName } from '../../../events/types.ts'
import { collectOutcome } from '../../invocation.ts'
import type { LambdaFunction } from '../../lambda-function.ts'
import { batchFailures } from '../batch-item-failures.ts'
import type { SqsMessage } from './message.ts'
import type { SqsQueue } from './queue.ts'
import { sqsRecord } from './record.ts'

export interface SqsMappingOptions {
  queue: SqsQueue
  lambda: LambdaFunction
  clock: Clock
  records: Records
  source: SourceName
  functionName: string
  /** @default 10 */
  batchSize: number
  /** ReportBatchItemFailures is among its FunctionResponseTypes. */
  reports: boolean
  /** Batches at once. */
  concurrency: number
}

/** Bytes of a batch, below the 6 MB of an invocation: what is added to a body counts as well. */
const maxBatchBytes = 5 * 1024 * 1024

/**
 * Lambda polls a queue and calls a function with what it finds:
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
 *
 * A poll takes all messages up to the batch size that are there; without a batching window it waits for no more.
 */
export function mapQueue(options: SqsMappingOptions): void {
  const { queue, lambda, clock, records, batchSize, reports, concurrency } = options
  const deliveries = new Map<string, DeliveryRecord>()
  let running = 0
  let polling = false

  const end = (message: SqsMessage, how: DeliveryRecord['end']): void => {
    const record = deliveries.get(message.id)
    deliveries.delete(message.id)
    if (record !== undefined && how !== undefined) record.end = how
  }
  const poll = (): void => {
    polling = false
    while (running < concurrency) {
      const batch = receive()
      if (batch.length === 0) return
      running += 1
      clock.at(clock.now(), async () => {
        try {
          await run(batch)
        } finally {
          running -= 1
          poll()
        }
      })
    }
  }
  const receive = (): SqsMessage[] => {
    const batch = queue.receive(batchSize)
    let bytes = 0
    const fitting = batch.findIndex((message) => (bytes += 2 * Buffer.byteLength(message.body)) > maxBatchBytes)
    if (fitting <= 0) return batch
    for (const { receiptHandle } of batch.slice(fitting)) queue.putBack(receiptHandle ?? '')
    return batch.slice(0, fitting)
  }
  const run = async (batch: SqsMessage[]): Promise<void> => {
    const attempts = batch.map((message): [SqsMessage, string, DeliveryAttempt | undefined] => {
      const record = deliveries.get(message.id)
      return [message, message.receiptHandle ?? '', record && records.begun(record)]
    })
    const event = { Records: batch.map((message) => sqsRecord(message, queue.arn)) }
    const outcome = await collectOutcome(await lambda.invoke(Buffer.from(JSON.stringify(event))))
    const failures = batchFailures(outcome, reports, new Set(batch.map(({ id }) => id)))
    for (const [message, receiptHandle, attempt] of attempts) {
      const failed = failures.all || failures.failed.has(message.id)
      if (attempt !== undefined) {
        attempt.outcome = failed ? 'retry' : 'ack'
        if (failed) attempt.error = failures.all ? failures.error : 'The function reported it in batchItemFailures.'
      }
      // What failed is left alone: it becomes visible again by itself.
      if (failed) continue
      if (queue.delete(receiptHandle)) end(message, 'acknowledged')
    }
  }

  queue.listen({
    sent(message) {
      deliveries.set(message.id, records.sent(options.source, options.functionName, message.id))
    },
    available() {
      if (polling) return
      polling = true
      clock.at(clock.now(), poll)
    },
    deadLettered: (message) => end(message, 'dead-lettered'),
    expired: (message) => end(message, 'dropped'),
  })
}
