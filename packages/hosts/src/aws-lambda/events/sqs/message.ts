import { createHash } from 'node:crypto'

/** An attribute of a message beside its body. Types may have a label behind a dot: `Number.int`. */
export type MessageAttribute =
  | { dataType: string; stringValue: string }
  /** The bytes are base64. */
  | { dataType: string; binaryValue: string }

/** What a sender gives. */
export interface MessageToSend {
  body: string
  attributes: Readonly<Record<string, MessageAttribute>>
  /** Seconds, 0 to 900. @default the queue's own */
  delaySeconds?: number | undefined
  groupId?: string | undefined
  deduplicationId?: string | undefined
}

/** A message in a queue. */
export interface SqsMessage extends MessageToSend {
  id: string
  /** On the clock, as all times here. */
  sentAt: number
  /** When it came into this queue. */
  arrivedAt: number
  firstReceivedAt?: number
  receiveCount: number
  /** Of FIFO queues. */
  sequenceNumber?: string
  /** The queue that it was moved from. */
  deadLetterSourceArn?: string
  /** Of the last receive. */
  receiptHandle?: string
  /** When it can be received; in the past while it can. */
  visibleAt: number
}

/** An answer of SQS that refuses a request: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/CommonErrors.html */
export class SqsError extends Error {
  /** As the JSON protocol names it. */
  readonly code: string
  /** As the query protocol named it, which SDKs still read from a header. */
  readonly queryCode: string

  constructor(code: string, message: string, queryCode: string = code) {
    super(message)
    this.name = code
    this.code = code
    this.queryCode = queryCode
  }
}

/**
 * Bytes of body and attributes together; 1 MiB since August 2025:
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html
 */
const maxMessageBytes = 1024 * 1024
const maxAttributes = 10

/** Everything that is no character of XML 1.0: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html */
const refusedCharacter = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u

/** @throws SqsError for what SQS does not take. */
export function checkMessage({ body, attributes }: Pick<MessageToSend, 'body' | 'attributes'>): void {
  if (body === '') throw new SqsError('MissingParameter', 'The request must contain the parameter MessageBody.')
  const names = Object.keys(attributes)
  if (names.length > maxAttributes) {
    throw invalid(`Number of message attributes [${names.length}] exceeds the allowed maximum [${maxAttributes}].`)
  }
  let bytes = Buffer.byteLength(body)
  for (const [name, attribute] of Object.entries(attributes)) {
    checkAttribute(name, attribute)
    bytes += Buffer.byteLength(name) + Buffer.byteLength(attribute.dataType) + valueOf(attribute).length
  }
  if (bytes > maxMessageBytes) {
    throw invalid(`One or more parameters are invalid. Reason: Message must be shorter than ${maxMessageBytes} bytes.`)
  }
  if (refusedCharacter.test(body)) {
    throw new SqsError('InvalidMessageContents', 'The message contains characters outside the allowed set.')
  }
}

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html#sqs-message-attributes */
function checkAttribute(name: string, attribute: MessageAttribute): void {
  const reserved = /^(aws|amazon)\./i.test(name)
  if (reserved || !/^(?!\.)(?!.*\.\.)[\w.-]{1,256}(?<!\.)$/.test(name)) {
    throw invalid(`The message attribute name '${name}' is invalid.`)
  }
  if (!/^(String|Number|Binary)(\.|$)/.test(attribute.dataType)) {
    throw invalid(`The type of message (user) attribute '${name}' is invalid: '${attribute.dataType}'.`)
  }
  if (valueOf(attribute).length === 0) {
    throw invalid(`Message (user) attribute '${name}' must contain a non-empty value of type 'String'.`)
  }
  if ('stringValue' in attribute && refusedCharacter.test(attribute.stringValue)) {
    throw invalid(`Message (user) attribute '${name}' contains characters outside the allowed set.`)
  }
}

function invalid(message: string): SqsError {
  return new SqsError('InvalidParameterValue', message)
}

function valueOf(attribute: MessageAttribute): Buffer {
  return 'stringValue' in attribute ? Buffer.from(attribute.stringValue) : Buffer.from(attribute.binaryValue, 'base64')
}

export function md5(text: string): string {
  return createHash('md5').update(text).digest('hex')
}

/**
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html#sqs-attributes-md5-message-digest-calculation
 *
 * @returns undefined when there are none.
 */
export function md5OfAttributes(attributes: MessageToSend['attributes']): string | undefined {
  const names = Object.keys(attributes).toSorted()
  if (names.length === 0) return undefined
  const hash = createHash('md5')
  const add = (bytes: Buffer): void => {
    const length = Buffer.alloc(4)
    length.writeUInt32BE(bytes.length)
    hash.update(length).update(bytes)
  }
  for (const name of names) {
    const attribute = attributes[name]
    if (attribute === undefined) continue
    add(Buffer.from(name))
    add(Buffer.from(attribute.dataType))
    hash.update(Buffer.from(['stringValue' in attribute ? 1 : 2]))
    add(valueOf(attribute))
  }
  return hash.digest('hex')
}
