import type { DeadLetter } from '../../events/types.ts'
import type { SqsMessage } from './sqs/message.ts'
import type { SqsQueue } from './sqs/queue.ts'

/** A queue where the dead of a source lie, and how to read what lies there. */
export interface DeadLetterPlace {
  queue: SqsQueue
  /** One message may stand for several events, or for none of this source. */
  read(message: SqsMessage): DeadLetter[]
}

/** A message as it was: moved by the queue itself, or sent by a function. */
export function plainDeadLetter(message: SqsMessage): DeadLetter {
  const attributes = Object.entries(message.attributes).map(([name, attribute]) => [
    name,
    'stringValue' in attribute ? attribute.stringValue : attribute.binaryValue,
  ])
  return {
    body: Buffer.from(message.body),
    attributes: Object.fromEntries(attributes),
    ...(message.groupId !== undefined && { orderingKey: message.groupId }),
  }
}

/** What lies in these places, oldest first. */
export function deadLettersIn(places: Iterable<DeadLetterPlace>): DeadLetter[] {
  const all = [...places].flatMap(({ queue, read }) => queue.messages().map((message) => ({ message, read })))
  return all.toSorted((a, b) => a.message.arrivedAt - b.message.arrivedAt).flatMap(({ message, read }) => read(message))
}
