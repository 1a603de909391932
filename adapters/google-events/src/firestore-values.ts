import { MalformedEventError, type ChangeValue } from '@isobar/core/adapter'
import { describe, fromBase64, member, text } from './delivery.ts'

/** What becomes of a whole number that JavaScript's own cannot hold exactly. */
export type Numbers = 'string' | 'bigint'

/** The fields of a document as plain values. @throws MalformedEventError */
export function decodeFields(fields: unknown, numbers: Numbers): Record<string, ChangeValue> {
  if (fields === undefined) return {}
  if (typeof fields !== 'object' || fields === null) {
    throw new MalformedEventError(`Expected the fields of a Firestore document, got ${describe(fields)}.`)
  }
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, decodeValue(value, numbers)]))
}

/** https://docs.cloud.google.com/firestore/docs/reference/rest/v1/Value */
function decodeValue(value: unknown, numbers: Numbers): ChangeValue {
  const entry = typeof value === 'object' && value !== null ? Object.entries(value)[0] : undefined
  const [type, content]: [string, unknown] = entry ?? [describe(value), undefined]
  switch (type) {
    case 'nullValue':
      return null
    case 'booleanValue':
      if (typeof content === 'boolean') return content
      break
    case 'integerValue':
      if (typeof content === 'string' || typeof content === 'number') return decodeInteger(String(content), numbers)
      break
    case 'doubleValue':
      // NaN and the infinities are texts.
      if (typeof content === 'string' || typeof content === 'number') return Number(content)
      break
    case 'stringValue':
    case 'timestampValue':
    case 'referenceValue':
      if (typeof content === 'string') return content
      break
    case 'bytesValue':
      if (typeof content === 'string') return fromBase64(content)
      break
    case 'geoPointValue':
      if (typeof content === 'object' && content !== null) return decodePoint(content)
      break
    case 'arrayValue':
      if (typeof content === 'object' && content !== null) return decodeArray(member(content, 'values'), numbers)
      break
    case 'mapValue':
      if (typeof content === 'object' && content !== null) return decodeFields(member(content, 'fields'), numbers)
      break
  }
  throw new MalformedEventError(`Expected a value of Firestore, got ${type} with ${describe(content)}.`)
}

function decodeInteger(digits: string, numbers: Numbers): ChangeValue {
  const number = Number(digits)
  if (Number.isSafeInteger(number)) return number
  if (!/^-?\d+$/.test(digits)) throw new MalformedEventError(`Expected a whole number of Firestore, got '${digits}'.`)
  return numbers === 'bigint' ? BigInt(digits) : digits
}

/** A zero is left out in the JSON form of protocol buffers. */
function decodePoint(point: object): ChangeValue {
  return { latitude: Number(member(point, 'latitude') ?? 0), longitude: Number(member(point, 'longitude') ?? 0) }
}

function decodeArray(values: unknown, numbers: Numbers): ChangeValue[] {
  if (values === undefined) return []
  if (Array.isArray(values)) return values.map((value) => decodeValue(value, numbers))
  throw new MalformedEventError(`Expected the values of an array of Firestore, got ${describe(values)}.`)
}

/** The name of a document: `projects/p/databases/(default)/documents/users/ann`. Undefined for what is no document. */
export function documentName(document: unknown): string | undefined {
  // Where there is none, an empty one may stand for it.
  return typeof document === 'object' && document !== null ? text(document, 'name') : undefined
}
