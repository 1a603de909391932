import { randomUUID } from 'node:crypto'

import type { CloudEventInput, ObjectInput } from '../../events/types.ts'
import type { EventGridSubscription } from './event-grid.ts'
import { cloudEventJson } from './inputs.ts'

/** An event as Event Grid delivers it, and what filters ask for. */
export interface GridEvent {
  type: string
  subject: string
  /** JSON. */
  text: string
}

type Schema = EventGridSubscription['schema']

const scope = '/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/local/providers'
const account = 'stlocal'

/**
 * A custom event: published as a CloudEvent, or in Event Grid's own schema where the topic takes that.
 * https://learn.microsoft.com/azure/event-grid/event-schema
 */
export function customEvent(
  { cloudEvent }: CloudEventInput,
  { schema, inputSchema }: Pick<EventGridSubscription, 'schema' | 'inputSchema'>,
  now: number,
): GridEvent {
  const { id, type, subject = '', time = new Date(now).toISOString(), data, datacontenttype } = cloudEvent
  if (inputSchema === 'CloudEventSchemaV1_0') return { type, subject, text: cloudEventJson(cloudEvent) }
  // Its schema has neither a source, which is the topic's, nor extensions, and data in JSON alone.
  const topic = `${scope}/Microsoft.EventGrid/topics/local`
  const value =
    typeof data === 'string' ? data : JSON.stringify(data === undefined ? null : Buffer.from(data).toString('base64'))
  const json = datacontenttype === undefined || /[/+]json\b/i.test(datacontenttype) ? value : JSON.stringify(data)
  if (schema === 'CloudEventSchemaV1_0') {
    return { type, subject, text: cloudEventJson({ id, source: topic, type, subject, time, data: json }) }
  }
  const rest = { id, topic, subject, eventType: type, eventTime: time, dataVersion: '1.0', metadataVersion: '1' }
  return { type, subject, text: `${JSON.stringify(rest).slice(0, -1)},"data":${json}}` }
}

/** What a storage account tells of its blobs: https://learn.microsoft.com/azure/event-grid/event-schema-blob-storage */
export function blobEvent(container: string, input: ObjectInput, id: string, schema: Schema, now: number): GridEvent {
  const isCreated = input.object === 'created'
  const type = isCreated ? 'Microsoft.Storage.BlobCreated' : 'Microsoft.Storage.BlobDeleted'
  const subject = `/blobServices/default/containers/${container}/blobs/${input.key}`
  const path = input.key.split('/').map(encodeURIComponent).join('/')
  const data = {
    api: isCreated ? 'PutBlob' : 'DeleteBlob',
    clientRequestId: randomUUID(),
    requestId: id,
    ...(input.etag !== undefined && { eTag: input.etag }),
    contentType: 'application/octet-stream',
    ...(isCreated && { contentLength: input.size ?? 0 }),
    blobType: 'BlockBlob',
    url: `https://${account}.blob.core.windows.net/${container}/${path}`,
    sequencer: id.replaceAll('-', '').padStart(48, '0'),
    storageDiagnostics: { batchId: randomUUID() },
  }
  const source = `${scope}/Microsoft.Storage/storageAccounts/${account}`
  const time = new Date(now).toISOString()
  const event =
    schema === 'CloudEventSchemaV1_0'
      ? { source, subject, type, time, id, data, specversion: '1.0' }
      : { topic: source, subject, eventType: type, eventTime: time, id, data, dataVersion: '', metadataVersion: '1' }
  return { type, subject, text: JSON.stringify(event) }
}
