import type { RecordValue } from '../events/types.ts'

export type Fields = Record<string, RecordValue>

export interface Document {
  name: string
  fields: Fields
  createTime: Date
  updateTime: Date
}

/** `DocumentEventData` before it is encoded. */
export interface EventData {
  value: Document | undefined
  oldValue: Document | undefined
  /** Only of an update. */
  fieldPaths?: string[]
}

/** In the JSON form of protocol buffers: https://protobuf.dev/programming-guides/json/ */
export function documentJson({ value, oldValue, fieldPaths }: EventData): object {
  return {
    ...(value && { value: document(value) }),
    ...(oldValue && { oldValue: document(oldValue) }),
    ...(fieldPaths && { updateMask: { fieldPaths } }),
  }
}

function document({ name, fields, createTime, updateTime }: Document): object {
  return {
    name,
    fields: fieldsJson(fields),
    createTime: createTime.toISOString(),
    updateTime: updateTime.toISOString(),
  }
}

function fieldsJson(fields: Fields): object {
  // Not by assignment, which `__proto__` would misuse.
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, valueJson(value)]))
}

/** https://cloud.google.com/firestore/docs/reference/rest/v1/Value */
function valueJson(value: RecordValue): object {
  if (value === null) return { nullValue: null }
  if (typeof value === 'string') return { stringValue: value }
  if (typeof value === 'boolean') return { booleanValue: value }
  if (isInteger(value)) return { integerValue: String(value) }
  if (typeof value === 'number') return { doubleValue: value }
  if (Array.isArray(value)) return { arrayValue: { values: value.map(valueJson) } }
  return { mapValue: { fields: fieldsJson(Object(value)) } }
}

/** A double that holds an integer is stored as one by Google's client libraries. */
export function isInteger(value: RecordValue): value is number | bigint {
  return typeof value === 'bigint' || (Number.isSafeInteger(value) && !Object.is(value, -0))
}

/** A simple name as it is, any other quoted: https://cloud.google.com/firestore/docs/reference/rest/v1/projects.databases.documents#Document.FIELDS.fields */
export function changedFields(before: Fields, after: Fields): string[] {
  const text = (value: RecordValue | undefined): string => (value === undefined ? '' : JSON.stringify(valueJson(value)))
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])]
  return names
    .filter((name) => text(before[name]) !== text(after[name]))
    .map((name) => (/^[A-Za-z_]\w*$/.test(name) ? name : `\`${name.replace(/[\\`]/g, '\\$&')}\``))
}
