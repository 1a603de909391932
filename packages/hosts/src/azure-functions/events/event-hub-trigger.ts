import type { Clock } from '../../events/clock.ts'
import type { Records } from '../../events/records.ts'
import type { DeliveryRecord, SourceName } from '../../events/types.ts'
import type { TypedData } from '../protocol.ts'
import { runBatch } from './batch.ts'
import { bindingData, dateTime, jsonData, withMembers, type BindingData } from './binding-data.ts'
import { isBinary, type EventFunction } from './event-function.ts'
import type { SentMessage } from './inputs.ts'
import type { Invoker, TriggerInput } from './invoker.ts'
import type { EventHubSettings } from './settings.ts'

export interface EventHubOptions {
  source: SourceName
  fn: EventFunction
  invoker: Invoker
  settings: EventHubSettings
  partitionCount: number
  clock: Clock
  records: Records
}

export interface EventHubTrigger {
  send(message: SentMessage, record: DeliveryRecord): void
}

interface HubEvent extends SentMessage {
  sequence: number
  enqueuedAt: number
  record: DeliveryRecord
}

interface Partition {
  id: number
  next: number
  waiting: HubEvent[]
  busy: boolean
}

/**
 * The listener of Azure's extension, of one consumer group: partitions side by side, each in its order, with a checkpoint
 * behind each batch. `ProcessEventsAsync` of
 * https://github.com/Azure/azure-sdk-for-net/blob/main/sdk/eventhub/Microsoft.Azure.WebJobs.Extensions.EventHubs/src/Listeners/EventHubListener.PartitionProcessor.cs
 */
export function listenToEventHub(options: EventHubOptions): EventHubTrigger {
  const { fn, settings, clock, partitionCount } = options
  // The library's own default: https://learn.microsoft.com/azure/azure-functions/functions-bindings-event-hubs-trigger#configuration
  const isMany = fn.trigger.binding.cardinality?.toLowerCase() === 'many'
  const partitions = Array.from({ length: partitionCount }, (_, id): Partition => {
    return { id, next: 0, waiting: [], busy: false }
  })
  let turn = 0

  const receive = (partition: Partition): void => {
    if (partition.busy || partition.waiting.length === 0) return
    partition.busy = true
    // What is sent at one time is there when the batch is made.
    clock.at(clock.now(), () => {
      const batch = partition.waiting.splice(0, isMany ? settings.maxEventBatchSize : 1)
      const input = (): TriggerInput => (isMany ? manyInput(fn, partition, batch) : oneInput(fn, partition, batch))
      return runBatch(
        options,
        batch.map(({ record }) => record),
        input,
        () => {
          partition.busy = false
          receive(partition)
        },
      )
    })
  }
  return {
    send(message, record) {
      const { orderingKey } = message
      const index = orderingKey === undefined ? turn++ : hash(orderingKey)
      const partition = partitions[index % partitions.length]
      if (partition === undefined) return
      const sequence = partition.next
      partition.next += 1
      partition.waiting.push({ ...message, sequence, enqueuedAt: clock.now(), record })
      receive(partition)
    },
  }
}

/** Any will do that is the same for the same key. */
function hash(key: string): number {
  let value = 0
  for (const byte of Buffer.from(key)) value = (value * 31 + byte) % 1_000_003
  return value
}

function manyInput(fn: EventFunction, partition: Partition, batch: HubEvent[]): TriggerInput {
  const bodies = batch.map(({ body }) => body)
  const all = batch.map(facts)
  const names = Object.keys(all[0] ?? {})
  const arrays = names.map((name) => [`${name}Array`, jsonData(all.map((one) => one[name]))] as const)
  return {
    data: collection(fn, bodies),
    bindingData: bindingData({ ...Object.fromEntries(arrays), PartitionContext: context(fn, partition) }),
  }
}

function collection({ trigger: { binding } }: EventFunction, bodies: Uint8Array[]): TypedData {
  if (isBinary(binding)) return { collectionBytes: { bytes: bodies } }
  const texts = bodies.map((body) => Buffer.from(body).toString())
  if (binding.dataType?.toLowerCase() === 'string') return { collectionString: { string: texts } }
  return { json: JSON.stringify(texts.map(parsed)) }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function oneInput(fn: EventFunction, partition: Partition, [event]: HubEvent[]): TriggerInput {
  if (event === undefined) throw new Error('There is no event.')
  const { PartitionKey, Offset, ...rest } = facts(event)
  const own: BindingData = bindingData({
    ...Object.fromEntries(Object.entries(rest).map(([name, value]) => [name, jsonData(value)])),
    PartitionKey: typeof PartitionKey === 'string' ? PartitionKey : undefined,
    Offset: String(Offset),
    PartitionContext: context(fn, partition),
  })
  if (isBinary(fn.trigger.binding)) return { data: { bytes: event.body }, bindingData: own }
  const text = Buffer.from(event.body).toString()
  return { data: { string: text }, bindingData: withMembers(own, text) }
}

/** https://github.com/Azure/azure-sdk-for-net/blob/main/sdk/eventhub/Microsoft.Azure.WebJobs.Extensions.EventHubs/src/Triggers/EventHubTriggerBindingStrategy.cs */
function facts(event: HubEvent): Record<string, unknown> {
  const key = event.orderingKey ?? null
  const offset = String(event.sequence * 512)
  const enqueued = dateTime(event.enqueuedAt)
  return {
    PartitionKey: key,
    Offset: offset,
    SequenceNumber: event.sequence,
    EnqueuedTimeUtc: enqueued,
    Properties: event.attributes,
    SystemProperties: {
      ...(event.contentType !== undefined && { 'content-type': event.contentType }),
      SequenceNumber: event.sequence,
      Offset: offset,
      PartitionKey: key,
      EnqueuedTimeUtc: enqueued,
    },
  }
}

function context({ trigger: { binding } }: EventFunction, { id }: Partition): TypedData {
  const values = {
    FullyQualifiedNamespace: 'local.servicebus.windows.net',
    EventHubName: binding.eventHubName ?? '',
    ConsumerGroup: '$Default',
    PartitionId: String(id),
  }
  return { json: JSON.stringify(values) }
}
