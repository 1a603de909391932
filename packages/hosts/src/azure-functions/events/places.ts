import type { Clock } from '../../events/clock.ts'
import { outputBindings } from './event-function.ts'
import type { OutputPlaces } from './output-writer.ts'
import { startQueueService } from './queue-service.ts'
import { createStorageQueues, type StorageQueues } from './storage-queues.ts'
import type { EventTarget } from './target.ts'

/** Where events lie while no function has them. */
export interface Places extends OutputPlaces {
  /** @throws Error when nothing of the target reads from or writes to Storage queues: the service was not started. */
  readonly storageQueues: StorageQueues
  stop(): Promise<void>
}

/** Starts what the functions of a target need. */
export async function startPlaces(target: EventTarget, clock: Clock): Promise<Places> {
  const service = needsQueues(target) ? await startQueueService(target.directory, target.onLog) : undefined
  const queues = service && createStorageQueues(service, clock)
  return {
    get storageQueues() {
      if (queues === undefined) throw new Error('No function of this target has a Storage queue.')
      return queues
    },
    async queue(name, message) {
      await queues?.put(name, message)
    },
    async serviceBus() {},
    async stop() {
      await service?.stop()
    },
  }
}

function needsQueues({ apps }: EventTarget): boolean {
  return apps.some(({ pool }) =>
    pool.current.registered.some((metadata) => {
      const outputs = outputBindings(metadata).map(({ binding }) => binding.type.toLowerCase())
      const all = Object.values(metadata.bindings).map(({ type }) => type.toLowerCase())
      return outputs.includes('queue') || all.includes('queuetrigger')
    }),
  )
}
