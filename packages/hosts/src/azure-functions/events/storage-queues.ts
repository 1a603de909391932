import type { Clock } from '../../events/clock.ts'
import { maxMessagesPerGet, type QueueMessage, type QueueService } from './queue-service.ts'

/** The Storage queues of a target: the real service, on the host's own clock. */
export interface StorageQueues {
  /**
   * Puts a message at the end of a queue, which is made when there is none.
   *
   * @param onId is told the message's id before anybody gets the message.
   */
  put(queue: string, body: Uint8Array, onId?: (id: string) => void): Promise<void>
  /** As it stands, without the encoding. */
  putText(queue: string, text: string, onId?: (id: string) => void): Promise<void>
  /** Up to `count` messages that are visible, which are hidden then. */
  get(queue: string, count: number): Promise<QueueMessage[]>
  /** Makes a message visible at a time of the clock. */
  showAt(queue: string, message: QueueMessage, time: number): Promise<void>
  delete(queue: string, message: QueueMessage): Promise<void>
  /** Has something called whenever a queue has got a message that is visible. @throws Error for a second one */
  listen(queue: string, onMessage: () => void): void
  /** What lies in a queue that nobody listens to, oldest first; whoever looks takes it. */
  lying(queue: string): Promise<QueueMessage[]>
}

export function createStorageQueues(service: QueueService, clock: Clock): StorageQueues {
  const created = new Map<string, Promise<void>>()
  const listeners = new Map<string, () => void>()
  const taken = new Map<string, QueueMessage[]>()
  /** Puts whose answers are awaited: until then a message has no id for those who put it. */
  const putting = new Map<string, Set<Promise<void>>>()

  const ensure = (queue: string): Promise<void> => {
    const known = created.get(queue)
    if (known !== undefined) return known
    const creating = service.create(queue)
    created.set(queue, creating)
    return creating
  }
  const putText: StorageQueues['putText'] = async (queue, text, onId) => {
    await ensure(queue)
    const under = putting.get(queue) ?? new Set()
    putting.set(queue, under)
    const put = service.put(queue, text).then(onId)
    under.add(put)
    try {
      await put
    } finally {
      under.delete(put)
      listeners.get(queue)?.()
    }
  }
  return {
    put: (queue, body, onId) => putText(queue, Buffer.from(body).toString('base64'), onId),
    putText,
    async get(queue, count) {
      await ensure(queue)
      const messages = await service.get(queue, count)
      await Promise.allSettled(putting.get(queue) ?? [])
      return messages
    },
    async showAt(queue, message, time) {
      const show = async (): Promise<void> => {
        await service.show(queue, message)
        listeners.get(queue)?.()
      }
      if (time <= clock.now()) await show()
      else clock.at(time, show)
    },
    delete: (queue, message) => service.delete(queue, message),
    listen(queue, onMessage) {
      if (listeners.has(queue)) throw new Error(`Two functions would compete for the messages of the queue ${queue}.`)
      listeners.set(queue, onMessage)
    },
    async lying(queue) {
      await ensure(queue)
      const known = taken.get(queue) ?? []
      taken.set(queue, known)
      while (!listeners.has(queue)) {
        const more = await service.get(queue, maxMessagesPerGet)
        if (more.length === 0) return [...known]
        known.push(...more)
      }
      return [...known]
    },
  }
}
