import { invoke, logged } from './testing/library.ts'
import { changes, Reject, type ChangeData, type Event, type EventContext } from '@isobar/core'
import { app, output } from '@azure/functions'
import { afterEach, describe, expect, test } from 'vitest'
import { cosmosDb } from './cosmos-db.ts'
import { fixture } from './testing/fixtures.ts'

let handle: (event: Event<ChangeData>, context: EventContext) => void | Promise<void>
const definition = changes('users', (event, context) => handle(event, context))
const parked = output.storageQueue({ queueName: 'sync-parked', connection: 'AzureWebJobsStorage' })
app.cosmosDB('sync', {
  databaseName: 'shop',
  containerName: 'users',
  connection: 'CosmosDB',
  extraOutputs: [parked],
  handler: cosmosDb({ target: 'azure', name: 'sync', definition }, { timeoutMs: 600_000, maxAttempts: 3, parked }),
})

afterEach(() => void logged.splice(0))

const { request } = fixture('invocation-observed/recorded_azure-functions-nodejs-library__cosmos-documents')
const recorded = request.inputData[0]?.data ?? {}
const lastTry = { retryCount: 2, maxRetryCount: -1 }

function documents(...all: object[]): object {
  return { json: JSON.stringify(all) }
}

test('each document of a recording is an event', async () => {
  const seen: unknown[] = []
  handle = ({ id, source, type, time, data }, { delivery }) =>
    void seen.push({ id, source, type, time, data, delivery })
  await invoke('sync', recorded)
  const common = { source: 'changes:users', type: 'changes.upserted' }
  expect(seen).toEqual([
    {
      ...common,
      id: '1:1',
      time: '1970-01-01T00:00:01.000Z',
      data: { key: { id: '1' }, after: { id: '1' } },
      delivery: { attempt: 1, batch: { index: 0, size: 2 } },
    },
    {
      ...common,
      id: '2:2',
      time: '1970-01-01T00:00:02.000Z',
      data: { key: { id: '2' }, after: { id: '2' } },
      delivery: { attempt: 1, batch: { index: 1, size: 2 } },
    },
  ])
})

test('a change has the document without what Cosmos DB adds, and an id that tells it from the next (E1)', async () => {
  let seen: Event<ChangeData> | undefined
  handle = (event) => void (seen = event)
  // The properties of https://learn.microsoft.com/azure/cosmos-db/resource-model
  const system = { _rid: 'AbC=', _self: 's', _etag: '"0000-1"', _attachments: 'a/', _ts: 1_700_000_000, _lsn: 9 }
  await invoke('sync', documents({ id: 'u1', tenant: 't', _mine: [1, { x: null }], ...system }))
  expect(seen).toMatchObject({
    id: 'AbC=:0000-1',
    data: { key: { id: 'u1' }, after: { id: 'u1', tenant: 't', _mine: [1, { x: null }] } },
  })
  expect(Object.keys(seen?.data.after ?? {})).toEqual(['id', 'tenant', '_mine'])
})

describe('the outcome', () => {
  const first = { id: 'a', _ts: 1 }
  const second = { id: 'b', _ts: 2 }
  const third = { id: 'c', _ts: 3 }

  function failAt(...ids: string[]): string[] {
    const tried: string[] = []
    handle = ({ data: { key } }) => {
      tried.push(String(key['id']))
      if (ids.includes(String(key['id']))) throw new Error(`no ${String(key['id'])}`)
    }
    return tried
  }

  test('of a document that fails is its error, and those behind it are not tried', async () => {
    const tried = failAt('b')
    await expect(invoke('sync', documents(first, second, third))).rejects.toThrow('no b')
    expect(tried).toEqual(['a', 'b'])
  })

  test('of the last try is that what fails is set aside, and the rest is tried', async () => {
    const tried = failAt('a', 'c')
    const { outputData } = await invoke('sync', documents(first, second, third), {}, undefined, lastTry)
    expect(tried).toEqual(['a', 'b', 'c'])
    expect(outputData).toEqual([{ name: parked.name, data: { json: JSON.stringify([first, third]) } }])
  })

  test('of a rejected document is that it is set aside, once', async () => {
    handle = ({ data: { key } }) => {
      if (key['id'] === 'b') throw Reject('no')
    }
    const { outputData } = await invoke('sync', documents(first, second, third))
    expect(outputData).toEqual([{ name: parked.name, data: { json: JSON.stringify([second]) } }])
  })

  test('of a rejected document before one that fails is that the invocation fails', async () => {
    handle = ({ data: { key } }) => {
      throw key['id'] === 'a' ? Reject('no') : new Error('no b')
    }
    await expect(invoke('sync', documents(first, second))).rejects.toThrow('no b')
  })
})

test.each([
  ['what is no array', { json: '{"id":"1"}' }, /must be an array of documents.*an object with id/],
  ['a document without an id', documents({ _ts: 1 }), /id of a document must be a text.*undefined/],
  ['a document without a version', documents({ id: '1' }), /_etag of a document must be a text.*undefined/],
])('%s is an error that says what came (E4)', async (_, given, message) => {
  handle = () => undefined
  await expect(invoke('sync', given)).rejects.toMatchObject({
    name: 'MalformedEventError',
    message: expect.stringMatching(message),
  })
})
