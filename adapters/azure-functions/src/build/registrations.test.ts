import type { PlannedEvent } from '@isobar/compiler'
import { sampleEvents } from '@isobar/compiler/testing'
import { describe, expect, test } from 'vitest'
import type { AzureFunctionsOptions } from '../build.ts'
import { ncrontab } from './registrations.ts'
import { emitEvents } from './testing.ts'

const { queue, topic, schedule, storage, stream, changes, event } = sampleEvents

function shim(events: readonly PlannedEvent[], options: AzureFunctionsOptions = {}): string {
  return emitEvents(events, options).text('index.mjs')
}

/** The members of a registration, in the order of the shim. */
function registration(planned: PlannedEvent, options: AzureFunctionsOptions = {}): string[] {
  const [, body = ''] = /^app\.(?!setup)(.*?)^\}\)$/ms.exec(shim([planned], options)) ?? []
  return body.split('\n').map((line) => line.trim().replace(/,$/, ''))
}

const called = (handler: string, { name }: PlannedEvent, exported: string, more: string): string =>
  `handler: ${handler}({ target: 'azure-functions', name: '${name}', definition: events.${exported} }, { timeoutMs: 600000${more} })`

test('an application without http functions registers its events, and asks for no streams', () => {
  expect(shim([queue])).toMatchInlineSnapshot(`
    "import { app, output } from '@azure/functions'
    import { storageQueue, load } from '@isobar/azure-functions'

    const events = await load('functions/events.ts', () => import('../../../functions/events.ts'))

    const parked = {
      'ship': output.storageQueue({ queueName: 'orders-poison', connection: 'AzureWebJobsStorage' }),
    }
    app.storageQueue('ship', {
      queueName: 'orders',
      connection: 'AzureWebJobsStorage',
      dataType: 'binary',
      extraOutputs: [parked['ship']],
      handler: storageQueue({ target: 'azure-functions', name: 'ship', definition: events.ship }, { timeoutMs: 600000, parked: parked['ship'] }),
    })
    "
  `)
})

test('a module that several functions are in is loaded once', () => {
  const source = shim([queue, topic, schedule])
  expect(source.match(/await load\(/g)).toHaveLength(1)
})

describe('every source that carries text asks for bytes, or the host’s library would parse it (E2)', () => {
  test.each([
    [queue, {}],
    [queue, { queues: 'service-bus' }],
    [topic, {}],
    [stream, {}],
  ] satisfies [PlannedEvent, AzureFunctionsOptions][])('%o', (planned, options) => {
    expect(registration(planned, options)).toContain("dataType: 'binary'")
  })
})

test('a queue of Service Bus, with sessions when it is ordered', () => {
  const ordered: PlannedEvent = { ...queue, trigger: { queue: 'orders', ordered: true } }
  const options = { queues: 'service-bus', serviceBusConnection: 'Bus' } as const
  expect(registration(ordered, options)).toEqual([
    "serviceBusQueue('ship', {",
    "queueName: 'orders'",
    "connection: 'Bus'",
    'isSessionsEnabled: true',
    "dataType: 'binary'",
    "extraOutputs: [parked['ship']]",
    called('serviceBusQueue', queue, 'ship', ", parked: parked['ship']"),
    '',
  ])
  expect(registration(queue, options)).not.toContain('isSessionsEnabled: true')
  expect(shim([ordered], options)).toContain(
    "'ship': output.serviceBusQueue({ queueName: 'orders-parked', connection: 'Bus' })",
  )
})

test('a topic has a subscription of the function', () => {
  expect(registration(topic)).toEqual(
    expect.arrayContaining([
      "serviceBusTopic('index-price', {",
      "topicName: 'prices'",
      "subscriptionName: 'index-price'",
      "connection: 'ServiceBus'",
    ]),
  )
})

test('a schedule has six fields and a retry policy, and no place for what is set aside', () => {
  expect(registration(schedule)).toEqual([
    "timer('nightly', {",
    "schedule: '0 30 2 * * 1,2,3,4,5'",
    "retry: { strategy: 'fixedDelay', maxRetryCount: 2, delayInterval: { minutes: 1 } }",
    called('timer', schedule, 'nightly', ''),
    '',
  ])
})

test.each([
  [storage, 'blobEvents', 'thumbnail'],
  [event, 'eventGrid', 'placed'],
] as const)('%o is an Event Grid trigger', (planned, handler, exported) => {
  expect(registration(planned)).toEqual([
    `eventGrid('${planned.name}', {`,
    `extraOutputs: [parked['${planned.name}']]`,
    called(handler, planned, exported, `, parked: parked['${planned.name}']`),
    '',
  ])
  expect(shim([planned])).toContain(
    `'${planned.name}': output.storageQueue({ queueName: '${planned.name}-parked', connection: 'AzureWebJobsStorage' })`,
  )
})

test('a stream never gives up a record by itself, so that the checkpoint waits', () => {
  const retry =
    "retry: { strategy: 'exponentialBackoff', maxRetryCount: -1, minimumInterval: { seconds: 1 }, maximumInterval: { minutes: 1 } }"
  expect(registration(stream)).toEqual(
    expect.arrayContaining([
      "eventHub('count-clicks', {",
      "eventHubName: 'clicks'",
      "consumerGroup: 'count-clicks'",
      "cardinality: 'one'",
      retry,
      called('eventHub', stream, 'countClicks', ", maxAttempts: 5, parked: parked['count-clicks']"),
    ]),
  )
  expect(registration(changes)).toContain(retry)
})

test('the attempts of a stream and of changes are counted by the handler', () => {
  const trigger = { stream: 'clicks', maxAttempts: 9 }
  expect(registration({ ...stream, trigger }).at(-2)).toContain('maxAttempts: 9')
})

test('changes come one a call, from the database of the application, with leases of the function', () => {
  expect(registration(changes)).toEqual(
    expect.arrayContaining([
      "cosmosDB('sync-users', {",
      "databaseName: 'shop'",
      "containerName: 'users'",
      "leaseContainerName: 'leases'",
      "leaseContainerPrefix: 'sync-users'",
      'maxItemsPerInvocation: 1',
    ]),
  )
  const trigger = { table: 'users', batchSize: 50 }
  const options = { cosmosDatabase: 'store', cosmosConnection: 'Db' }
  expect(registration({ ...changes, trigger }, options)).toEqual(
    expect.arrayContaining(["databaseName: 'store'", "connection: 'Db'", 'maxItemsPerInvocation: 50']),
  )
})

test('a name from the config’s resources is the one that is bound', () => {
  const renamed = { ...queue, resource: { logical: 'orders', physical: 'orders-eu' } }
  expect(shim([renamed], { storageConnection: 'Queues' })).toContain(
    "queueName: 'orders-eu-poison', connection: 'Queues'",
  )
})

// https://learn.microsoft.com/azure/azure-functions/functions-bindings-timer#ncrontab-examples
test.each([
  [{ minute: '*', hour: '*', dayOfMonth: '*', month: '*', dayOfWeek: '*' }, '0 * * * * *'],
  [{ minute: [0], hour: [9], dayOfMonth: '*', month: '*', dayOfWeek: [1, 2, 3, 4, 5] }, '0 0 9 * * 1,2,3,4,5'],
  [{ minute: [30], hour: [23], dayOfMonth: [1, 15], month: [1, 12], dayOfWeek: '*' }, '0 30 23 1,15 1,12 *'],
  [{ minute: [0], hour: [0], dayOfMonth: '*', month: '*', dayOfWeek: [0] }, '0 0 0 * * 0'],
] as const)('%o is %s', (cron, expected) => {
  expect(ncrontab({ cron })).toBe(expected)
})
