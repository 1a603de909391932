import { MalformedEventError, type StorageData } from '@isobar/core/adapter'
import { readCloudEvent, readData, wrongType } from './cloud-event.ts'
import { describe, member, text, type Delivery } from './delivery.ts'
import type { EventSource, ReadMessage } from './source.ts'

/** https://docs.cloud.google.com/eventarc/docs/run/route-trigger-cloud-storage */
const types = new Map([
  ['google.cloud.storage.object.v1.finalized', 'storage.created'],
  ['google.cloud.storage.object.v1.deleted', 'storage.deleted'],
])

/**
 * Objects of a bucket of Cloud Storage, by Eventarc. The data is an object of the JSON API:
 * https://github.com/googleapis/google-cloudevents/blob/main/proto/google/events/cloud/storage/v1/data.proto
 */
export function storageEvents(): EventSource {
  return { kind: 'storage', read: readStorage }
}

function readStorage(delivery: Delivery): ReadMessage {
  const event = readCloudEvent(delivery)
  const type = types.get(event.type)
  if (type === undefined) throw wrongType(event, [...types.keys()])
  const object = readData(event)
  const bucket = text(object, 'bucket')
  const key = text(object, 'name')
  if (bucket === undefined || key === undefined) {
    throw new MalformedEventError(`Expected an object of Cloud Storage with bucket and name, got ${describe(object)}.`)
  }
  // A number of 64 bits is a text in the JSON form of protocol buffers.
  const size = member(object, 'size')
  const etag = text(object, 'etag')
  const generation = member(object, 'generation')
  const value: StorageData = {
    bucket,
    key,
    ...(isNumber(size) && { size: Number(size) }),
    ...(etag !== undefined && { etag }),
    ...(isNumber(generation) && { versionId: String(generation) }),
  }
  return {
    message: {
      id: event.id,
      time: event.time ?? delivery.now,
      type,
      subject: key,
      contentType: 'application/json',
      attributes: event.extensions,
      payload: { value, raw: event.data },
      delivery: {},
    },
    origin: event.origin,
  }
}

function isNumber(value: unknown): value is string | number {
  return typeof value === 'number' || (typeof value === 'string' && /^\d+$/.test(value))
}
