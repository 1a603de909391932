import type { IncomingMessage, MalformedMessage } from '@isobar/core/adapter'
import { rejecter, type RejectingApplication } from './async-call.ts'
import { member, UnexpectedEventError } from './event.ts'
import { bindEvents } from './invocation.ts'
import type { LambdaContext } from './lambda-context.ts'
import type { KinesisRecord } from './native-events.ts'
import { at, fromBase64, hasRecords, malformed } from './records.ts'
import type { BatchResult } from './sqs.ts'
import { runShard } from './stream-call.ts'

/**
 * The handler of a function that reads a Kinesis stream. The mapping must have the response type ReportBatchItemFailures,
 * or the whole batch is done when the function returns.
 *
 * @throws TypeError when the definition is none of `stream()`.
 */
export function kinesis(input: RejectingApplication): (event: unknown, context: LambdaContext) => Promise<BatchResult> {
  const fn = bindEvents(input, 'stream')
  const rejectTo = rejecter(input)
  return async (event, context) => {
    if (!hasRecords(event, isRecord)) {
      throw new UnexpectedEventError('a stream of Kinesis (records of aws:kinesis, each with a sequenceNumber)', event)
    }
    const { Records: records } = event
    const native = { source: 'kinesis', event, context } as const
    const sequences = records.map((record) => record.kinesis.sequenceNumber)
    return runShard(fn, native, sequences, {
      messages: records.map(decode),
      reject: rejectTo(native, (index) => {
        const { eventID: id, eventSourceARN: source, kinesis: found } = at(records, index)
        const body = fromBase64(found.data) ?? found.data
        return { body, source, id, sequence: found.sequenceNumber, key: found.partitionKey }
      }),
    })
  }
}

/** A record without a sequence number could not be reported. */
function isRecord(record: unknown): record is KinesisRecord {
  const sequence = member(member(record, 'kinesis'), 'sequenceNumber')
  return member(record, 'eventSource') === 'aws:kinesis' && typeof sequence === 'string' && sequence !== ''
}

function decode({ eventID: id, kinesis: found }: KinesisRecord): IncomingMessage | MalformedMessage {
  const { data, partitionKey, sequenceNumber: sequence, approximateArrivalTimestamp: seconds } = found
  if (typeof id !== 'string' || id === '') return malformed(undefined, 'eventID', 'a text', id)
  const bytes = typeof data === 'string' ? fromBase64(data) : undefined
  if (!bytes) return malformed(id, 'kinesis.data', 'base64', data)
  if (typeof seconds !== 'number')
    return malformed(id, 'kinesis.approximateArrivalTimestamp', 'seconds since 1970', seconds)
  const enqueuedAt = new Date(Math.round(seconds * 1000))
  return {
    id,
    time: enqueuedAt,
    // A record has no attributes beside its data.
    cloudEvent: 'body',
    payload: { bytes },
    delivery: { enqueuedAt, orderingKey: partitionKey, sequence },
  }
}
