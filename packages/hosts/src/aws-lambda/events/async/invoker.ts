import { randomUUID } from 'node:crypto'

import type { Clock } from '../../../events/clock.ts'
import type { Records } from '../../../events/records.ts'
import type { DeliveryRecord } from '../../../events/types.ts'
import { collectOutcome } from '../../invocation.ts'
import { defaultConcurrency, type LambdaFunction } from '../../lambda-function.ts'
import { errorText, type WholeOutcome } from '../batch-item-failures.ts'
import { invocationRecord } from '../invocation-record.ts'
import type { SqsQueue } from '../sqs/queue.ts'

/**
 * How Lambda treats a function's asynchronous invocations:
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-configuring.html
 */
export interface AsyncSettings {
  /** 0 to 2. @default 2 */
  maximumRetryAttempts?: number | undefined
  /** Seconds, 60 to 21,600. @default 21600 */
  maximumEventAge?: number | undefined
  /** Gets a record of the invocation. */
  onFailure?: SqsQueue | undefined
  /** The function's own dead-letter queue, which gets the event alone. */
  deadLetterQueue?: SqsQueue | undefined
}

/** Calls a function the way other services do: it is queued, tried, tried again, and given up. */
export interface AsyncInvoker {
  /** @param event JSON. */
  invoke(event: string, record: DeliveryRecord): void
}

/** Before the first retry and before the second: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html */
const retryDelaysMs = [60_000, 120_000]

/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
export const maxAsyncBytes: number = 1024 * 1024

export function createAsyncInvoker(
  lambda: LambdaFunction,
  settings: AsyncSettings,
  { clock, records }: { clock: Clock; records: Records },
): AsyncInvoker {
  const { maximumRetryAttempts = 2, maximumEventAge = 21_600, onFailure, deadLetterQueue } = settings

  const giveUp = (call: Call, condition: string, outcome: WholeOutcome & { kind: 'error' }): void => {
    call.record.end = onFailure === undefined && deadLetterQueue === undefined ? 'dropped' : 'dead-lettered'
    const timestamp = new Date(clock.now())
    const { requestId, attempts: count, event } = call
    const responsePayload = Buffer.from(outcome.payload).toString()
    onFailure?.send({
      body: invocationRecord({ timestamp, requestId, functionArn: `${lambda.arn}:$LATEST`, condition, count }, [
        ['requestPayload', event],
        ['responsePayload', responsePayload],
      ]),
      attributes: {},
    })
    // https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html#invocation-dlq (attributes)
    deadLetterQueue?.send({
      body: event,
      attributes: {
        RequestID: { dataType: 'String', stringValue: requestId },
        ErrorCode: { dataType: 'Number', stringValue: '200' },
        ErrorMessage: { dataType: 'String', stringValue: errorText(outcome.payload).slice(0, 1024) },
      },
    })
  }
  const attempt = async (call: Call): Promise<void> => {
    const delivery = records.begun(call.record)
    call.attempts += 1
    const { requestId } = call
    const outcome = await collectOutcome(await lambda.invoke(Buffer.from(call.event), { requestId }))
    if (outcome.kind !== 'error') {
      delivery.outcome = 'ack'
      call.record.end = 'acknowledged'
      return
    }
    delivery.outcome = 'retry'
    delivery.error = errorText(outcome.payload)
    if (call.attempts > maximumRetryAttempts) return giveUp(call, 'RetriesExhausted', outcome)
    const next = clock.now() + (retryDelaysMs[call.attempts - 1] ?? 0)
    const oldest = call.record.sentAt.getTime() + maximumEventAge * 1000
    if (next <= oldest) clock.at(next, () => enqueue(call))
    else clock.at(oldest, () => giveUp(call, 'EventAgeExceeded', outcome))
  }
  /** In the order in which they are due; as many run as the function may have environments. */
  const queue = new Set<Call>()
  let running = 0
  const enqueue = (call: Call): void => {
    queue.add(call)
    if (running === defaultConcurrency) return
    running += 1
    clock.at(clock.now(), async () => {
      try {
        for (const next of queue) {
          queue.delete(next)
          await attempt(next)
        }
      } finally {
        running -= 1
      }
    })
  }
  return {
    invoke(event, record) {
      enqueue({ event, record, requestId: randomUUID(), attempts: 0 })
    },
  }
}

interface Call {
  event: string
  record: DeliveryRecord
  /** The same at every attempt. */
  requestId: string
  attempts: number
}
