import { MalformedResult } from './door.ts'

/** Readers of what a function returned; each throws MalformedResult with what came and what the door takes. */

export type Result = Record<string, unknown>

export function isObject(value: unknown): value is Result {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new MalformedResult('The function returned no JSON.', { cause })
  }
}

export function parseObject(payload: Uint8Array): Result {
  const result = parseJson(Buffer.from(payload).toString())
  if (!isObject(result)) throw new MalformedResult(`The function returned ${JSON.stringify(result)}, not an object.`)
  return result
}

/** `statusCode`, a number or the digits of one. */
export function statusOf(result: Result): number {
  const { statusCode } = result
  const status = typeof statusCode === 'string' && /^\d+$/.test(statusCode) ? Number(statusCode) : statusCode
  if (typeof status !== 'number' || !Number.isInteger(status) || status < 200 || status > 599) {
    throw new MalformedResult(`statusCode is ${JSON.stringify(statusCode)}, not a final HTTP status.`)
  }
  return status
}

/** `body`, decoded if `isBase64Encoded` says so. */
export function bodyOf(result: Result): Buffer {
  const { body, isBase64Encoded } = result
  if (body === undefined || body === null) return Buffer.alloc(0)
  if (typeof body !== 'string') throw new MalformedResult(`body is ${typeof body}, not a string.`)
  if (isBase64Encoded !== undefined && typeof isBase64Encoded !== 'boolean') {
    throw new MalformedResult('isBase64Encoded is not a boolean.')
  }
  if (isBase64Encoded !== true) return Buffer.from(body)
  const bytes = Buffer.from(body, 'base64')
  // Decoding never fails, it skips what is no base64; encoding again shows whether anything was skipped.
  if (bytes.toString('base64').replace(/=+$/, '') !== body.replace(/=+$/, '')) {
    throw new MalformedResult('isBase64Encoded is true and body is not base64.')
  }
  return bytes
}

/** An object of strings; absent is empty. */
export function stringsOf(result: Result, name: string): [string, string][] {
  return Object.entries(objectOf(result, name)).map(([key, value]) => {
    if (typeof value !== 'string') throw new MalformedResult(`${name}.${key} is ${typeof value}, not a string.`)
    return [key, value]
  })
}

/** An object of arrays of strings; absent is empty. */
export function stringListsOf(result: Result, name: string): [string, string][] {
  return Object.entries(objectOf(result, name)).flatMap(([key, values]) =>
    stringList(values, `${name}.${key}`).map((value): [string, string] => [key, value]),
  )
}

export function stringList(value: unknown, name: string): string[] {
  const values: unknown = value ?? []
  if (!Array.isArray(values)) throw new MalformedResult(`${name} is ${typeof values}, not an array.`)
  return values.map((one: unknown, index) => {
    if (typeof one !== 'string') throw new MalformedResult(`${name}[${index}] is ${typeof one}, not a string.`)
    return one
  })
}

function objectOf(result: Result, name: string): Result {
  const value = result[name] ?? {}
  if (!isObject(value)) throw new MalformedResult(`${name} is ${JSON.stringify(value)}, not an object.`)
  return value
}
