import { createHash } from 'node:crypto'

import type { EventInput } from '../events/types.ts'
import { binaryEvent } from './cloud-events.ts'
import type { RoutedEvent, Trigger } from './eventarc.ts'

/**
 * An event of Cloud Storage, in the bucket that the trigger names:
 * https://github.com/googleapis/google-cloudevents/blob/main/proto/google/events/cloud/storage/v1/data.proto
 *
 * @param id of the event
 * @throws Error for an input of another kind
 */
export function storageEvent(
  input: EventInput,
  source: string,
  trigger: Trigger,
  id: string,
  now: number,
): RoutedEvent {
  if (!('object' in input)) throw new Error(`${source} takes objects, not ${Object.keys(input).join(', ')}.`)
  const bucket = trigger.criterion('bucket')
  if (bucket === undefined) throw new Error(`${source}: a trigger of Cloud Storage needs a filter for "bucket".`)
  const { object, key, size = 0, etag = 'CNHZkbuF/ugCEAE=', versionId } = input
  const time = new Date(now).toISOString()
  const generation = versionId ?? String(now * 1000)
  const name = encodeURIComponent(key)
  const data = {
    kind: 'storage#object',
    id: `${bucket}/${key}/${generation}`,
    selfLink: `https://www.googleapis.com/storage/v1/b/${bucket}/o/${name}`,
    name: key,
    bucket,
    generation,
    metageneration: '1',
    contentType: 'application/octet-stream',
    timeCreated: time,
    updated: time,
    ...(object === 'deleted' && { timeDeleted: time }),
    storageClass: 'STANDARD',
    timeStorageClassUpdated: time,
    size: String(size),
    md5Hash: createHash('md5').update(key).digest('base64'),
    mediaLink: `https://www.googleapis.com/download/storage/v1/b/${bucket}/o/${name}?generation=${generation}&alt=media`,
    crc32c: 'rTVTeQ==',
    etag,
  }
  return binaryEvent({
    id,
    source: `//storage.googleapis.com/projects/_/buckets/${bucket}`,
    type: `google.cloud.storage.object.v1.${object === 'created' ? 'finalized' : 'deleted'}`,
    time,
    subject: `objects/${key}`,
    // As the documents have it for every event: https://cloud.google.com/eventarc/docs/cloudevents
    datacontenttype: 'application/json; charset=utf-8',
    data: JSON.stringify(data),
    extensions: { bucket },
  })
}
