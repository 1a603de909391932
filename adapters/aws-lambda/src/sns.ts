import type { IncomingMessage, MalformedMessage } from '@isobar/core/adapter'
import { rejecter, runAsynchronous, type RejectingApplication } from './async-call.ts'
import { member, UnexpectedEventError } from './event.ts'
import { bindEvents } from './invocation.ts'
import type { LambdaContext } from './lambda-context.ts'
import { sentAttributes, textAttributes, type TypedAttribute } from './message-attributes.ts'
import type { SnsRecord } from './native-events.ts'
import { at, hasRecords, malformed } from './records.ts'

/**
 * The handler of a function that subscribes to an SNS topic.
 *
 * @throws TypeError when the definition is none of `topic()`.
 */
export function sns(input: RejectingApplication): (event: unknown, context: LambdaContext) => Promise<void> {
  const fn = bindEvents(input, 'topic')
  const rejectTo = rejecter(input)
  return async (event, context) => {
    if (!hasRecords(event, isRecord)) throw new UnexpectedEventError('a topic of SNS (records of aws:sns)', event)
    const { Records: records } = event
    const native = { source: 'sns', event, context } as const
    await runAsynchronous(fn, native, {
      messages: records.map(decode),
      reject: rejectTo(native, (index) => {
        const record = at(records, index)
        const { Message: body, MessageId: id, TopicArn: source } = record.Sns
        return { body, attributes: sentAttributes(attributesOf(record)), source, id }
      }),
    })
  }
}

function isRecord(record: unknown): record is SnsRecord {
  return member(record, 'EventSource') === 'aws:sns' && typeof member(record, 'Sns') === 'object'
}

function decode(record: SnsRecord): IncomingMessage | MalformedMessage {
  const { Sns } = record
  const id: unknown = member(Sns, 'MessageId')
  if (typeof id !== 'string' || id === '') return malformed(undefined, 'Sns.MessageId', 'a text', id)
  const { Message: text, Timestamp: time, Subject: subject } = Sns
  if (typeof text !== 'string') return malformed(id, 'Sns.Message', 'a text', text)
  if (Number.isNaN(Date.parse(time))) return malformed(id, 'Sns.Timestamp', 'a time of RFC 3339', time)
  return {
    id,
    time,
    ...(subject && { subject }),
    attributes: textAttributes(attributesOf(record)),
    cloudEvent: 'attributes',
    payload: { text },
    delivery: { enqueuedAt: new Date(time) },
  }
}

function attributesOf({ Sns }: SnsRecord): [string, TypedAttribute][] {
  return Object.entries(Sns.MessageAttributes ?? {}).map(([name, { Type: type, Value }]) => [
    name,
    { type, text: Value, base64: Value },
  ])
}
