import { MalformedEventError } from '@isobar/core/adapter'
import type { ChangeData, ChangeValue, EventFunction, IncomingMessage, MalformedMessage } from '@isobar/core/adapter'
import { rejecter, type RejectingApplication } from './async-call.ts'
import { plainRecord } from './attribute-value.ts'
import { member, UnexpectedEventError } from './event.ts'
import { bindEvents } from './invocation.ts'
import type { LambdaContext } from './lambda-context.ts'
import type { DynamoDbRecord } from './native-events.ts'
import { at, hasRecords, malformed } from './records.ts'
import type { BatchResult } from './sqs.ts'
import { runShard } from './stream-call.ts'

/** A record with what the answer of the function needs. */
type Sequenced = DynamoDbRecord & { dynamodb: { SequenceNumber: string } }

/**
 * The handler of a function that reads the stream of a DynamoDB table, one with new and old images. The mapping must have
 * the response type ReportBatchItemFailures, or the whole batch is done when the function returns.
 *
 * @throws TypeError when the definition is none of `changes()`.
 */
export function dynamoDb(
  input: RejectingApplication,
): (event: unknown, context: LambdaContext) => Promise<BatchResult> {
  const fn = bindEvents(input, 'changes')
  const rejectTo = rejecter(input)
  return async (event, context) => {
    if (!hasRecords(event, isRecord)) {
      throw new UnexpectedEventError(
        'a stream of DynamoDB (records of aws:dynamodb, each with a SequenceNumber)',
        event,
      )
    }
    const { Records: records } = event
    const native = { source: 'dynamodb', event, context } as const
    const sequences = records.map(({ dynamodb }) => dynamodb.SequenceNumber)
    return runShard(fn, native, sequences, {
      messages: records.map((record) => decode(fn, record)),
      reject: rejectTo(native, (index) => {
        const record = at(records, index)
        const { eventSourceARN: source = '', eventID: id = '', dynamodb } = record
        return { body: JSON.stringify(record), source, id, sequence: dynamodb.SequenceNumber }
      }),
    })
  }
}

/** A record without a sequence number could not be reported. */
function isRecord(record: unknown): record is Sequenced {
  const sequence = member(member(record, 'dynamodb'), 'SequenceNumber')
  return member(record, 'eventSource') === 'aws:dynamodb' && typeof sequence === 'string' && sequence !== ''
}

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_Record.html */
const types = new Map<unknown, string>([
  ['INSERT', 'changes.inserted'],
  ['MODIFY', 'changes.updated'],
  ['REMOVE', 'changes.deleted'],
])

function decode({ definition }: EventFunction, record: Sequenced): IncomingMessage | MalformedMessage {
  const { eventID: id, eventName, dynamodb } = record
  const { Keys, OldImage, NewImage, SequenceNumber: sequence, ApproximateCreationDateTime: seconds } = dynamodb
  const numbers = (definition.kind === 'changes' ? definition.trigger.numbers : undefined) ?? 'string'
  const type = types.get(eventName)
  if (typeof id !== 'string' || id === '') return malformed(undefined, 'eventID', 'a text', id)
  if (!type) return malformed(id, 'eventName', 'INSERT, MODIFY or REMOVE', eventName)
  if (!Keys) return malformed(id, 'dynamodb.Keys', 'the attributes of the key', Keys)
  let data: ChangeData
  try {
    data = {
      key: plainRecord(Keys, numbers),
      ...image('before', OldImage, numbers),
      ...image('after', NewImage, numbers),
    }
  } catch (error) {
    return { id, malformed: new MalformedEventError(`The record is not as DynamoDB writes it: ${String(error)}.`) }
  }
  // The time is not required; that of the delivery is the nearest then.
  const happened = typeof seconds === 'number' ? new Date(Math.round(seconds * 1000)) : undefined
  return {
    id,
    time: happened ?? new Date(),
    type,
    payload: { value: data, raw: JSON.stringify(record) },
    delivery: {
      ...(happened && { enqueuedAt: happened }),
      // The order is kept within an item.
      orderingKey: JSON.stringify(Object.entries(Keys).toSorted(([one], [other]) => (one < other ? -1 : 1))),
      sequence,
    },
  }
}

function image(
  name: 'before' | 'after',
  attributes: Record<string, unknown> | undefined,
  numbers: 'string' | 'bigint',
): { [Name in 'before' | 'after']?: Record<string, ChangeValue> } {
  return attributes ? { [name]: plainRecord(attributes, numbers) } : {}
}
