import type { App } from '../apps.ts'
import type { Settings } from '../options.ts'
import { cosmosPart } from './cosmos-db.ts'
import { eventGridPart } from './event-grid.ts'
import { eventHubsPart } from './event-hubs.ts'
import { functionApp } from './function-app.ts'
import { serviceBusPart } from './service-bus.ts'
import { storageQueuesPart } from './storage-queues.ts'
import { roleAssignment, type BicepPart } from './text.ts'

/**
 * A Flex Consumption app with its storage and log workspace and what its events come from, for
 * `az deployment group create`: https://learn.microsoft.com/azure/azure-functions/functions-infrastructure-as-code
 *
 * @param application the name of the whole application.
 */
export function bicep(app: App, settings: Settings, application: string): string {
  const events = app.events.map((one) => one.function)
  const parts: BicepPart[] = [
    storageQueuesPart(events, settings),
    serviceBusPart(events, settings),
    eventHubsPart(events, settings),
    cosmosPart(events, settings, application),
    eventGridPart(events),
  ]
  const added = {
    parameters: parts.flatMap(({ parameters }) => parameters),
    settings: parts.flatMap((part) => Object.entries(part.settings)),
  }
  const resources = parts.flatMap((part) => part.resources)
  const roles = parts.flatMap((part) => part.roles).map(roleAssignment)
  return [functionApp(app.service, added), ...resources, ...roles].map((text) => `${text}\n`).join('\n')
}
