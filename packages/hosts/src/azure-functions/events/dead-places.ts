import type { DeadLetter } from '../../events/types.ts'
import type { EventFunction } from './event-function.ts'
import { entityOf, queueOf } from './output-writer.ts'
import type { Places } from './places.ts'
import { decode, poisonQueue } from './storage-queue-trigger.ts'

/** Where what is set aside lies: the platform's own place for it, and what a function writes to. */
export interface DeadPlaces {
  storageQueues: string[]
  busQueues: string[]
}

/** Those of a function: queues of its output bindings, and the poison queue of the one that triggers it. */
export function deadPlaces({ trigger, outputs }: EventFunction): DeadPlaces {
  const written = outputs.map(({ binding }) => ({ type: binding.type.toLowerCase(), binding }))
  const own = trigger.type === 'queuetrigger' ? [poisonQueue(queueOf(trigger.binding))] : []
  return {
    storageQueues: [...own, ...written.flatMap(({ type, binding }) => (type === 'queue' ? [queueOf(binding)] : []))],
    busQueues: written.flatMap(({ type, binding }) => (type === 'servicebus' ? [entityOf(binding)] : [])),
  }
}

/** What lies in the places of several functions, each place once. */
export async function lyingIn(places: Places, all: readonly DeadPlaces[]): Promise<DeadLetter[]> {
  const found: DeadLetter[] = []
  for (const queue of new Set(all.flatMap(({ storageQueues }) => storageQueues))) {
    for (const { text } of await places.storageQueues.lying(queue)) {
      found.push({ body: decode(text, { messageEncoding: 'base64' }) ?? Buffer.from(text), attributes: {} })
    }
  }
  for (const entity of new Set(all.flatMap(({ busQueues }) => busQueues))) {
    for (const { body, attributes, orderingKey } of places.bus.queue(entity).available) {
      found.push({ body, attributes, ...(orderingKey !== undefined && { orderingKey }) })
    }
  }
  return found
}
