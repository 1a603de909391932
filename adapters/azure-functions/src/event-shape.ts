import { MalformedEventError } from '@isobar/core/adapter'

/** @throws MalformedEventError that says what came. */
export function expectBytes(value: unknown, what: string): Uint8Array {
  if (value instanceof Uint8Array) return value
  throw unexpected(what, "bytes (the binding's dataType is 'binary')", value)
}

/** @throws MalformedEventError that says what came. */
export function expectText(value: unknown, what: string): string {
  if (typeof value === 'string' && value !== '') return value
  throw unexpected(what, 'a text that is not empty', value)
}

/** @throws MalformedEventError that says what came. */
export function expectRecord(value: unknown, what: string): Record<string, unknown> {
  if (isRecord(value)) return value
  throw unexpected(what, 'an object', value)
}

/** Of a text as it is; of a whole number that has not lost digits; else none. An empty text is none. */
export function textOf(value: unknown): string | undefined {
  if (typeof value === 'string' && value !== '') return value
  return Number.isSafeInteger(value) ? String(value) : undefined
}

/** The members of an object as texts; of the objects among them as JSON. What is null is left out. */
export function textsOf(value: unknown): Record<string, string> {
  if (!isRecord(value)) return {}
  const members: [string, string][] = []
  for (const [name, member] of Object.entries(value)) {
    if (member === null || member === undefined) continue
    members.push([name, typeof member === 'object' ? JSON.stringify(member) : String(member)])
  }
  return Object.fromEntries(members)
}

export function unexpected(what: string, expected: string, came: unknown): MalformedEventError {
  return new MalformedEventError(`${what} must be ${expected}, but it is ${describe(came)}.`)
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value)
}

/** A count of tries, where it is one. */
export function countOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isInteger(value) && value > 0 ? value : undefined
}

/** A time with a zone or, as .NET writes its UTC times in some bindings, without one. */
export function dateOf(value: unknown): Date | undefined {
  if (typeof value !== 'string') return undefined
  const date = new Date(/(?:Z|[+-]\d\d:?\d\d)$/i.test(value) ? value : `${value}Z`)
  return Number.isNaN(date.getTime()) ? undefined : date
}

function describe(value: unknown): string {
  if (value === null || value === undefined) return String(value)
  if (Array.isArray(value)) return `an array of ${value.length}`
  if (ArrayBuffer.isView(value)) return `${value.byteLength} bytes`
  if (typeof value === 'object') {
    const keys = Object.keys(value)
    return keys.length === 0 ? 'an empty object' : `an object with ${keys.slice(0, 8).join(', ')}`
  }
  const text = JSON.stringify(value) ?? typeof value
  return text.length > 60 ? `${text.slice(0, 60)}…` : text
}
