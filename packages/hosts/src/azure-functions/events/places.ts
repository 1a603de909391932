import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

import type { Clock } from '../../events/clock.ts'
import { readBicep, type BicepResource } from './bicep.ts'
import { outputBindings } from './event-function.ts'
import type { OutputPlaces } from './output-writer.ts'
import { startQueueService } from './queue-service.ts'
import { createServiceBus, type ServiceBus } from './service-bus.ts'
import { createStorageQueues, type StorageQueues } from './storage-queues.ts'
import type { EventTarget } from './target.ts'

/** Where events lie while no function has them. */
export interface Places extends OutputPlaces {
  /** @throws Error when nothing of the target reads from or writes to Storage queues: the service was not started. */
  readonly storageQueues: StorageQueues
  readonly bus: ServiceBus
  /** Of the deploy files. */
  readonly resources: readonly BicepResource[]
  stop(): Promise<void>
}

/** Starts what the functions of a target need. */
export async function startPlaces(target: EventTarget, clock: Clock): Promise<Places> {
  const service = needsQueues(target) ? await startQueueService(target.directory) : undefined
  const queues = service && createStorageQueues(service, clock)
  const resources = await deployedResources(target)
  const bus = createServiceBus(resources, clock)
  return {
    bus,
    resources,
    get storageQueues() {
      if (queues === undefined) throw new Error('No function of this target has a Storage queue.')
      return queues
    },
    async queue(name, message) {
      await queues?.put(name, message)
    },
    async serviceBus(entity, message) {
      // https://github.com/Azure/azure-sdk-for-net/blob/main/sdk/servicebus/Microsoft.Azure.WebJobs.Extensions.ServiceBus/src/Bindings/StringToMessageConverter.cs
      bus.send(entity, { body: Buffer.from(message), attributes: {}, contentType: 'text/plain' })
    },
    async stop() {
      await service?.stop()
    },
  }
}

/** Those of main.bicep, of the target and of each app; none where there is no such file. */
async function deployedResources({ directory, apps }: EventTarget): Promise<BicepResource[]> {
  const folders = [...new Set([directory, ...apps.map((app) => app.directory)])]
  const texts = await Promise.all(folders.map((folder) => readFile(join(folder, 'main.bicep'), 'utf8').catch(() => '')))
  return texts.flatMap(readBicep)
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
