import { randomUUID } from 'node:crypto'

import type { EventInput } from '../../../events/types.ts'
import { textOfBytes } from '../cloud-event.ts'
import { transportMessage } from '../message-input.ts'
import { checkMessage, type MessageAttribute, type MessageToSend } from './message.ts'
import type { QueueSettings } from './queue.ts'

/**
 * What a sender gives to SQS. A body is text there, and the vendor documents no convention for others: bytes that are no
 * text are refused, as a sender would have to agree with its receiver on base64 or the like. A CloudEvent in structured
 * mode has its own (`data_base64`).
 *
 * @throws Error for what SQS would refuse.
 */
export function messageForSqs(input: EventInput, source: string, { fifo }: QueueSettings): MessageToSend {
  const { body, attributes, orderingKey } = transportMessage(input, source)
  const text = textOfBytes(body)
  if (text === undefined) throw new Error(`SQS does not take this message for ${source}: its body is not UTF-8 text.`)
  if (fifo && orderingKey === undefined) {
    throw new Error(`SQS does not take this message for ${source}: a FIFO queue wants an orderingKey (MessageGroupId).`)
  }
  const message: MessageToSend = {
    body: text,
    attributes: Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, stringAttribute(value)])),
    // On a standard queue it makes for fair shares, and is handed over all the same:
    // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-fair-queues.html
    ...(orderingKey !== undefined && { groupId: orderingKey }),
    ...(fifo && { deduplicationId: randomUUID() }),
  }
  try {
    checkMessage(message)
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new Error(`SQS does not take this message for ${source}: ${why}`, { cause })
  }
  return message
}

function stringAttribute(value: string): MessageAttribute {
  return { dataType: 'String', stringValue: value }
}
