import { expect, test } from 'vitest'

import { attemptTimes, bootEvents, ends } from './testing.ts'

const functions = { sum: 'stream:clicks' } as const
const hub = "eventHubName: 'clicks', connection: 'C'"
const retry =
  "retry: { strategy: 'exponentialBackoff', maxRetryCount: -1, minimumInterval: 1000, maximumInterval: 8000 }"

test('events of one key come in their order, in batches, with their metadata', async () => {
  await using booted = await bootEvents(
    `app.eventHub('sum', { ${hub}, cardinality: 'many', dataType: 'binary', handler: (events, { triggerMetadata }) =>
      told([events.map(String), triggerMetadata.partitionKeyArray, triggerMetadata.propertiesArray, triggerMetadata.sequenceNumberArray, typeof triggerMetadata.enqueuedTimeUtcArray[0]]) })`,
    { functions, host: { extensions: { eventHubs: { maxEventBatchSize: 2 } } } },
  )
  const bodies = ['1', '2', '3']
  await booted.running.deliver(
    'stream:clicks',
    bodies.map((body) => ({ body, orderingKey: 'a', attributes: { n: body } })),
  )
  expect(booted.told()).toEqual([
    [['1', '2'], ['a', 'a'], [{ n: '1' }, { n: '2' }], [0, 1], 'string'],
    [['3'], ['a'], [{ n: '3' }], [2], 'string'],
  ])
  expect(ends(booted)).toEqual(['ack acknowledged', 'ack acknowledged', 'ack acknowledged'])
})

test('without a retry policy a batch that fails is lost', async () => {
  await using booted = await bootEvents(
    `app.eventHub('sum', { ${hub}, cardinality: 'many', handler(events) { told(events); throw new Error('no') } })`,
    { functions },
  )
  await booted.running.deliver('stream:clicks', [
    { body: '{"a":1}', orderingKey: 'a' },
    { body: 'plain', orderingKey: 'a' },
  ])
  await booted.running.advance(3_600_000)
  expect(ends(booted)).toEqual(['retry dropped', 'retry dropped'])
  expect(booted.told()).toEqual([[{ a: 1 }, 'plain']])
})

test('with one the checkpoint waits, and with it the partition', async () => {
  await using booted = await bootEvents(
    `let failures = 3
    app.eventHub('sum', { ${hub}, cardinality: 'one', ${retry}, handler(event) {
      told(event)
      if (event === 1 && failures-- > 0) throw new Error('not yet')
    } })`,
    {
      functions,
      files: {
        'main.bicep':
          "resource hub 'Microsoft.EventHub/namespaces/eventhubs@2024-01-01' = {\n name: 'ns/clicks'\n properties: { partitionCount: 1 }\n}\n",
      },
    },
  )
  await booted.running.deliver('stream:clicks', [{ body: '1' }, { body: '2' }])
  expect(ends(booted)).toEqual(['retry', ''])
  await booted.running.advance(60_000)
  expect(attemptTimes(booted)).toEqual([[0, 1000, 3000, 6000], [6000]])
  expect(ends(booted)).toEqual(['retry retry retry ack acknowledged', 'ack acknowledged'])
  expect(booted.told()).toEqual([1, 1, 1, 1, 2])
})

const table = "databaseName: 'shop', containerName: 'users', connection: 'C'"

test('the change feed gives the documents that were written, and no deletions', async () => {
  await using booted = await bootEvents(
    `app.cosmosDB('audit', { ${table}, handler: (documents) => told(documents) })`,
    { functions: { audit: 'changes:users' } },
  )
  await booted.running.deliver('changes:users', [
    { change: 'inserted', key: { id: '1' }, after: { name: 'Ann', big: 12345678901234567890n } },
    { change: 'inserted', key: { id: '2' }, after: { name: 'Bob' } },
    { change: 'updated', key: { id: '1' }, before: { name: 'Ann' }, after: { name: 'Anna' } },
    { change: 'deleted', key: { id: '2' } },
  ])
  expect(ends(booted)).toEqual(['ack acknowledged', 'ack acknowledged', 'ack acknowledged'])
  const system = { _rid: expect.any(String), _etag: expect.any(String), _ts: expect.any(Number) }
  expect(booted.told()).toMatchObject([
    [
      { id: '1', name: 'Ann', big: 12345678901234567000, _lsn: 1, ...system },
      { id: '2', name: 'Bob', _lsn: 2, ...system },
    ],
    [{ id: '1', name: 'Anna', _lsn: 3, ...system }],
  ])
  await expect(booted.running.deliver('changes:users', [{ body: 'x' }])).rejects.toThrow('takes changes')
})

test('a batch of changes that fails is lost without a retry policy, and held with one', async () => {
  await using booted = await bootEvents(
    `let failures = 1
    app.cosmosDB('audit', { ${table}, handler() { throw new Error('no') } })
    app.cosmosDB('again', { ${table}, ${retry}, handler() { if (failures-- > 0) throw new Error('not yet') } })`,
    { functions: { audit: 'changes:users', again: 'changes:users' } },
  )
  await booted.running.deliver('changes:users', [{ change: 'inserted', key: { id: '1' } }])
  await booted.running.advance(1000)
  expect(ends(booted)).toEqual(['retry dropped', 'retry ack acknowledged'])
})
