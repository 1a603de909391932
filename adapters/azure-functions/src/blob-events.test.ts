import { invoke } from './testing/library.ts'
import { Reject, storage, type Event, type EventContext, type StorageData } from '@isobar/core'
import { app, output } from '@azure/functions'
import { describe, expect, test } from 'vitest'
import { blobEvents } from './blob-events.ts'
import { fixture, payload } from './testing/fixtures.ts'

let handle: (event: Event<StorageData>, context: EventContext) => void | Promise<void>
const parked = output.storageQueue({ queueName: 'thumbnail-parked', connection: 'AzureWebJobsStorage' })
const definition = storage('uploads', (event, context) => handle(event, context))
app.eventGrid('thumbnail', {
  extraOutputs: [parked],
  handler: blobEvents({ target: 'azure', name: 'thumbnail', definition }, { timeoutMs: 600_000, parked }),
})

const cloud = payload('eventgrid-cloudevent/Azure_azure-functions-templates__EventGridCloudEventTrigger-CSharp-3.x')

async function see(given: object): Promise<Event<StorageData>> {
  let seen: Event<StorageData> | undefined
  handle = (event) => void (seen = event)
  await invoke('thumbnail', { json: JSON.stringify(given) })
  if (!seen) throw new Error('The handler was not called.')
  return seen
}

/** An event of the schema at https://learn.microsoft.com/azure/event-grid/event-schema-blob-storage */
function gridEvent(eventType: string, key: string, url: string, more: object = {}): object {
  return {
    topic: '/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/shop',
    subject: `/blobServices/default/containers/pictures/blobs/${key}`,
    eventType,
    eventTime: '2017-06-26T18:41:00.9584103Z',
    id: '831e1650-001e-001b-66ab-eeb76e069631',
    data: { api: 'PutBlockList', url, sequencer: '1', ...more },
    dataVersion: '',
    metadataVersion: '1',
  }
}

test('the vendor’s sample of a CloudEvent', async () => {
  const url = new URL(String(Object(cloud['data']).url))
  const event = await see({
    ...cloud,
    // The sample has names to be filled in.
    subject: 'blobServices/default/containers/testcontainer/blobs/new.txt',
    data: { ...Object(cloud['data']), url: new URL('new.txt', url).href },
  })
  expect(event).toMatchObject({
    id: cloud['id'],
    time: cloud['time'],
    source: 'storage:uploads',
    type: 'storage.created',
    subject: 'new.txt',
    data: {
      bucket: 'uploads',
      key: 'new.txt',
      size: Object(cloud['data']).contentLength,
      etag: Object(cloud['data']).eTag,
    },
  })
})

test('a deletion tells the key and no more', async () => {
  const url = 'https://shop.blob.core.windows.net/pictures/a/b.png'
  expect(await see(gridEvent('Microsoft.Storage.BlobDeleted', 'a/b.png', url))).toMatchObject({
    id: '831e1650-001e-001b-66ab-eeb76e069631',
    time: '2017-06-26T18:41:00.9584103Z',
    type: 'storage.deleted',
    data: { bucket: 'uploads', key: 'a/b.png' },
  })
})

describe('the key is decoded, and the subject', () => {
  test.each([
    [
      'of a URL with escapes',
      'my file.png',
      'https://shop.blob.core.windows.net/pictures/my%20file.png',
      'my file.png',
    ],
    ['with a plus, which is one', 'a+b.png', 'https://shop.blob.core.windows.net/pictures/a+b.png', 'a+b.png'],
    ['with a percent sign', '100%.png', 'https://shop.blob.core.windows.net/pictures/100%25.png', '100%.png'],
    ['of a local account in the path', 'ä.png', 'http://127.0.0.1:10000/acct/pictures/%C3%A4.png', 'ä.png'],
    ['where no URL tells it', 'c.png', '', 'c.png'],
  ])('%s', async (_, name, url, key) => {
    const event = await see(gridEvent('Microsoft.Storage.BlobCreated', name, url, { contentLength: 0, eTag: '0x1' }))
    expect(event.subject).toBe(key)
    expect(event.data).toEqual({ bucket: 'uploads', key, size: 0, etag: '0x1' })
  })
})

test('a rejected event is set aside as it came', async () => {
  handle = () => {
    throw Reject('no')
  }
  const given = gridEvent('Microsoft.Storage.BlobCreated', 'c.png', '')
  const { outputData } = await invoke('thumbnail', { json: JSON.stringify(given) })
  expect(JSON.parse(new TextDecoder().decode(outputData[0]?.data.bytes))).toEqual(given)
})

test.each([
  [
    'of another type',
    gridEvent('Microsoft.Storage.BlobRenamed', 'c.png', ''),
    /BlobDeleted.*Microsoft\.Storage\.BlobRenamed/,
  ],
  ['about no blob', { ...gridEvent('Microsoft.Storage.BlobCreated', '', '') }, /subject of a storage event must be/],
  [
    'without data',
    { ...gridEvent('Microsoft.Storage.BlobCreated', 'c', ''), data: null },
    /data of a storage event.*null/,
  ],
])('an event %s is an error that says what came (E4)', async (_, given, message) => {
  handle = () => undefined
  await expect(invoke('thumbnail', { json: JSON.stringify(given) })).rejects.toMatchObject({
    name: 'MalformedEventError',
    message: expect.stringMatching(message),
  })
})

test('the content of a blob, as its own trigger gives it, is an error that says what came (E4)', async () => {
  const calls: unknown[] = []
  handle = (event) => void calls.push(event)
  const { request } = fixture('invocation-observed/recorded_azure-functions-nodejs-library__blob-bytes')
  await expect(invoke('thumbnail', request.inputData[0]?.data ?? {}, request.triggerMetadata)).rejects.toMatchObject({
    name: 'MalformedEventError',
    message: 'The event of Blob Storage must be an object, but it is 2 bytes.',
  })
  expect(calls).toEqual([])
})
