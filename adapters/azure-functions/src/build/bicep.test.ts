import type { PlannedEvent } from '@isobar/compiler'
import { sampleEvents } from '@isobar/compiler/testing'
import { describe, expect, test } from 'vitest'
import type { AzureFunctionsOptions } from '../build.ts'
import { emitEvents } from './testing.ts'

const { queue, topic, schedule, storage, stream, changes, event } = sampleEvents

function bicep(events: readonly PlannedEvent[], options: AzureFunctionsOptions = {}): string {
  return emitEvents(events, options).text('main.bicep')
}

/** The lines of the resource of a type and name, without the first and the last. */
function resource(text: string, type: string, name: string): string[] {
  for (const [, declared, body = ''] of text.matchAll(
    /^resource \w+ '([^@']+)@[^']+' = (?:if \(\w+\) )?\{$(.*?)^\}$/gms,
  )) {
    if (declared === type && body.includes(`\n  name: '${name}'\n`)) {
      return body
        .trim()
        .split('\n')
        .map((line) => line.trim())
    }
  }
  return []
}

const queues = 'Microsoft.Storage/storageAccounts/queueServices/queues'
const bus = 'Microsoft.ServiceBus/namespaces'

test('without events there is the app and no more', () => {
  expect(bicep([schedule])).not.toMatch(/queueServices|ServiceBus|EventHub|DocumentDB|EventGrid/)
})

test('a Storage queue has its poison queue, and the app leave to read and write', () => {
  const text = bicep([queue])
  expect(resource(text, queues, 'orders')).toEqual(['parent: queueService', "name: 'orders'"])
  expect(resource(text, queues, 'orders-poison')).toEqual(['parent: queueService', "name: 'orders-poison'"])
  // Storage Queue Data Contributor: https://learn.microsoft.com/azure/role-based-access-control/built-in-roles/storage
  expect(text).toContain("'974c5e8b-45b9-4653-ba55-5f855dd0fb88'")
  // The host's own connection is by identity: https://learn.microsoft.com/azure/azure-functions/functions-reference#connecting-to-host-storage-with-an-identity
  expect(text).toContain("{ name: 'AzureWebJobsStorage__accountName', value: storage.name }")
  expect(bicep([queue], { storageConnection: 'Queues' })).toContain(
    "{ name: 'Queues__queueServiceUri', value: storage.properties.primaryEndpoints.queue }",
  )
})

describe('Service Bus', () => {
  const options = { queues: 'service-bus' } as const

  test('an ordered queue has sessions, and the deliveries of its trigger', () => {
    const ordered: PlannedEvent = { ...queue, trigger: { queue: 'orders', ordered: true, maxAttempts: 3 } }
    const text = bicep([ordered], options)
    expect(resource(text, `${bus}/queues`, 'orders')).toEqual(
      expect.arrayContaining(['parent: serviceBus', 'maxDeliveryCount: 3', 'requiresSession: true']),
    )
    expect(resource(text, `${bus}/queues`, 'orders-parked')).toEqual(['parent: serviceBus', "name: 'orders-parked'"])
    expect(text).toContain(
      "{ name: 'ServiceBus__fullyQualifiedNamespace', value: '${serviceBus.name}.servicebus.windows.net' }",
    )
    expect(text).not.toContain(queues)
  })

  test('a topic has a subscription for each function, with deliveries of its own', () => {
    const second: PlannedEvent = { ...topic, name: 'mail', trigger: { topic: 'prices', maxAttempts: 2 } }
    const text = bicep([topic, second])
    expect(text.match(/'Microsoft\.ServiceBus\/namespaces\/topics@/g)).toHaveLength(1)
    const subscription = (name: string): string[] => resource(text, `${bus}/topics/subscriptions`, name)
    expect(subscription('index-price')).toEqual(
      expect.arrayContaining(['parent: busTopicPrices', 'maxDeliveryCount: 10']),
    )
    expect(subscription('mail')).toEqual(expect.arrayContaining(['parent: busTopicPrices', 'maxDeliveryCount: 2']))
    expect(text.match(/'prices-parked'/g)).toHaveLength(1)
  })
})

test('a stream has a consumer group for each function, and a queue for what is set aside', () => {
  const text = bicep([stream, { ...stream, name: 'bill' }], { eventHubsConnection: 'Hubs' })
  const group = 'Microsoft.EventHub/namespaces/eventhubs/consumergroups'
  expect(text.match(/eventhubs@/g)).toHaveLength(1)
  expect(resource(text, group, 'count-clicks')).toContain('parent: eventHubClicks')
  expect(resource(text, group, 'bill')).toContain('parent: eventHubClicks')
  expect(resource(text, queues, 'bill-parked')).toContain('parent: queueService')
  expect(text).toContain("{ name: 'Hubs__fullyQualifiedNamespace', value: '${eventHubs.name}.servicebus.windows.net' }")
})

test('changes have the container of the leases in a database that is there', () => {
  const text = bicep([changes])
  expect(text).toMatch(/^param cosmosAccount string$/m)
  expect(text).toMatch(/^param cosmosDatabase string = 'shop'$/m)
  const containers = 'Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers'
  // https://learn.microsoft.com/azure/azure-functions/functions-bindings-cosmosdb-v2-trigger#usage
  expect(resource(text, containers, 'leases')).toContain("partitionKey: { paths: ['/id'], kind: 'Hash' }")
  expect(resource(text, queues, 'sync-users-parked')).not.toEqual([])
  expect(text).toContain("{ name: 'CosmosDB__accountEndpoint', value: cosmos.properties.documentEndpoint }")
})

describe('Event Grid', () => {
  test('a bucket’s events go to the function, by a retry policy and with a place for the dead', () => {
    const text = bicep([storage])
    const lines = resource(text, 'Microsoft.EventGrid/systemTopics/eventSubscriptions', 'fn-thumbnail')
    expect(lines).toEqual(
      expect.arrayContaining([
        "resourceId: '${app.id}/functions/thumbnail'",
        "includedEventTypes: ['Microsoft.Storage.BlobCreated', 'Microsoft.Storage.BlobDeleted']",
        "subjectBeginsWith: '/blobServices/default/containers/uploads/'",
        'retryPolicy: { maxDeliveryAttempts: 30, eventTimeToLiveInMinutes: 1440 }',
        "properties: { resourceId: storage.id, blobContainerName: 'dead-events' }",
      ]),
    )
    expect(resource(text, queues, 'thumbnail-parked')).toContain('parent: queueService')
    const containers = 'Microsoft.Storage/storageAccounts/blobServices/containers'
    expect(resource(text, containers, 'uploads')).toContain('parent: storage::blobs')
    expect(resource(text, containers, 'dead-events')).toContain('parent: storage::blobs')
  })

  test.each([
    ['created', 'Microsoft.Storage.BlobCreated'],
    ['deleted', 'Microsoft.Storage.BlobDeleted'],
  ] as const)('on: %s asks for those alone', (on, type) => {
    const text = bicep([{ ...storage, trigger: { bucket: 'uploads', on } }])
    expect(text).toContain(`includedEventTypes: ['${type}']`)
  })

  test('custom events have a topic of CloudEvents, and the attempts of the trigger', () => {
    const text = bicep([{ ...event, trigger: { type: 'com.example.order.placed', maxAttempts: 4 } }])
    expect(text).toContain("properties: { inputSchema: 'CloudEventSchemaV1_0' }")
    expect(resource(text, queues, 'placed-parked')).toContain('parent: queueService')
    expect(resource(text, 'Microsoft.EventGrid/topics/eventSubscriptions', 'fn-placed')).toEqual(
      expect.arrayContaining([
        "includedEventTypes: ['com.example.order.placed']",
        'retryPolicy: { maxDeliveryAttempts: 4, eventTimeToLiveInMinutes: 1440 }',
      ]),
    )
  })
})

test('symbols are each their own, whatever the names', () => {
  const names = ['a-b', 'aB', 'a.b', 'service', 'a_b']
  const events = names.map((physical, index) => ({
    ...queue,
    name: `f${index}`,
    resource: { logical: physical, physical },
  }))
  const text = bicep([...events, stream, changes, event, storage, topic], { queues: 'service-bus' })
  const declared = [...text.matchAll(/^(?:resource|param|var|output) (\w+)/gm)].map(([, symbol]) => symbol)
  expect(new Set(declared).size).toBe(declared.length)
})

test('texts are quoted as Bicep quotes them', () => {
  const table = "it's ${a} \\ table"
  expect(bicep([changes], { cosmosDatabase: table })).toContain(
    "param cosmosDatabase string = 'it\\'s \\${a} \\\\ table'",
  )
})
