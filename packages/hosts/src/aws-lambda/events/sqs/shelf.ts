import type { SqsMessage } from './message.ts'

/** The messages of a queue that can be received, in the order in which they come. */
export interface Shelf {
  /** It has been sent; it may not be visible yet. */
  add(message: SqsMessage): void
  /** It can be received now. */
  show(message: SqsMessage): void
  /** The next that can be received; it is hidden from now on. */
  take(): SqsMessage | undefined
  /** It is gone. */
  remove(message: SqsMessage): void
}

/** Of a standard queue: best effort, here strictly as they became visible. */
export function standardShelf(): Shelf {
  const visible = new Set<SqsMessage>()
  return {
    add() {},
    show: (message) => void visible.add(message),
    take() {
      const [first] = visible
      if (first !== undefined) visible.delete(first)
      return first
    },
    remove: (message) => void visible.delete(message),
  }
}

interface Group {
  /** As they were sent; those that were received as well, until they are deleted. */
  messages: Set<SqsMessage>
  visible: Set<SqsMessage>
  /** Received and not visible again. */
  inFlight: Set<SqsMessage>
}

/**
 * Of a FIFO queue: while a message of a group is in flight, no other one of the group is received, but for those of the same
 * receive: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/FIFO-queues-understanding-logic.html
 *
 * @param isOfThisReceive whether a message in flight was taken by the receive that asks.
 */
export function fifoShelf(isOfThisReceive: (message: SqsMessage) => boolean): Shelf {
  const groups = new Map<string, Group>()
  /** Groups of which something may be received. */
  const ready = new Set<Group>()
  const groupOf = ({ groupId = '' }: SqsMessage): Group => {
    const found = groups.get(groupId)
    if (found !== undefined) return found
    const group: Group = { messages: new Set(), visible: new Set(), inFlight: new Set() }
    groups.set(groupId, group)
    return group
  }
  return {
    add: (message) => void groupOf(message).messages.add(message),
    show(message) {
      const group = groupOf(message)
      group.visible.add(message)
      group.inFlight.delete(message)
      ready.add(group)
    },
    take() {
      for (const group of ready) {
        const next = firstNotIn(group.messages, group.inFlight)
        if (next !== undefined && group.visible.has(next) && [...group.inFlight].every(isOfThisReceive)) {
          group.visible.delete(next)
          group.inFlight.add(next)
          return next
        }
        // It is put back when a message of it is shown or removed.
        ready.delete(group)
      }
      return undefined
    },
    remove(message) {
      const group = groupOf(message)
      group.messages.delete(message)
      group.visible.delete(message)
      group.inFlight.delete(message)
      if (group.visible.size > 0) ready.add(group)
      if (group.messages.size === 0) {
        groups.delete(message.groupId ?? '')
        ready.delete(group)
      }
    },
  }
}

function firstNotIn(messages: ReadonlySet<SqsMessage>, others: ReadonlySet<SqsMessage>): SqsMessage | undefined {
  for (const message of messages) if (!others.has(message)) return message
  return undefined
}
