import type { PlannedEvent } from '@isobar/compiler'
import type { Settings } from '../options.ts'
import { nothing, symbols, text, type BicepPart } from './text.ts'

/** The namespace, an event hub for each stream and a consumer group for each function. */
export function eventHubsPart(events: readonly PlannedEvent[], settings: Settings): BicepPart {
  const used = events.filter(({ kind }) => kind === 'stream')
  if (used.length === 0) return nothing
  const symbol = symbols()
  const hubs = new Map<string, string>()
  const entities = used.flatMap(({ name, resource: { physical } }) => {
    const known = hubs.get(physical)
    const hub = known ?? symbol('eventHub', physical)
    hubs.set(physical, hub)
    const group = `resource ${symbol('consumerGroup', name)} 'Microsoft.EventHub/namespaces/eventhubs/consumergroups@2024-01-01' = {
  parent: ${hub}
  name: ${text(name)}
}`
    return known === undefined ? [eventHub(hub, physical), group] : [group]
  })
  return {
    ...nothing,
    resources: [
      // Consumer groups are not in Basic: https://learn.microsoft.com/azure/event-hubs/compare-tiers
      `resource eventHubs 'Microsoft.EventHub/namespaces@2024-01-01' = {
  name: 'evhns-\${suffix}'
  location: location
  sku: { name: 'Standard', tier: 'Standard', capacity: 1 }
  properties: { minimumTlsVersion: '1.2' }
}`,
      ...entities,
    ],
    settings: { [`${settings.eventHubs}__fullyQualifiedNamespace`]: "'${eventHubs.name}.servicebus.windows.net'" },
    // Azure Event Hubs Data Receiver
    roles: [{ name: 'event-hubs-receiver', scope: 'eventHubs', definition: 'a638d3c7-ab3a-418d-83e6-5f17a39d4fde' }],
  }
}

function eventHub(symbol: string, name: string): string {
  return `resource ${symbol} 'Microsoft.EventHub/namespaces/eventhubs@2024-01-01' = {
  parent: eventHubs
  name: ${text(name)}
  properties: {
    partitionCount: 4
    retentionDescription: { cleanupPolicy: 'Delete', retentionTimeInHours: 24 }
  }
}`
}
