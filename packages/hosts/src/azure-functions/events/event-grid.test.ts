import { expect, test } from 'vitest'

import { attemptTimes, bootEvents, ends } from './testing.ts'

const told = 'handler: (event, { triggerMetadata }) => told(event)'
const failing = "handler() { throw new Error('no') }"
const minutes = (...all: number[]): number[] => all.map((one) => Math.round(one * 60_000))

const bicep = (subscription: string): string => `
resource topic 'Microsoft.EventGrid/topics@2025-02-15' = {
  name: 'shop'
  properties: { inputSchema: 'CloudEventSchemaV1_0' }
}
resource subscription 'Microsoft.EventGrid/topics/eventSubscriptions@2025-02-15' = {
  parent: topic
  name: 'ship'
  properties: {
    destination: { endpointType: 'AzureFunction', properties: { resourceId: '\${app.id}/functions/ship', maxEventsPerBatch: 1 } }
    eventDeliverySchema: 'CloudEventSchemaV1_0'
    ${subscription}
  }
}`

const cloudEvent = {
  id: '1',
  source: '/shop',
  type: 'placed',
  subject: 's',
  extensions: { k: 'v' },
  data: '{"n":12345678901234567890}',
}

test("a custom event comes in Event Grid's own schema, unless the deploy file says otherwise", async () => {
  await using booted = await bootEvents(`app.eventGrid('ship', { ${told} })`, { functions: { ship: 'event:placed' } })
  await booted.running.deliver('event:placed', [{ cloudEvent, mode: 'binary' }])
  expect(booted.told()).toMatchObject([
    { id: '1', eventType: 'placed', subject: 's', data: { n: 12345678901234567000 }, metadataVersion: '1' },
  ])
  expect(Object.keys(Object(booted.told()[0]))).not.toContain('source')
  expect(ends(booted)).toEqual(['ack acknowledged'])
})

test('a topic of CloudEvents gives them as they are, those that the filter lets through', async () => {
  await using booted = await bootEvents(`app.eventGrid('ship', { ${told} })`, {
    functions: { ship: 'event:placed' },
    files: { 'main.bicep': bicep("filter: { includedEventTypes: ['placed'] }") },
  })
  await booted.running.deliver('event:placed', [
    { cloudEvent, mode: 'structured' },
    { cloudEvent: { ...cloudEvent, type: 'other' }, mode: 'structured' },
  ])
  const { extensions, data: _data, ...context } = cloudEvent
  expect(booted.told()).toEqual([{ specversion: '1.0', ...context, ...extensions, data: { n: 12345678901234567000 } }])
})

test('an event that fails is delivered again on the schedule, and dropped after a day', async () => {
  await using booted = await bootEvents(`app.eventGrid('ship', { ${failing} })`, {
    functions: { ship: 'event:placed' },
  })
  await booted.running.deliver('event:placed', [{ cloudEvent, mode: 'binary' }])
  await booted.running.advance(23 * 3_600_000)
  // 10 s, 30 s, 1, 5, 10, 30 min, 1, 3, 6, 12 h, each after the one before.
  expect(attemptTimes(booted)).toEqual([
    minutes(0, 1 / 6, 2 / 3, 5 / 3, 20 / 3, 50 / 3, 140 / 3, 320 / 3, 860 / 3, 1940 / 3, 4100 / 3),
  ])
  expect(ends(booted)[0]).not.toContain('dropped')
  await booted.running.advance(3_600_000)
  expect(ends(booted)[0]).toMatch(/retry dropped$/)
  expect(await booted.running.deadLetters('event:placed')).toEqual([])
})

test('the deploy file says how often, and where the dead go', async () => {
  await using booted = await bootEvents(`app.eventGrid('ship', { ${failing} })`, {
    functions: { ship: 'event:placed' },
    files: {
      'main.bicep': bicep(`retryPolicy: { maxDeliveryAttempts: 2, eventTimeToLiveInMinutes: 60 }
    deadLetterDestination: { endpointType: 'StorageBlob', properties: { resourceId: storage.id, blobContainerName: 'dead' } }`),
    },
  })
  await booted.running.deliver('event:placed', [{ cloudEvent, mode: 'binary' }])
  await booted.running.advance(10_000)
  expect(ends(booted)).toEqual(['retry retry'])
  await booted.running.advance(300_000)
  expect(ends(booted)).toEqual(['retry retry dead-lettered'])
  const [dead] = await booted.running.deadLetters('event:placed')
  expect(JSON.parse(Buffer.from(dead?.body ?? []).toString())).toMatchObject({
    id: '1',
    type: 'placed',
    deadLetterReason: 'MaxDeliveryAttemptsExceeded',
    deliveryAttempts: 2,
  })
})

test('a time to live that is over first ends it', async () => {
  await using booted = await bootEvents(`app.eventGrid('ship', { ${failing} })`, {
    functions: { ship: 'event:placed' },
    files: { 'main.bicep': bicep('retryPolicy: { eventTimeToLiveInMinutes: 30 }') },
  })
  await booted.running.deliver('event:placed', [{ cloudEvent, mode: 'binary' }])
  await booted.running.advance(3_600_000)
  // The example of https://learn.microsoft.com/azure/event-grid/delivery-and-retry#retry-policy: at most six.
  expect(ends(booted)).toEqual(['retry retry retry retry retry retry dropped'])
})

test('a storage account tells of blobs that were written and deleted', async () => {
  await using booted = await bootEvents(`app.eventGrid('thumb', { ${told} })`, {
    functions: { thumb: 'storage:photos' },
  })
  await booted.running.deliver('storage:photos', [
    { object: 'created', key: 'a b/ü.png', size: 3, etag: '0x8D' },
    { object: 'deleted', key: 'c' },
  ])
  expect(booted.told()).toMatchObject([
    {
      eventType: 'Microsoft.Storage.BlobCreated',
      subject: '/blobServices/default/containers/photos/blobs/a b/ü.png',
      data: {
        api: 'PutBlob',
        contentLength: 3,
        eTag: '0x8D',
        url: expect.stringMatching(/\/photos\/a%20b\/%C3%BC\.png$/),
      },
      dataVersion: '',
    },
    {
      eventType: 'Microsoft.Storage.BlobDeleted',
      subject: '/blobServices/default/containers/photos/blobs/c',
      data: { api: 'DeleteBlob' },
    },
  ])
})
