import type { Clock } from '../../events/clock.ts'
import type { Records } from '../../events/records.ts'
import type { DeliveryRecord, SourceName } from '../../events/types.ts'
import { bindingData, dateTimeOffset, jsonData, withMembers } from './binding-data.ts'
import { inputData, strictText, type EventFunction } from './event-function.ts'
import type { Invoker, TriggerInput } from './invoker.ts'
import { queueOf } from './output-writer.ts'
import type { QueueMessage } from './queue-service.ts'
import type { QueueSettings } from './settings.ts'
import type { StorageQueues } from './storage-queues.ts'

/** A function that is triggered by a Storage queue. */
export interface StorageQueueTrigger {
  /** Sends messages and writes down where they go. */
  send(body: Uint8Array, id: string): Promise<void>
}

export interface StorageQueueOptions {
  source: SourceName
  fn: EventFunction
  invoker: Invoker
  settings: QueueSettings
  queues: StorageQueues
  clock: Clock
  records: Records
}

interface Known {
  record: DeliveryRecord
  insertedAt: number
}

const dayMs = 86_400_000

/** The extension hides what it works on for so long, and renews it while the function runs. */
const processingMs = 600_000

/**
 * The listener of Azure's extension: it fetches messages in batches, calls the function with one each, deletes what
 * succeeded, shows again after `visibilityTimeout` what failed, and moves to the poison queue what failed too often.
 * https://github.com/Azure/azure-sdk-for-net/blob/main/sdk/storage/Microsoft.Azure.WebJobs.Extensions.Storage.Common/src/Shared/Queues
 */
export function listenToStorageQueue(options: StorageQueueOptions): StorageQueueTrigger {
  const { source, fn, invoker, settings, queues, clock, records } = options
  const queue = queueOf(fn.trigger.binding)
  const known = new Map<string, Known>()
  let unnamed = 0
  const state = { fetching: false, woken: false, onWake: (): void => {} }

  /** Fetches until nothing is visible and nothing in hand; the clock waits for it. */
  const fetchAll = async (): Promise<void> => {
    if (state.fetching) return
    state.fetching = true
    const inHand = new Set<Promise<void>>()
    const change = (): Promise<void> =>
      Promise.race([...inHand, new Promise<void>((resolve) => (state.onWake = resolve))])
    try {
      for (;;) {
        state.woken = false
        const batch = await queues.get(queue, settings.batchSize)
        for (const message of batch) {
          const processing: Promise<void> = process(message).finally(() => inHand.delete(processing))
          // Its error comes with the race, at the latest with the end.
          processing.catch(() => {})
          inHand.add(processing)
        }
        if (batch.length === 0) while (!state.woken && inHand.size > 0) await change()
        if (batch.length === 0 && !state.woken) return
        while (inHand.size > settings.newBatchThreshold) await change()
      }
    } finally {
      state.fetching = false
      await Promise.allSettled(inHand)
    }
  }

  const process = async (message: QueueMessage): Promise<void> => {
    const { record, insertedAt } = knownOf(message.id)
    const body = decode(message.text, settings)
    if (body === undefined) {
      // Not even tried: `MessageDecodingFailed` in QueueServiceClientProvider.cs of the extension.
      await moveToPoison(message, record)
      return
    }
    if (message.dequeueCount > settings.maxDequeueCount) {
      await moveToPoison(message, record)
      return
    }
    const attempt = records.begun(record)
    const error = await invoker.run(fn, () => queueInput(fn, message, body, insertedAt, clock.now()))
    attempt.outcome = error === undefined ? 'ack' : 'retry'
    if (error === undefined) {
      await queues.delete(queue, message)
      record.end = 'acknowledged'
      known.delete(message.id)
      return
    }
    attempt.error = error
    if (!hasPoisonQueue(queue)) await queues.showAt(queue, message, clock.now() + processingMs)
    else if (message.dequeueCount >= settings.maxDequeueCount) await moveToPoison(message, record)
    else await queues.showAt(queue, message, clock.now() + settings.visibilityTimeoutMs)
  }

  const moveToPoison = async (message: QueueMessage, record: DeliveryRecord): Promise<void> => {
    await queues.putText(poisonQueue(queue), message.text)
    await queues.delete(queue, message)
    record.end = 'dead-lettered'
    known.delete(message.id)
  }

  /** A message that somebody else has put, such as the output of a function, is told of from when it is first seen. */
  const knownOf = (id: string): Known => {
    const found = known.get(id)
    if (found !== undefined) return found
    unnamed += 1
    const made = { record: records.sent(source, fn.name, `${source}/other/${unnamed}`), insertedAt: clock.now() }
    known.set(id, made)
    return made
  }

  queues.listen(queue, () => {
    state.woken = true
    state.onWake()
    if (!state.fetching) clock.at(clock.now(), fetchAll)
  })

  return {
    async send(body, id) {
      const record = records.sent(source, fn.name, id)
      const insertedAt = clock.now()
      await queues.put(queue, body, (messageId) => known.set(messageId, { record, insertedAt }))
    },
  }
}

export function poisonQueue(queue: string): string {
  return `${queue}-poison`
}

/** Not for poison queues themselves, and not where the name would be too long: 63 characters. */
function hasPoisonQueue(queue: string): boolean {
  return !queue.endsWith('-poison') && poisonQueue(queue).length <= 63
}

/** @returns undefined for what is not in the encoding of host.json. */
export function decode(
  text: string,
  { messageEncoding }: Pick<QueueSettings, 'messageEncoding'>,
): Uint8Array | undefined {
  if (messageEncoding === 'none') return Buffer.from(text)
  // .NET's Convert.FromBase64String takes white space, and nothing without its padding.
  const packed = text.replaceAll(/[ \t\r\n]/g, '')
  if (packed.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(packed)) return undefined
  return Buffer.from(packed, 'base64')
}

/** https://github.com/Azure/azure-sdk-for-net/blob/main/sdk/storage/Microsoft.Azure.WebJobs.Extensions.Storage.Queues/src/Triggers/QueueTriggerBinding.cs */
function queueInput(
  fn: EventFunction,
  message: QueueMessage,
  body: Uint8Array,
  insertedAt: number,
  now: number,
): TriggerInput {
  const data = inputData(fn, body)
  const own = bindingData({
    QueueTrigger: textOrNothing(body),
    DequeueCount: jsonData(message.dequeueCount),
    ExpirationTime: jsonData(dateTimeOffset(insertedAt + 7 * dayMs)),
    Id: message.id,
    InsertionTime: jsonData(dateTimeOffset(insertedAt)),
    NextVisibleTime: jsonData(dateTimeOffset(now + processingMs)),
    PopReceipt: message.popReceipt,
  })
  return { data, bindingData: data.string === undefined ? own : withMembers(own, data.string) }
}

function textOrNothing(body: Uint8Array): string | undefined {
  try {
    return strictText(body)
  } catch {
    return undefined
  }
}
