import { MalformedEventError, type ChangeData, type EventFunction } from '@isobar/core/adapter'
import { readCloudEvent, readData, wrongType } from './cloud-event.ts'
import { describe, member, type Delivery } from './delivery.ts'
import { decodeFields, documentName } from './firestore-values.ts'
import type { EventSource, ReadMessage } from './source.ts'

const prefix = 'google.cloud.firestore.document.v1.'

/** https://docs.cloud.google.com/eventarc/docs/run/route-trigger-cloud-firestore */
const types = ['written', 'created', 'updated', 'deleted'].map((name) => prefix + name)

/**
 * Documents of a collection of Firestore that change, by Eventarc. The data has the document as it was and as it is:
 * https://github.com/googleapis/google-cloudevents/blob/main/proto/google/events/cloud/firestore/v1/data.proto
 *
 * @param pattern the document's path as the trigger has it: `users/{id}`. The parts in braces are the key.
 */
export function firestoreChanges(pattern: string): EventSource {
  return { kind: 'changes', read: (delivery, fn) => readChange(delivery, fn, pattern) }
}

function readChange(delivery: Delivery, { definition }: EventFunction, pattern: string): ReadMessage {
  const event = readCloudEvent(delivery)
  if (!types.includes(event.type)) throw wrongType(event, types)
  const data = readData(event)
  const [oldValue, newValue] = [member(data, 'oldValue'), member(data, 'value')]
  const [oldName, newName] = [documentName(oldValue), documentName(newValue)]
  const name = newName ?? oldName
  if (name === undefined) {
    throw new MalformedEventError(`Expected a document of Firestore as value or oldValue, got ${describe(data)}.`)
  }
  const numbers = (definition.kind === 'changes' ? definition.trigger.numbers : undefined) ?? 'string'
  const fields = (document: unknown): NonNullable<ChangeData['after']> =>
    decodeFields(typeof document === 'object' && document !== null ? member(document, 'fields') : undefined, numbers)
  const value: ChangeData = {
    key: keyOf(name, pattern),
    ...(oldName !== undefined && { before: fields(oldValue) }),
    ...(newName !== undefined && { after: fields(newValue) }),
  }
  const change = oldName === undefined ? 'inserted' : newName === undefined ? 'deleted' : 'updated'
  return {
    message: {
      id: event.id,
      time: event.time ?? delivery.now,
      type: `changes.${change}`,
      subject: pathOf(name),
      contentType: 'application/json',
      attributes: event.extensions,
      payload: { value, raw: event.data },
      delivery: {},
    },
    origin: event.origin,
  }
}

function pathOf(name: string): string {
  return name.replace(/^projects\/[^/]+\/databases\/[^/]+\/documents\//, '')
}

/** `users/ann` is `{ id: 'ann' }` by `users/{id}`. */
function keyOf(name: string, pattern: string): ChangeData['key'] {
  const parts = pathOf(name).split('/')
  const wanted = pattern.split('/')
  if (parts.length !== wanted.length) {
    throw new MalformedEventError(`Expected a document ${pattern}, got ${name}.`)
  }
  return Object.fromEntries(
    wanted.flatMap((part, index) => (/^\{.+\}$/.test(part) ? [[part.slice(1, -1), parts[index] ?? '']] : [])),
  )
}
