import { isObject, listOf, numberOf, objectOf, textOf, type Properties } from '../values.ts'
import {
  md5,
  md5OfAttributes,
  SqsError,
  type MessageAttribute,
  type MessageToSend,
  type SqsMessage,
} from './message.ts'
import type { SqsQueue } from './queue.ts'
import { systemAttributes } from './record.ts'

export interface OperationContext {
  /** By name. @throws SqsError for one that there is not. */
  queueOf(name: string): SqsQueue
  urlOf(name: string): string
  /** On the clock. */
  now(): number
}

type Operation = (input: Properties, context: OperationContext) => Properties

/** The calls of https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/ that a function's effects need. */
export const operations: Readonly<Record<string, Operation>> = {
  SendMessage: (input, context) => sendMessage(queueAt(input, context), input),
  SendMessageBatch: (input, context) => {
    const queue = queueAt(input, context)
    return batch(input, (entry) => sendMessage(queue, entry))
  },
  DeleteMessage(input, context) {
    const queue = queueAt(input, context)
    queue.delete(handleIn(input))
    return {}
  },
  DeleteMessageBatch(input, context) {
    const queue = queueAt(input, context)
    return batch(input, (entry) => {
      queue.delete(handleIn(entry))
      return {}
    })
  },
  ChangeMessageVisibility(input, context) {
    queueAt(input, context).changeVisibility(handleIn(input), visibilityIn(input))
    return {}
  },
  ChangeMessageVisibilityBatch(input, context) {
    const queue = queueAt(input, context)
    return batch(input, (entry) => {
      queue.changeVisibility(handleIn(entry), visibilityIn(entry))
      return {}
    })
  },
  ReceiveMessage(input, context) {
    const queue = queueAt(input, context)
    const max = numberOf(input['MaxNumberOfMessages']) ?? 1
    if (!(max >= 1 && max <= 10)) {
      const text = `Value ${max} for parameter MaxNumberOfMessages is invalid. Reason: Must be between 1 and 10, if provided.`
      throw new SqsError('InvalidParameterValue', text)
    }
    const messages = queue.receive(max, numberOf(input['VisibilityTimeout']))
    if (messages.length === 0) return {}
    return { Messages: messages.map((message) => received(message, input)) }
  },
  GetQueueUrl: (input, { queueOf, urlOf }) => ({ QueueUrl: urlOf(queueOf(required(input, 'QueueName')).name) }),
  GetQueueAttributes(input, context) {
    const names = new Set(listOf(input['AttributeNames']).map(String))
    const all = Object.entries(queueAttributes(queueAt(input, context), context.now()))
    const asked = all.filter(([name]) => names.has('All') || names.has(name))
    return { Attributes: Object.fromEntries(asked) }
  },
}

/** The last two parts of a queue's URL are its account and its name; its name alone will do for the SDKs as well. */
function queueAt(input: Properties, { queueOf }: OperationContext): SqsQueue {
  return queueOf(required(input, 'QueueUrl').split('/').at(-1) ?? '')
}

/** A member that must be there. @throws SqsError */
function required(input: Properties, name: string): string {
  const value = textOf(input[name])
  if (value !== undefined) return value
  throw new SqsError('MissingParameter', `The request must contain the parameter ${name}.`)
}

function sendMessage(queue: SqsQueue, input: Properties): Properties {
  const message = queue.send(messageToSend(input))
  const md5OfMessageAttributes = md5OfAttributes(message.attributes)
  return {
    MessageId: message.id,
    MD5OfMessageBody: md5(message.body),
    ...(md5OfMessageAttributes !== undefined && { MD5OfMessageAttributes: md5OfMessageAttributes }),
    ...(message.sequenceNumber !== undefined && { SequenceNumber: message.sequenceNumber }),
  }
}

function messageToSend(input: Properties): MessageToSend {
  const attributes = Object.entries(objectOf(input['MessageAttributes'])).map(([name, value]) => [
    name,
    attributeIn(objectOf(value)),
  ])
  return {
    body: required(input, 'MessageBody'),
    attributes: Object.fromEntries(attributes),
    delaySeconds: delayIn(input),
    groupId: textOf(input['MessageGroupId']),
    deduplicationId: textOf(input['MessageDeduplicationId']),
  }
}

function attributeIn(value: Properties): MessageAttribute {
  const dataType = textOf(value['DataType']) ?? ''
  const binaryValue = textOf(value['BinaryValue'])
  return binaryValue === undefined
    ? { dataType, stringValue: textOf(value['StringValue']) ?? '' }
    : { dataType, binaryValue }
}

function delayIn(input: Properties): number | undefined {
  const seconds = numberOf(input['DelaySeconds'])
  if (seconds === undefined || (seconds >= 0 && seconds <= 900)) return seconds
  const text = `Value ${seconds} for parameter DelaySeconds is invalid. Reason: DelaySeconds must be >= 0 and <= 900.`
  throw new SqsError('InvalidParameterValue', text)
}

function visibilityIn(input: Properties): number {
  return numberOf(input['VisibilityTimeout']) ?? Number(required(input, 'VisibilityTimeout'))
}

/** A handle is opaque, but not everything is one. */
function handleIn(input: Properties): string {
  const handle = required(input, 'ReceiptHandle')
  if (/^[\w+/=-]{64,1024}$/.test(handle)) return handle
  throw new SqsError('ReceiptHandleIsInvalid', `The input receipt handle "${handle}" is not a valid receipt handle.`)
}

/** Entries fail one by one; the call itself succeeds. */
function batch(input: Properties, one: (entry: Properties) => Properties): Properties {
  const entries = listOf(input['Entries']).filter(isObject)
  if (entries.length === 0) {
    const text = 'There should be at least one entry in the request.'
    throw new SqsError('EmptyBatchRequest', text, 'AWS.SimpleQueueService.EmptyBatchRequest')
  }
  if (entries.length > 10) {
    const text = `Maximum number of entries per request are 10. You have sent ${entries.length}.`
    throw new SqsError('TooManyEntriesInBatchRequest', text, 'AWS.SimpleQueueService.TooManyEntriesInBatchRequest')
  }
  const ids = entries.map((entry) => required(entry, 'Id'))
  if (new Set(ids).size < ids.length) {
    const text = 'Two or more batch entries in the request have the same Id.'
    throw new SqsError('BatchEntryIdsNotDistinct', text, 'AWS.SimpleQueueService.BatchEntryIdsNotDistinct')
  }
  const successful: Properties[] = []
  const failed: Properties[] = []
  for (const [index, entry] of entries.entries()) {
    try {
      successful.push({ Id: ids[index], ...one(entry) })
    } catch (error) {
      if (!(error instanceof SqsError)) throw error
      failed.push({ Id: ids[index], Code: error.queryCode, Message: error.message, SenderFault: true })
    }
  }
  return { Successful: successful, Failed: failed }
}

function received(message: SqsMessage, input: Properties): Properties {
  const system = ['AttributeNames', 'MessageSystemAttributeNames'].flatMap((name) => listOf(input[name]).map(String))
  const own = listOf(input['MessageAttributeNames']).map(String)
  const wants = (names: string[], name: string): boolean =>
    names.some(
      (one) =>
        one === 'All' || one === '.*' || one === name || (one.endsWith('.*') && name.startsWith(one.slice(0, -1))),
    )
  const attributes = Object.entries(systemAttributes(message)).filter(([name]) => wants(system, name))
  const messageAttributes = Object.entries(message.attributes).filter(([name]) => wants(own, name))
  const digest = md5OfAttributes(Object.fromEntries(messageAttributes))
  return {
    MessageId: message.id,
    ReceiptHandle: message.receiptHandle,
    MD5OfBody: md5(message.body),
    Body: message.body,
    ...(attributes.length > 0 && { Attributes: Object.fromEntries(attributes) }),
    ...(digest !== undefined && {
      MD5OfMessageAttributes: digest,
      MessageAttributes: Object.fromEntries(messageAttributes.map(([name, value]) => [name, attributeOut(value)])),
    }),
  }
}

function attributeOut(attribute: MessageAttribute): Properties {
  return 'stringValue' in attribute
    ? { DataType: attribute.dataType, StringValue: attribute.stringValue }
    : { DataType: attribute.dataType, BinaryValue: attribute.binaryValue }
}

function queueAttributes({ arn, settings, messages }: SqsQueue, now: number): Record<string, string> {
  const all = messages()
  const hidden = all.filter(({ visibleAt }) => visibleAt > now)
  const delayed = hidden.filter(({ receiveCount }) => receiveCount === 0)
  return {
    QueueArn: arn,
    ApproximateNumberOfMessages: String(all.length - hidden.length),
    ApproximateNumberOfMessagesNotVisible: String(hidden.length - delayed.length),
    ApproximateNumberOfMessagesDelayed: String(delayed.length),
    VisibilityTimeout: String(settings.visibilityTimeout ?? 30),
    MessageRetentionPeriod: String(settings.retention ?? 345_600),
    DelaySeconds: String(settings.delay ?? 0),
    MaximumMessageSize: String(1024 * 1024),
    ReceiveMessageWaitTimeSeconds: '0',
    ...(settings.fifo && {
      FifoQueue: 'true',
      ContentBasedDeduplication: String(settings.contentBasedDeduplication ?? false),
    }),
    ...(settings.redrive !== undefined && {
      RedrivePolicy: JSON.stringify({
        deadLetterTargetArn: settings.redrive.queue.arn,
        maxReceiveCount: settings.redrive.maxReceiveCount,
      }),
    }),
  }
}
