import { randomBytes, randomUUID } from 'node:crypto'

import type { Clock } from '../../../events/clock.ts'
import { createDueHeap } from './due.ts'
import { checkMessage, md5, SqsError, type MessageToSend, type SqsMessage } from './message.ts'
import { fifoShelf, standardShelf } from './shelf.ts'

/**
 * Attributes of a queue, with the defaults that SQS gives them:
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
 */
export interface QueueSettings {
  fifo: boolean
  /** @default false */
  contentBasedDeduplication?: boolean | undefined
  /** Seconds. @default 30 */
  visibilityTimeout?: number | undefined
  /** Seconds, 60 to 1,209,600. @default 345600, four days */
  retention?: number | undefined
  /** Seconds. @default 0 */
  delay?: number | undefined
  redrive?: { queue: SqsQueue; maxReceiveCount: number } | undefined
}

/** Whoever follows what becomes of a queue's messages. */
export interface QueueListener {
  sent?(message: SqsMessage): void
  /** There may be something to receive. */
  available?(): void
  /** It was received too often and lies in the dead-letter queue now. */
  deadLettered?(message: SqsMessage): void
  /** Its retention has passed. */
  expired?(message: SqsMessage): void
}

export interface SqsQueue {
  readonly name: string
  readonly arn: string
  readonly settings: QueueSettings
  /** @throws SqsError for what SQS refuses. */
  send(message: MessageToSend): SqsMessage
  /** A message comes from another queue, with what it had there. */
  moveIn(message: SqsMessage, sourceArn: string): void
  /** Takes up to `max` messages that are visible, and hides them. @param visibilitySeconds default: the queue's own */
  receive(max: number, visibilitySeconds?: number): SqsMessage[]
  /** @returns false when the handle is not of its last receive. */
  delete(receiptHandle: string): boolean
  /** As if it had not been received. */
  putBack(receiptHandle: string): void
  /** @throws SqsError for one that is not in flight, or a time outside of 0 to 43,200 seconds. */
  changeVisibility(receiptHandle: string, seconds: number): void
  /** All that it holds, oldest first. */
  messages(): SqsMessage[]
  listen(listener: QueueListener): void
}

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html (MessageDeduplicationId) */
const deduplicationMs = 5 * 60_000
const maxVisibilitySeconds = 43_200

type DueWork = { kind: 'show'; message: SqsMessage; visibleAt: number } | { kind: 'expire'; message: SqsMessage }

export function createSqsQueue(clock: Clock, name: string, arn: string, settings: QueueSettings): SqsQueue {
  const { fifo, redrive } = settings
  const retentionMs = (settings.retention ?? 345_600) * 1000
  const visibilitySeconds = settings.visibilityTimeout ?? 30
  const all = new Map<string, SqsMessage>()
  const byHandle = new Map<string, SqsMessage>()
  const due = createDueHeap<DueWork>()
  const listeners: QueueListener[] = []
  const recent = new Map<string, { sentAt: number; message: SqsMessage }>()
  let received = new Set<SqsMessage>()
  const shelf = fifo ? fifoShelf((message) => received.has(message)) : standardShelf()
  let sequence = 18_850_000_000_000_000_000n
  let alarm: { time: number; cancel(): void } | undefined

  const isStale = (work: DueWork): boolean =>
    all.get(work.message.id) !== work.message || (work.kind === 'show' && work.message.visibleAt !== work.visibleAt)
  /** One task on the clock, for whatever is due first. */
  const arm = (): void => {
    for (let first = due.peek(); first !== undefined && isStale(first.what); first = due.peek()) due.take()
    const time = due.peek()?.time
    if (time === alarm?.time) return
    alarm?.cancel()
    alarm = time === undefined ? undefined : { time, cancel: clock.at(time, ring) }
  }
  const ring = (): void => {
    alarm = undefined
    let shown = false
    for (let first = due.peek(); first !== undefined && first.time <= clock.now(); first = due.peek()) {
      due.take()
      if (isStale(first.what)) continue
      const { kind, message } = first.what
      if (kind === 'show') {
        shelf.show(message)
        shown = true
      } else {
        remove(message)
        for (const listener of listeners) listener.expired?.(message)
      }
    }
    arm()
    if (shown) tellAvailable()
  }
  const tellAvailable = (): void => {
    for (const listener of listeners) listener.available?.()
  }
  const hideUntil = (message: SqsMessage, time: number): void => {
    message.visibleAt = time
    due.add({ time, what: { kind: 'show', message, visibleAt: time } })
    arm()
  }
  const remove = (message: SqsMessage): void => {
    all.delete(message.id)
    if (message.receiptHandle !== undefined) byHandle.delete(message.receiptHandle)
    shelf.remove(message)
    // The next of its group may come.
    if (fifo) tellAvailable()
  }
  const put = (message: SqsMessage): void => {
    all.set(message.id, message)
    shelf.add(message)
    due.add({ time: message.sentAt + retentionMs, what: { kind: 'expire', message } })
    if (message.visibleAt > clock.now()) hideUntil(message, message.visibleAt)
    else shelf.show(message)
    arm()
    for (const listener of listeners) listener.sent?.(message)
    tellAvailable()
  }
  const deduplicated = (message: MessageToSend): { id: string; earlier?: SqsMessage } => {
    const id = message.deduplicationId ?? (settings.contentBasedDeduplication === true ? md5(message.body) : undefined)
    if (id === undefined) {
      const text =
        'The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly'
      throw new SqsError('InvalidParameterValue', text)
    }
    for (const [known, { sentAt }] of recent) {
      if (sentAt + deduplicationMs > clock.now()) break
      recent.delete(known)
    }
    const earlier = recent.get(id)
    return earlier === undefined ? { id } : { id, earlier: earlier.message }
  }

  const queue: SqsQueue = {
    name,
    arn,
    settings,
    send(message) {
      checkMessage(message)
      if (fifo && message.groupId === undefined) {
        throw new SqsError('MissingParameter', 'The request must contain the parameter MessageGroupId.')
      }
      const deduplication = fifo ? deduplicated(message) : undefined
      // It is taken, and not delivered again.
      if (deduplication?.earlier !== undefined) return deduplication.earlier
      const now = clock.now()
      const sent: SqsMessage = {
        ...message,
        id: randomUUID(),
        sentAt: now,
        arrivedAt: now,
        receiveCount: 0,
        visibleAt: now + 1000 * ((fifo ? undefined : message.delaySeconds) ?? settings.delay ?? 0),
      }
      if (deduplication !== undefined) {
        sequence += 256n
        sent.sequenceNumber = String(sequence)
        sent.deduplicationId = deduplication.id
        recent.set(deduplication.id, { sentAt: now, message: sent })
      }
      put(sent)
      return sent
    },
    moveIn(message, sourceArn) {
      // Retention counts from when it was first sent, but anew in a FIFO queue:
      // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html#understanding-message-retention-periods-for-dead-letter-queues
      const sentAt = fifo ? clock.now() : message.sentAt
      const now = clock.now()
      put({ ...message, sentAt, arrivedAt: now, visibleAt: now, deadLetterSourceArn: sourceArn })
    },
    receive(max, seconds = visibilitySeconds) {
      received = new Set()
      while (received.size < max) {
        const message = shelf.take()
        if (message === undefined) break
        if (redrive !== undefined && message.receiveCount >= redrive.maxReceiveCount) {
          remove(message)
          redrive.queue.moveIn(message, arn)
          for (const listener of listeners) listener.deadLettered?.(message)
          continue
        }
        message.receiveCount += 1
        message.firstReceivedAt ??= clock.now()
        if (message.receiptHandle !== undefined) byHandle.delete(message.receiptHandle)
        message.receiptHandle = randomBytes(96).toString('base64')
        byHandle.set(message.receiptHandle, message)
        received.add(message)
        hideUntil(message, clock.now() + 1000 * seconds)
      }
      return [...received]
    },
    delete(receiptHandle) {
      const message = byHandle.get(receiptHandle)
      if (message !== undefined) remove(message)
      return message !== undefined
    },
    putBack(receiptHandle) {
      const message = byHandle.get(receiptHandle)
      if (message === undefined) return
      message.receiveCount -= 1
      message.visibleAt = clock.now()
      shelf.show(message)
    },
    changeVisibility(receiptHandle, seconds) {
      if (!Number.isInteger(seconds) || seconds < 0 || seconds > maxVisibilitySeconds) {
        const text = `Value ${seconds} for parameter VisibilityTimeout is invalid. Reason: Must be between 0 and ${maxVisibilitySeconds}, if provided.`
        throw new SqsError('InvalidParameterValue', text)
      }
      const message = byHandle.get(receiptHandle)
      if (message === undefined || message.visibleAt <= clock.now()) {
        const text = `Value ${receiptHandle} for parameter ReceiptHandle is invalid. Reason: Message does not exist or is not available for visibility timeout change.`
        throw new SqsError('MessageNotInflight', text, 'AWS.SimpleQueueService.MessageNotInflight')
      }
      hideUntil(message, clock.now() + 1000 * seconds)
    },
    messages: () => [...all.values()],
    listen: (listener) => void listeners.push(listener),
  }
  return queue
}
