import { runEvents } from '@isobar/core/adapter'
import type { EventApplication, IncomingMessage, MalformedMessage } from '@isobar/core/adapter'
import { sendDeadLetter } from './dead-letters.ts'
import { createEffects, setting, type Effects, type LoadSqs } from './effects.ts'
import { member, UnexpectedEventError } from './event.ts'
import { bindEvents, invocation } from './invocation.ts'
import type { LambdaContext } from './lambda-context.ts'
import { sentAttributes, textAttributes, type TypedAttribute } from './message-attributes.ts'
import type { SqsRecord } from './native-events.ts'
import { at, hasRecords, instant, malformed } from './records.ts'

/** https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html#services-sqs-batchfailurereporting */
export interface BatchResult {
  batchItemFailures: { itemIdentifier: string }[]
}

export interface SqsApplication extends EventApplication {
  /** The queue's own visibility timeout, seconds. */
  visibilitySeconds: number
  sqs: LoadSqs
}

/**
 * The handler of a function that an SQS queue triggers, standard or FIFO. The mapping must have the response type
 * ReportBatchItemFailures, or the queue deletes what failed together with the rest.
 *
 * @throws TypeError when the definition is none of `queue()`.
 */
export function sqs(input: SqsApplication): (event: unknown, context: LambdaContext) => Promise<BatchResult> {
  const fn = bindEvents(input, 'queue')
  const effectsOf = createEffects(input.sqs)
  const ordered = fn.definition.kind === 'queue' && fn.definition.trigger.ordered === true
  return async (event, context) => {
    if (!hasRecords(event, isRecord)) {
      throw new UnexpectedEventError('a queue of SQS (records of aws:sqs, each with a messageId)', event)
    }
    const { Records: records } = event
    const effects = effectsOf(() => context.getRemainingTimeInMillis())
    const { outcomes, settle } = await runEvents(fn, {
      ...invocation({ source: 'sqs', event, context }, Infinity),
      messages: records.map((record) => decode(record, ordered)),
      ordered,
      reject: (_, index, reason) => setAside(effects, at(records, index), reason),
      delay: (_, index, seconds) => postpone(effects, at(records, index), seconds, input.visibilitySeconds),
    })
    await settle()
    const failed = records.filter((_, index) => outcomes[index]?.kind !== 'ack' && outcomes[index]?.kind !== 'reject')
    return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) }
  }
}

/** A record without an id could not be listed, and an empty identifier fails the whole batch. */
function isRecord(record: unknown): record is SqsRecord {
  const id = member(record, 'messageId')
  return member(record, 'eventSource') === 'aws:sqs' && typeof id === 'string' && id !== ''
}

function decode(record: SqsRecord, ordered: boolean): IncomingMessage | MalformedMessage {
  const { messageId: id, body } = record
  const group = member(record.attributes, 'MessageGroupId')
  const orderingKey = ordered && typeof group === 'string' ? group : undefined
  // It keeps its place: what comes behind it in its group must not overtake it.
  const refuse = (what: string, expected: string, came: unknown): MalformedMessage => ({
    ...malformed(id, what, expected, came),
    delivery: { ...(orderingKey !== undefined && { orderingKey }) },
  })
  if (typeof body !== 'string') return refuse('body', 'a text', body)
  const enqueuedAt = instant(member(record.attributes, 'SentTimestamp'))
  if (!enqueuedAt) {
    return refuse('attributes.SentTimestamp', 'milliseconds since 1970', member(record.attributes, 'SentTimestamp'))
  }
  const attempt = Number(record.attributes.ApproximateReceiveCount)
  const { SequenceNumber: sequence } = record.attributes
  return {
    id,
    time: enqueuedAt,
    attributes: textAttributes(attributesOf(record)),
    cloudEvent: 'attributes',
    payload: { text: body },
    delivery: {
      enqueuedAt,
      ...(Number.isInteger(attempt) && { attempt }),
      ...(orderingKey !== undefined && { orderingKey }),
      ...(sequence !== undefined && { sequence }),
    },
  }
}

function attributesOf({ messageAttributes }: SqsRecord): [string, TypedAttribute][] {
  return Object.entries(messageAttributes ?? {}).map(([name, { dataType, stringValue, binaryValue }]) => [
    name,
    { type: dataType, text: stringValue, base64: binaryValue },
  ])
}

function setAside(effects: Effects, record: SqsRecord, reason: string): Promise<void> {
  const { AWSTraceHeader, MessageDeduplicationId, MessageGroupId, SequenceNumber } = record.attributes
  return sendDeadLetter(effects, {
    body: record.body,
    attributes: sentAttributes(attributesOf(record)),
    source: record.eventSourceARN,
    id: record.messageId,
    sequence: SequenceNumber,
    reason,
    more: {
      ...(AWSTraceHeader !== undefined && {
        MessageSystemAttributes: { AWSTraceHeader: { DataType: 'String', StringValue: AWSTraceHeader } },
      }),
      ...(MessageGroupId !== undefined && { MessageGroupId }),
      ...(MessageDeduplicationId !== undefined && { MessageDeduplicationId }),
    },
  })
}

/**
 * The longest that a message may stay invisible, seconds, counted from when it was received. How long ago that was is not
 * told, but at most the queue's visibility timeout; SQS refuses what goes beyond:
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html
 * https://github.com/aws/aws-sdk-net/issues/794
 */
const longestInvisible = 43_200

async function postpone(effects: Effects, record: SqsRecord, seconds: number, visibility: number): Promise<void> {
  // 0 would bring it back at once, and use up its receives.
  const VisibilityTimeout = Math.min(Math.max(1, Math.ceil(seconds)), longestInvisible - visibility)
  const client = await effects.client()
  await client.changeMessageVisibility(
    { QueueUrl: setting('ISOBAR_QUEUE_URL'), ReceiptHandle: record.receiptHandle, VisibilityTimeout },
    { abortSignal: effects.signal() },
  )
}
