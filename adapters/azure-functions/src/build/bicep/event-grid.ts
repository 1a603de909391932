import type { PlannedEvent } from '@isobar/compiler'
import { eventSubscriptionName } from '../names.ts'
import { nothing, symbols, text, type BicepPart } from './text.ts'

/** Where Event Grid puts what it could not deliver. */
const deadEvents = 'dead-events'

/** Event Grid's own default: https://learn.microsoft.com/azure/event-grid/delivery-and-retry#retry-policy */
const attempts = 30
const dayInMinutes = 1440

/** The topics of `storage()` and `event()`, a subscription for each function, and the container of the dead. */
export function eventGridPart(events: readonly PlannedEvent[]): BicepPart {
  const used = events.filter(({ kind }) => kind === 'storage' || kind === 'event')
  if (used.length === 0) return nothing
  const symbol = symbols()
  const buckets = used.flatMap(({ kind, resource }) => (kind === 'storage' ? [resource.physical] : []))
  return {
    ...nothing,
    parameters: [
      '',
      // https://learn.microsoft.com/azure/azure-functions/functions-event-grid-blob-trigger
      '// An event subscription is refused as long as its function is not there: false for the first deployment, true for the next.',
      'param subscribe bool = false',
    ],
    resources: [
      ...[...new Set([deadEvents, ...buckets])].map(
        (
          name,
        ) => `resource ${symbol('container', name)} 'Microsoft.Storage/storageAccounts/blobServices/containers@2024-01-01' = {
  parent: storage::blobs
  name: ${text(name)}
}`,
      ),
      ...(buckets.length > 0 ? [systemTopic] : []),
      ...(used.some(({ kind }) => kind === 'event') ? [customTopic] : []),
      ...used.map((planned) => subscription(planned, symbol('eventSubscription', planned.name))),
    ],
  }
}

const systemTopic = `resource storageEvents 'Microsoft.EventGrid/systemTopics@2022-06-15' = {
  name: 'egst-\${suffix}'
  location: location
  properties: { source: storage.id, topicType: 'Microsoft.Storage.StorageAccounts' }
}`

const customTopic = `resource events 'Microsoft.EventGrid/topics@2022-06-15' = {
  name: 'egt-\${suffix}'
  location: location
  properties: { inputSchema: 'CloudEventSchemaV1_0' }
}

output eventsEndpoint string = events.properties.endpoint`

function subscription(planned: PlannedEvent, symbol: string): string {
  const [type, parent] = planned.kind === 'storage' ? ['systemTopics', 'storageEvents'] : ['topics', 'events']
  const maxAttempts = 'maxAttempts' in planned.trigger ? planned.trigger.maxAttempts : undefined
  return `resource ${symbol} 'Microsoft.EventGrid/${type}/eventSubscriptions@2022-06-15' = if (subscribe) {
  parent: ${parent}
  name: ${text(eventSubscriptionName(planned))}
  properties: {
    destination: {
      endpointType: 'AzureFunction'
      properties: {
        resourceId: '\${app.id}/functions/${planned.name}'
        maxEventsPerBatch: 1
      }
    }
    eventDeliverySchema: 'CloudEventSchemaV1_0'
    filter: {
${filter(planned)
  .map((line) => `      ${line}\n`)
  .join('')}    }
    retryPolicy: { maxDeliveryAttempts: ${maxAttempts ?? attempts}, eventTimeToLiveInMinutes: ${dayInMinutes} }
    deadLetterDestination: {
      endpointType: 'StorageBlob'
      properties: { resourceId: storage.id, blobContainerName: ${text(deadEvents)} }
    }
  }
}`
}

function filter(planned: PlannedEvent): string[] {
  if (planned.kind !== 'storage') return [`includedEventTypes: [${text(planned.resource.physical)}]`]
  const { on } = planned.trigger
  const types = [
    ...(on === 'deleted' ? [] : ['Microsoft.Storage.BlobCreated']),
    ...(on === 'created' ? [] : ['Microsoft.Storage.BlobDeleted']),
  ]
  return [
    `includedEventTypes: [${types.map(text).join(', ')}]`,
    `subjectBeginsWith: ${text(`/blobServices/default/containers/${planned.resource.physical}/`)}`,
  ]
}
