import { storage } from '@isobar/core'
import { describe, expect, test } from 'vitest'
import { storageEvents } from './storage.ts'
import { delivery, fixture, handled, inBinary, inStructured } from './testing/deliveries.ts'

const conformance = fixture(
  'storage-cloudevent/GoogleCloudPlatform_functions-framework-conformance__storage-cloudevent-input.json',
)
const workflows = fixture('storage-cloudevent/googleapis_google-cloudevents__StorageObjectDataWorkflows.json')
const complex = fixture('storage-cloudevent/googleapis_google-cloudevents__StorageObjectData-complex.json')

const run = (sent: Parameters<typeof handled>[2]): ReturnType<typeof handled> =>
  handled(storageEvents(), (handler) => storage('uploads', handler), sent)

/** The headers of an event whose body is the data alone. */
function headers(more: Record<string, string> = {}): Record<string, string> {
  return {
    'ce-specversion': '1.0',
    'ce-id': '1',
    'ce-source': '//storage.googleapis.com/projects/_/buckets/sample-bucket',
    'ce-type': 'google.cloud.storage.object.v1.finalized',
    'ce-time': '2026-01-01T00:00:00Z',
    'ce-bucket': 'sample-bucket',
    'content-type': 'application/json',
    ...more,
  }
}

describe('a recorded event', () => {
  const expected = {
    specversion: '1.0',
    id: 'aaaaaa-1111-bbbb-2222-cccccccccccc',
    source: 'storage:uploads',
    type: 'storage.created',
    subject: 'folder/Test.cs',
    time: '2020-09-29T11:32:00.123Z',
    data: {
      bucket: 'some-bucket',
      key: 'folder/Test.cs',
      size: 352,
      etag: 'CNHZkbuF/ugCEAE=',
      versionId: '1587627537231057',
    },
  }

  test.each([
    ['binary', inBinary(conformance)],
    ['structured', inStructured(conformance)],
  ])('in %s mode is the same (E3)', async (_, sent) => {
    const { event, status } = await run(sent)
    expect([status, event]).toMatchObject([204, expected])
  })

  test('has the numbers of an object, texts or not', async () => {
    const { event } = await run(delivery(complex, headers()))
    expect(event).toMatchObject({
      data: { bucket: 'sample-bucket', key: 'MyFile', size: 0, versionId: '96883251' },
      attributes: { bucket: 'sample-bucket' },
    })
    expect(event?.bytes()).toEqual(complex)
  })

  test('of the workflows’ samples is read, too', async () => {
    const { event } = await run(inStructured(workflows))
    expect(event).toMatchObject({ id: '1234567', subject: 'MyFile', data: { key: 'MyFile', etag: 'COu8mb3Dn+kCEAE=' } })
  })
})

// https://docs.cloud.google.com/eventarc/docs/run/route-trigger-cloud-storage
describe('an event', () => {
  test('of a deletion says so, and its key needs no decoding', async () => {
    const type = { 'ce-type': 'google.cloud.storage.object.v1.deleted' }
    const { event } = await run(delivery({ bucket: 'b', name: 'a b+%C3%A9/é' }, headers(type)))
    expect(event).toMatchObject({ type: 'storage.deleted', subject: 'a b+%C3%A9/é' })
    expect(event?.data).toEqual({ bucket: 'b', key: 'a b+%C3%A9/é' })
  })

  test.each([
    [
      'protocol buffers',
      delivery(new Uint8Array([10, 3]), headers({ 'content-type': 'application/protobuf' })),
      "got application/protobuf. The trigger must have event_data_content_type: 'application/json'",
    ],
    [
      'another type',
      delivery({ bucket: 'b', name: 'a' }, headers({ 'ce-type': 'google.cloud.storage.object.v1.archived' })),
      'got google.cloud.storage.object.v1.archived',
    ],
    ['no object', delivery({ bucket: 'b' }, headers()), 'got an object with bucket'],
    ['no JSON', delivery('{', headers()), 'got 1 bytes that are no JSON'],
    ['no CloudEvent', delivery({ bucket: 'b', name: 'a' }), 'got 25 bytes of no type without such headers'],
    ['a part of one', delivery({}, { 'ce-id': '1' }), 'got version none with id'],
  ])('with %s comes again, and is told (E4)', async (_, sent, told) => {
    const { event, status, log } = await run(sent)
    expect([event, status]).toEqual([undefined, 503])
    expect(log).toContain(told)
  })
})
