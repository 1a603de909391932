import { MalformedEventError, type NodeRequest } from '@isobar/core/adapter'

/** One event as it comes over HTTP, read to its end. */
export interface Delivery {
  /** By lower-case name. */
  headers: Readonly<Record<string, string>>
  body: Uint8Array
  /** When it came, epoch milliseconds. */
  now: number
}

/**
 * Reads a request of Node's `http`. Its headers that came several times are joined, as HTTP allows.
 *
 * @param body the bytes where a framework has taken them from the connection already.
 * @throws the error of a connection that ends before the body does.
 */
export async function readDelivery(request: NodeRequest, now: number, body?: Uint8Array): Promise<Delivery> {
  const headers = Object.entries(request.headers).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, typeof value === 'string' ? value : value.join(', ')] as const],
  )
  return { headers: Object.fromEntries(headers), body: body ?? (await readBody(request)), now }
}

function readBody(request: NodeRequest): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = []
    request.on('data', (chunk) => chunks.push(chunk))
    request.on('end', () => resolve(Buffer.concat(chunks)))
    request.on('error', reject)
  })
}

/** An object of a JSON text. @throws MalformedEventError that names what came, for anything else. */
export function parseObject(body: Uint8Array, expected: string): object {
  let value: unknown
  try {
    // It takes a byte order mark off, which JSON.parse would stumble over.
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body))
  } catch (cause) {
    throw new MalformedEventError(`Expected ${expected}, got ${body.byteLength} bytes that are no JSON.`, { cause })
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value
  throw new MalformedEventError(`Expected ${expected}, got ${describe(value)}.`)
}

/** What a value is, for an error. */
export function describe(value: unknown): string {
  if (value === null || value === undefined) return String(value)
  if (Array.isArray(value)) return 'an array'
  if (typeof value !== 'object') return `a ${typeof value}`
  const keys = Object.keys(value)
  return keys.length === 0 ? 'an empty object' : `an object with ${keys.slice(0, 8).join(', ')}`
}

/** A member of an object that came, whatever its type. */
export function member(value: object, name: string): unknown {
  return Object.hasOwn(value, name) ? Reflect.get(value, name) : undefined
}

/** A member that is a text. */
export function text(value: object, name: string): string | undefined {
  const found = member(value, name)
  return typeof found === 'string' ? found : undefined
}

/** @throws MalformedEventError when it is none. */
export function fromBase64(data: string): Uint8Array {
  try {
    return Uint8Array.from(atob(data), (character) => character.charCodeAt(0))
  } catch (cause) {
    throw new MalformedEventError(`Expected the data in base64, got '${data.slice(0, 20)}'.`, { cause })
  }
}

/** Undefined when it is no time. */
export function toDate(time: string | undefined): Date | undefined {
  const date = new Date(time ?? '')
  return Number.isNaN(date.getTime()) ? undefined : date
}
