import { setting, type Effects, type MessageAttribute, type SendMessageInput } from './effects.ts'

/** An event that is to be set aside, with what tells where it comes from. */
export interface DeadLetter {
  body: string | Uint8Array
  /** The attributes that it had. */
  attributes?: Record<string, MessageAttribute>
  /** The ARN of the queue, topic, bucket, stream or bus that it came from. */
  source: string
  id: string
  sequence?: string | undefined
  /** Its ordering key, where the queue of the dead has no groups. */
  key?: string | undefined
  reason: string
  /** Members of the message that keep their place in the request. */
  more?: Pick<SendMessageInput, 'MessageSystemAttributes' | 'MessageGroupId' | 'MessageDeduplicationId'>
}

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html */
const mostAttributes = 10

/** A reason is a sentence for whoever looks into the queue; the log has all of it. */
const longestReason = 1000

/** Sends an event to the queue of the dead. @throws whatever the SDK throws, so that the event comes again. */
export async function sendDeadLetter(effects: Effects, letter: DeadLetter): Promise<void> {
  const { body, base64 } = asText(letter.body)
  const facts: [name: string, value: string | undefined][] = [
    ['isobar-encoding', base64 ? 'base64' : undefined],
    ['isobar-source', letter.source],
    ['isobar-id', letter.id],
    ['isobar-reason', letter.reason.slice(0, longestReason)],
    ['isobar-sequence', letter.sequence],
    ['isobar-key', letter.key],
  ]
  const attributes = Object.entries(letter.attributes ?? {})
  for (const [name, value] of facts) {
    const text = value?.toWellFormed().replaceAll(illegal, '\ufffd')
    if (text) attributes.push([name, { DataType: 'String', StringValue: text }])
  }
  const client = await effects.client()
  await client.sendMessage(
    {
      QueueUrl: setting('ISOBAR_DEAD_LETTER_QUEUE_URL'),
      MessageBody: body,
      // What the sender gave comes first: the log has the rest.
      MessageAttributes: Object.fromEntries(attributes.slice(0, mostAttributes)),
      ...letter.more,
    },
    { abortSignal: effects.signal() },
  )
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * A message is text of the characters that XML 1.0 has, at least one; SQS replaces any other:
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
 */
// oxlint-disable-next-line no-control-regex -- control characters are what it is about
const illegal = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g

function asText(body: string | Uint8Array): { body: string; base64: boolean } {
  const text = typeof body === 'string' ? body : decode(body)
  if (text !== undefined && text !== '' && text.isWellFormed() && text.search(illegal) < 0) {
    return { body: text, base64: false }
  }
  const encoded = Buffer.from(body).toString('base64')
  // Of nothing base64 is nothing, and a message must have a character.
  return { body: encoded === '' ? '=' : encoded, base64: true }
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes)
  } catch {
    return undefined
  }
}
