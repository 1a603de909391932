import type { TypedData } from '../protocol.ts'
import { isJson } from './outputs.ts'

/**
 * What the host sends beside the input, `context.triggerMetadata` of a handler. Names compare without case, as in the
 * host's dictionary; null is left out.
 */
export type BindingData = Record<string, TypedData>

/** A value as the host serialises it; null gives nothing. */
export function jsonData(value: unknown): TypedData | undefined {
  return value === null || value === undefined ? undefined : { json: JSON.stringify(value) }
}

/** Leaves out what is undefined. */
export function bindingData(values: Record<string, TypedData | string | undefined>): BindingData {
  const entries = Object.entries(values).flatMap(([name, value]) => {
    if (value === undefined) return []
    return [[name, typeof value === 'string' ? { string: value } : value] as const]
  })
  return Object.fromEntries(entries)
}

/**
 * Adds the top-level members of a message that is a JSON object; they win over the trigger's own, so that a member `id`
 * hides the message's id. Arrays are left out, and all that is no object becomes a string. `Utility.ApplyBindingData` of
 * https://github.com/Azure/azure-functions-host/blob/dev/src/WebJobs.Script/Utility.cs
 */
export function withMembers(data: BindingData, input: string): BindingData {
  if (!isJson(input)) return data
  let parsed: unknown
  try {
    parsed = JSON.parse(input)
  } catch {
    return data
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return data
  const merged = { ...data }
  for (const [name, value] of Object.entries(parsed)) {
    if (value === null || Array.isArray(value)) continue
    const known = Object.keys(merged).find((key) => key.toLowerCase() === name.toLowerCase())
    merged[known ?? name] = memberData(value)
  }
  return merged
}

function memberData(value: unknown): TypedData {
  if (typeof value === 'object') return { json: JSON.stringify(value) }
  if (typeof value === 'boolean') return { string: value ? 'True' : 'False' }
  return { string: String(value) }
}

/** A DateTimeOffset in UTC as Newtonsoft writes it: `2022-01-01T00:00:00+00:00`. */
export function dateTimeOffset(time: number): string {
  return `${dateTime(time)}+00:00`
}

/** A DateTime that does not know its zone: `2022-01-01T00:00:00`, fractions only when there are some. */
export function dateTime(time: number): string {
  return new Date(time).toISOString().replace(/\.?0*Z$/, '')
}
