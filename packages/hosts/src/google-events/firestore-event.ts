import type { ChangeInput, EventInput } from '../events/types.ts'
import { binaryEvent } from './cloud-events.ts'
import type { Place } from './computed.ts'
import type { RoutedEvent, Trigger } from './eventarc.ts'
import { changedFields, documentJson, type EventData } from './firestore-json.ts'
import { documentEventBytes } from './firestore-protobuf.ts'

const types = { inserted: 'created', updated: 'updated', deleted: 'deleted' } as const
const prefix = 'google.cloud.firestore.document.v1.'

/**
 * An event of Firestore, in the database that the trigger names:
 * https://github.com/googleapis/google-cloudevents/blob/main/proto/google/events/cloud/firestore/v1/data.proto
 *
 * @param collection path of the collection
 * @param id of the event
 * @throws Error for an input of another kind
 */
export function firestoreEvent(
  input: EventInput,
  source: string,
  trigger: Trigger,
  { collection, id, now, place }: { collection: string; id: string; now: number; place: Place },
): RoutedEvent {
  if (!('change' in input)) throw new Error(`${source} takes changes, not ${Object.keys(input).join(', ')}.`)
  const database = trigger.criterion('database')
  if (database === undefined) throw new Error(`${source}: a trigger of Firestore needs a filter for "database".`)
  const document = `${collection}/${documentId(input, source)}`
  const name = `projects/${place.project}/databases/${database}/documents/${document}`
  const data = eventData(input, name, now)
  const isJson = trigger.contentType === 'application/json'
  return binaryEvent({
    id,
    source: `//firestore.googleapis.com/projects/${place.project}/databases/${database}`,
    // Who asks for every write gets it under that name.
    type: trigger.criterion('type') === `${prefix}written` ? `${prefix}written` : prefix + types[input.change],
    time: new Date(now).toISOString(),
    subject: `documents/${document}`,
    datacontenttype: isJson ? 'application/json; charset=utf-8' : 'application/protobuf',
    data: isJson ? JSON.stringify(documentJson(data)) : documentEventBytes(data),
    extensions: {
      database,
      dataschema:
        'https://github.com/googleapis/google-cloudevents/blob/main/proto/google/events/cloud/firestore/v1/data.proto',
      document,
      location: place.region,
      namespace: '(default)',
      project: place.project,
    },
  })
}

function documentId({ key }: ChangeInput, source: string): string {
  const values = Object.values(key)
  const [id] = values
  if (values.length !== 1 || (typeof id !== 'string' && typeof id !== 'number' && typeof id !== 'bigint')) {
    throw new Error(`${source}: the key of a document is one text or number, not ${Object.keys(key).join(', ')}.`)
  }
  return String(id)
}

/** What is there before and after, and which fields differ when both are. */
function eventData({ change, before, after }: ChangeInput, name: string, now: number): EventData {
  const times = { createTime: new Date(change === 'inserted' ? now : now - 60_000), updateTime: new Date(now) }
  const value = change === 'deleted' ? undefined : { name, fields: after ?? {}, ...times }
  const oldValue =
    change === 'inserted'
      ? undefined
      : { name, fields: before ?? {}, createTime: times.createTime, updateTime: times.createTime }
  return {
    value,
    oldValue,
    ...(change === 'updated' && { fieldPaths: changedFields(before ?? {}, after ?? {}) }),
  }
}
