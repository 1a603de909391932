import type { PlannedEvent } from '@isobar/compiler'
import { parkedQueue } from '../names.ts'
import type { Settings } from '../options.ts'
import { storageQueues } from '../shared-settings.ts'
import { nothing, symbols, text, type BicepPart } from './text.ts'

/** Storage queues: those of `queue()` with their poison queues, and one for what each other source sets aside. */
export function storageQueuesPart(events: readonly PlannedEvent[], settings: Settings): BicepPart {
  const queues = storageQueues(events, settings).flatMap(({ resource: { physical } }) => [
    physical,
    `${physical}-poison`,
  ])
  const parked = events.filter(isParked).map(({ name }) => parkedQueue(name))
  const names = [...new Set([...queues, ...parked])]
  if (names.length === 0) return nothing
  const symbol = symbols()
  return {
    ...nothing,
    resources: [
      `resource queueService 'Microsoft.Storage/storageAccounts/queueServices@2024-01-01' = {
  parent: storage
  name: 'default'
}`,
      ...names.map(
        (
          name,
        ) => `resource ${symbol('storageQueue', name)} 'Microsoft.Storage/storageAccounts/queueServices/queues@2024-01-01' = {
  parent: queueService
  name: ${text(name)}
}`,
      ),
    ],
    // The host's own connection has the account in any case.
    settings:
      settings.storage === 'AzureWebJobsStorage'
        ? {}
        : { [`${settings.storage}__queueServiceUri`]: 'storage.properties.primaryEndpoints.queue' },
    // Storage Queue Data Contributor
    roles: [{ name: 'storage-queues', scope: 'storage', definition: '974c5e8b-45b9-4653-ba55-5f855dd0fb88' }],
  }
}

function isParked({ kind }: PlannedEvent): boolean {
  return kind === 'storage' || kind === 'stream' || kind === 'changes' || kind === 'event'
}
