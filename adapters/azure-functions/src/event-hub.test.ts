import { bindingsOf, invoke, logged } from './testing/library.ts'
import { Reject, stream, type Event, type EventContext } from '@isobar/core'
import { app, output } from '@azure/functions'
import { afterEach, describe, expect, test } from 'vitest'
import { eventHub } from './event-hub.ts'
import { fixture } from './testing/fixtures.ts'

let handle: (event: Event, context: EventContext) => void | Promise<void>
const definition = stream('clicks', (event, context) => handle(event, context))
const parked = output.storageQueue({ queueName: 'count-parked', connection: 'AzureWebJobsStorage' })
const binding = { eventHubName: 'clicks', connection: 'EventHubs', cardinality: 'one' as const, dataType: 'binary' }
app.eventHub('count', {
  ...binding,
  extraOutputs: [parked],
  handler: eventHub({ target: 'azure', name: 'count', definition }, { timeoutMs: 600_000, maxAttempts: 3, parked }),
})

afterEach(() => void logged.splice(0))

const { request, handlerObserved } = fixture(
  'invocation-observed/recorded_azure-functions-nodejs-library__eventhub-one-string',
)
const data = { bytes: Buffer.from('{"a":1}') }
const metadata = {
  ...request.triggerMetadata,
  PartitionContext: { json: '{"PartitionId":"3","EventHubName":"clicks"}' },
}

function fail(): void {
  handle = () => {
    throw new Error('no')
  }
}

test('the library hands dataType over to the host', () => {
  expect(bindingsOf('count')[0]).toMatchObject({ type: 'eventHubTrigger', cardinality: 'one', dataType: 'binary' })
})

test('a record has what the vendor’s own handler saw, and an id of its partition and number (E1)', async () => {
  let seen: unknown
  handle = ({ id, source, type, data: decoded }, { delivery }) => void (seen = { id, source, type, decoded, delivery })
  await invoke('count', data, metadata)
  expect(handlerObserved.triggerMetadata).toEqual({ systemProperties: { sequenceNumber: 1 } })
  expect(seen).toEqual({
    id: '3:1',
    source: 'stream:clicks',
    type: 'stream.record',
    decoded: handlerObserved.value,
    delivery: { attempt: 1, sequence: '1', batch: { index: 0, size: 1 } },
  })
})

test('a record has its properties, its key and its time', async () => {
  let seen: unknown
  handle = ({ attributes, time }, { delivery }) => void (seen = { attributes, time, delivery })
  await invoke(
    'count',
    data,
    {
      ...metadata,
      SequenceNumber: { json: '12' },
      Offset: { string: '4096' },
      PartitionKey: { string: 'user-7' },
      EnqueuedTimeUtc: { json: '"2022-01-01T00:00:00Z"' },
      Properties: { json: '{"tier":"gold"}' },
    },
    undefined,
    { retryCount: 1, maxRetryCount: -1 },
  )
  expect(seen).toEqual({
    attributes: { tier: 'gold' },
    time: '2022-01-01T00:00:00.000Z',
    delivery: {
      attempt: 2,
      enqueuedAt: new Date('2022-01-01T00:00:00Z'),
      orderingKey: 'user-7',
      sequence: '12',
      batch: { index: 0, size: 1 },
    },
  })
})

describe('the outcome', () => {
  test('of a record that fails is the error, so that the checkpoint waits', async () => {
    fail()
    await expect(invoke('count', data, metadata, undefined, { retryCount: 1, maxRetryCount: -1 })).rejects.toThrow('no')
  })

  test('of the last try is that the record is set aside, and the host goes on', async () => {
    fail()
    const { outputData } = await invoke('count', data, metadata, undefined, { retryCount: 2, maxRetryCount: -1 })
    expect(outputData).toEqual([{ name: parked.name, data }])
    expect(logged.at(-1)).toMatchObject({ level: 'error', message: expect.stringContaining('tried 3 times') })
  })

  test('of a rejected record is the same at the first try', async () => {
    handle = () => {
      throw Reject('no')
    }
    expect((await invoke('count', data, metadata)).outputData).toEqual([{ name: parked.name, data }])
  })
})

test.each([
  ['a value that the host has parsed', request.inputData[0]?.data ?? {}, metadata, /must be bytes .*an object with a/],
  ['a record without a number', data, {}, /sequenceNumber of a record must be a number.*undefined/],
  ['a record of no partition', data, request.triggerMetadata, /partitionId.*must be a text.*undefined/],
])('%s is an error that says what came (E4)', async (_, given, facts, message) => {
  handle = () => undefined
  await expect(invoke('count', given, facts)).rejects.toMatchObject({
    name: 'MalformedEventError',
    message: expect.stringMatching(message),
  })
})

// The host gives an array where the binding's cardinality is `many`.
test.each([
  ['json', 'an array of 2'],
  ['strings', 'an array of 3'],
])('the recorded batch %s is an error that says that %s came, at every try (E4)', async (name, came) => {
  const calls: unknown[] = []
  handle = (event) => void calls.push(event)
  const batch = fixture(`invocation-observed/recorded_azure-functions-nodejs-library__eventhub-many-${name}`)
  const { inputData, triggerMetadata } = batch.request
  for (const retryCount of [0, 2, 7]) {
    const retry = { retryCount, maxRetryCount: -1 }
    const invoked = invoke('count', inputData[0]?.data ?? {}, triggerMetadata, undefined, retry)
    await expect(invoked).rejects.toMatchObject({
      name: 'MalformedEventError',
      message: `The record of an Event Hubs trigger must be bytes (the binding's dataType is 'binary'), but it is ${came}.`,
    })
  }
  expect(calls).toEqual([])
})
