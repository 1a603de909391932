import type { Binding, TypedData } from '../protocol.ts'
import { queueMessages, serviceBusMessages } from './outputs.ts'

/** Writes what functions give to their output bindings. */
export interface OutputWriter {
  /** @throws Error when it cannot be written. */
  write(binding: Binding, data: TypedData): Promise<void>
}

export interface OutputPlaces {
  queue(name: string, message: Uint8Array): Promise<void>
  serviceBus(entity: string, message: string): Promise<void>
}

/** @param isBroken while it says so nothing can be written. */
export function createOutputWriter(places: OutputPlaces, isBroken: () => boolean): OutputWriter {
  return {
    async write(binding, data) {
      const type = binding.type.toLowerCase()
      // An HTTP answer is not ours to write.
      if (type === 'http') return
      if (isBroken())
        throw new Error(
          `Writing to the output binding of type ${binding.type} fails: the effects of this host are broken.`,
        )
      // One after the other, in their order, as the collectors of both take them.
      if (type === 'queue') {
        for (const message of queueMessages(data)) await places.queue(queueOf(binding), message)
      } else if (type === 'servicebus') {
        for (const message of serviceBusMessages(data)) await places.serviceBus(entityOf(binding), message)
      } else {
        throw new Error(`This host has no output binding of type ${binding.type}; it has queue and serviceBus.`)
      }
    },
  }
}

/** Where an output binding of a queue or of Service Bus writes to. Names of Storage queues are lower case. */
export function queueOf(binding: Binding): string {
  return (binding.queueName ?? '').toLowerCase()
}

export function entityOf(binding: Binding): string {
  return binding.queueName ?? binding.topicName ?? ''
}
