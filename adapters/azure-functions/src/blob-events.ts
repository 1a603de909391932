import { runEvents, type EventApplication, type IncomingMessage, type StorageData } from '@isobar/core/adapter'
import {
  bindEvents,
  conclude,
  decoded,
  describeEvents,
  setAside,
  type EventHandler,
  type EventSettings,
} from './event-call.ts'
import { asJson } from './event-grid.ts'
import { expectRecord, expectText, textOf, unexpected } from './event-shape.ts'

/**
 * The handler of a `storage()`: the events of Blob Storage through an Event Grid trigger. The blob trigger, even with
 * the source EventGrid, downloads the content and knows no deletion:
 * https://learn.microsoft.com/azure/azure-functions/functions-bindings-storage-blob-trigger
 */
export function blobEvents(application: EventApplication, settings: EventSettings): EventHandler {
  const fn = bindEvents(application, 'storage')
  const bucket = fn.definition.kind === 'storage' ? fn.definition.trigger.bucket : ''
  return async (trigger, context) => {
    const result = await runEvents(fn, {
      ...describeEvents(trigger, context, settings),
      messages: [decoded(() => decode(trigger, bucket))],
      reject: () => setAside(context, settings, asJson(trigger)),
    })
    await conclude(result)
  }
}

/** https://learn.microsoft.com/azure/event-grid/event-schema-blob-storage */
const types = new Map([
  ['Microsoft.Storage.BlobCreated', 'storage.created'],
  ['Microsoft.Storage.BlobDeleted', 'storage.deleted'],
])

/** In either schema: Event Grid's own, or CloudEvents 1.0. */
function decode(trigger: unknown, bucket: string): IncomingMessage {
  const event = expectRecord(trigger, 'The event of Blob Storage')
  const nativeType = event['type'] ?? event['eventType']
  const type = types.get(String(nativeType))
  if (type === undefined) throw unexpected('The type of a storage event', [...types.keys()].join(' or '), nativeType)
  const facts = expectRecord(event['data'], 'The data of a storage event')
  const key = keyOf(expectText(event['subject'], 'The subject of a storage event'), facts['url'])
  const { contentLength, eTag } = facts
  const etag = textOf(eTag)
  const data: StorageData = {
    bucket,
    key,
    // A deletion tells neither.
    ...(typeof contentLength === 'number' && { size: contentLength }),
    ...(etag !== undefined && { etag }),
  }
  return {
    id: expectText(event['id'], 'The id of a storage event'),
    time: expectText(event['time'] ?? event['eventTime'], 'The time of a storage event'),
    type,
    subject: key,
    payload: { value: data, raw: JSON.stringify(event) },
    delivery: {},
  }
}

/**
 * The name of the blob, decoded: what is behind the container in the URL, which is percent-encoded as every URL, else
 * what the subject has.
 *
 * @param subject `/blobServices/default/containers/{container}/blobs/{name}`; the first slash may be missing.
 */
function keyOf(subject: string, url: unknown): string {
  const [, container, name] = /^\/?blobServices\/default\/containers\/([^/]+)\/blobs\/(.+)$/s.exec(subject) ?? []
  if (container === undefined || name === undefined) {
    throw unexpected(
      'The subject of a storage event',
      '/blobServices/default/containers/{container}/blobs/{name}',
      subject,
    )
  }
  const path = typeof url === 'string' && URL.canParse(url) ? new URL(url).pathname : ''
  const start = path.indexOf(`/${container}/`)
  try {
    return start === -1 ? name : decodeURIComponent(path.slice(start + container.length + 2))
  } catch {
    return name
  }
}
