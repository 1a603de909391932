import { region } from '../../lambda-function.ts'
import { md5, md5OfAttributes, type MessageAttribute, type SqsMessage } from './message.ts'

/** Made up, of the form of a user's id. */
export const senderId = 'AIDAIENQZJOLO23YVJ4VO'

/** A message as Lambda hands it to a function: https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html */
export interface SqsRecord {
  messageId: string
  receiptHandle: string
  body: string
  attributes: Record<string, string>
  messageAttributes: Record<string, SqsRecordAttribute>
  md5OfBody: string
  /** Where there are attributes. */
  md5OfMessageAttributes?: string
  eventSource: 'aws:sqs'
  eventSourceARN: string
  awsRegion: string
}

export interface SqsRecordAttribute {
  stringValue?: string
  /** Base64. */
  binaryValue?: string
  stringListValues: string[]
  binaryListValues: string[]
  dataType: string
}

export function sqsRecord(message: SqsMessage, queueArn: string): SqsRecord {
  const attributes = Object.entries(message.attributes).map(([name, attribute]) => [name, recordAttribute(attribute)])
  const digest = md5OfAttributes(message.attributes)
  return {
    messageId: message.id,
    receiptHandle: message.receiptHandle ?? '',
    body: message.body,
    attributes: systemAttributes(message),
    messageAttributes: Object.fromEntries(attributes),
    md5OfBody: md5(message.body),
    ...(digest !== undefined && { md5OfMessageAttributes: digest }),
    eventSource: 'aws:sqs',
    eventSourceARN: queueArn,
    awsRegion: region,
  }
}

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html (MessageSystemAttributeNames) */
export function systemAttributes(message: SqsMessage): Record<string, string> {
  const { sequenceNumber, groupId, deduplicationId, deadLetterSourceArn } = message
  return {
    ...(deadLetterSourceArn !== undefined && { DeadLetterQueueSourceArn: deadLetterSourceArn }),
    ApproximateReceiveCount: String(message.receiveCount),
    SentTimestamp: String(message.sentAt),
    ...(sequenceNumber !== undefined && { SequenceNumber: sequenceNumber }),
    ...(groupId !== undefined && { MessageGroupId: groupId }),
    SenderId: senderId,
    ...(deduplicationId !== undefined && { MessageDeduplicationId: deduplicationId }),
    ApproximateFirstReceiveTimestamp: String(message.firstReceivedAt ?? message.sentAt),
  }
}

function recordAttribute(attribute: MessageAttribute): SqsRecordAttribute {
  const { dataType, ...value } = attribute
  return { ...value, stringListValues: [], binaryListValues: [], dataType }
}
