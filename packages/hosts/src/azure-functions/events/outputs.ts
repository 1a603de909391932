import type { TypedData } from '../protocol.ts'

/**
 * What the host makes of the value of an output binding: an array, also one in a string of JSON, is several messages, and
 * JSON is written anew. `ReadAsEnumerable` of
 * https://github.com/Azure/azure-functions-host/blob/dev/src/WebJobs.Script/Binding/FunctionBinding.cs
 *
 * @throws Error for a string that looks like JSON and is none.
 */
export function outputMessages(data: TypedData): (Uint8Array | string)[] {
  if (data.bytes !== undefined) return [data.bytes]
  if (data.string !== undefined) return isJson(data.string) ? elements(JSON.parse(data.string)) : [data.string]
  if (data.json !== undefined) return elements(JSON.parse(data.json))
  const number = data.int ?? data.double
  return number === undefined ? [] : [String(number)]
}

/** A collector of bytes, since a queue's messages have a converter from them. */
export function queueMessages(data: TypedData): Uint8Array[] {
  return outputMessages(data).map((one) => (typeof one === 'string' ? Buffer.from(one) : one))
}

/**
 * A collector of strings: the binding has no converters that the host could ask. Bytes become the name of their type:
 * https://github.com/Azure/azure-functions-host/issues/3125
 */
export function serviceBusMessages(data: TypedData): string[] {
  return outputMessages(data).map((one) => (typeof one === 'string' ? one : 'System.Byte[]'))
}

/** `Utility.IsJson`: only the outermost brackets are looked at. */
export function isJson(text: string): boolean {
  const trimmed = text.trim()
  return (trimmed.startsWith('{') && trimmed.endsWith('}')) || (trimmed.startsWith('[') && trimmed.endsWith(']'))
}

function elements(value: unknown): string[] {
  return Array.isArray(value) ? value.map(tokenText) : [tokenText(value)]
}

/** `JToken.ToString()`: https://www.newtonsoft.com/json/help/html/M_Newtonsoft_Json_Linq_JToken_ToString.htm */
function tokenText(value: unknown): string {
  if (typeof value === 'string') return value
  if (value === null || value === undefined) return ''
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  return JSON.stringify(value, null, 2)
}
