import { HttpError } from '../errors.ts'
import type { RequestParts } from './types.ts'

/** A method token as RFC 9110 has it; upper-case for the standard ones, which some clients write in lower case (R1). */
export function normalizeMethod(method: string): string {
  const upper = method.toUpperCase()
  return standardMethods.has(upper) ? upper : method
}

const standardMethods = new Set([
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'DELETE',
  'PATCH',
  'OPTIONS',
  'CONNECT',
  'TRACE',
  'TRACK',
])

/** Methods that the Fetch standard forbids in a Request: https://fetch.spec.whatwg.org/#forbidden-method */
export const forbiddenMethods: ReadonlySet<string> = new Set(['CONNECT', 'TRACE', 'TRACK'])

/** Connection headers of RFC 9110, section 7.6.1; they speak of the hop, not of the request or answer. */
export const hopHeaders: ReadonlySet<string> = new Set([
  'connection',
  'http2-settings',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/**
 * Makes the Request that a handler sees.
 *
 * @param dropped is given the names of headers that no Headers object can hold (R6).
 * @throws HttpError 413 when the body is known to be over the limit.
 */
export function toRequest(
  parts: RequestParts,
  method: string,
  url: string,
  limit: number | undefined,
  dropped: string[],
): Request {
  const headers = toHeaders(parts.headers, dropped)
  const bodiless = method === 'GET' || method === 'HEAD'
  const bytes = parts.body instanceof Uint8Array ? parts.body : undefined
  const body = bodiless || bytes?.byteLength === 0 ? null : parts.body
  if (bodiless && parts.body !== null) headers.delete('content-length')
  else if (bytes && headers.has('content-length')) headers.set('content-length', String(bytes.byteLength))
  const init: RequestInit & { duplex: 'half' } = {
    method,
    headers,
    body: limitBody(body, headers, limit),
    duplex: 'half',
  }
  return new Request(url, init)
}

/**
 * A platform's own Request under the same rules (R3, R6, R7, R9); it is passed on as it is where it keeps them.
 *
 * @param url its URL as the URL standard writes it, which is what the router reads: a platform may leave `..` in `request.url`.
 */
export function adaptRequest(request: Request, url: string, limit: number | undefined): Request {
  const bodiless = request.method === 'GET' || request.method === 'HEAD'
  const hop = [...hopHeaders].filter((name) => request.headers.has(name))
  const sameBody = request.body === null || (limit === undefined && !bodiless)
  if (hop.length === 0 && sameBody && request.url === url) return request
  const headers = new Headers(request.headers)
  for (const name of hop) headers.delete(name)
  if (bodiless) headers.delete('content-length')
  // Made of the parts: `new Request(request, { body: null })` would keep the body.
  const init: RequestInit & { duplex: 'half' } = {
    method: request.method,
    headers,
    body: bodiless ? null : limitBody(request.body, headers, limit),
    redirect: request.redirect,
    signal: request.signal,
    duplex: 'half',
  }
  return new Request(url, init)
}

function limitBody(
  body: Uint8Array<ArrayBufferLike> | ReadableStream<Uint8Array> | null,
  headers: Headers,
  limit: number | undefined,
): BodyInit | null {
  if (body === null) return null
  if (limit !== undefined) {
    const length = body instanceof Uint8Array ? body.byteLength : Number(headers.get('content-length') ?? 0)
    if (length > limit) throw tooLarge(limit)
  }
  if (body instanceof Uint8Array) return ownBytes(body)
  return limit === undefined ? body : body.pipeThrough(limitStream(limit))
}

/** Of unknown length: the stream errors at the limit; uncaught by the handler that becomes the 413 (R9). */
function limitStream(limit: number): TransformStream<Uint8Array, Uint8Array> {
  let seen = 0
  return new TransformStream({
    transform(chunk, controller) {
      seen += chunk.byteLength
      if (seen > limit) throw tooLarge(limit)
      controller.enqueue(chunk)
    },
  })
}

function tooLarge(limit: number): HttpError {
  return new HttpError(413, `The body is larger than ${limit} bytes.`)
}

/** Bytes over a plain ArrayBuffer, which is what a body must be: a view of shared memory is copied. */
function ownBytes(bytes: Uint8Array<ArrayBufferLike>): Uint8Array<ArrayBuffer> {
  const buffer = bytes.buffer
  return buffer instanceof ArrayBuffer
    ? new Uint8Array(buffer, bytes.byteOffset, bytes.byteLength)
    : new Uint8Array(bytes)
}

function toHeaders(pairs: Iterable<readonly [string, string]>, dropped: string[]): Headers {
  const headers = new Headers()
  const cookies: string[] = []
  const named = new Set<string>()
  for (const [rawName, rawValue] of pairs) {
    const name = rawName.toLowerCase()
    if (name === 'connection') for (const option of rawValue.split(',')) named.add(option.trim().toLowerCase())
    if (hopHeaders.has(name) || name.startsWith(':')) continue
    const value = toByteString(rawValue)
    if (name === 'cookie') {
      cookies.push(value)
      continue
    }
    try {
      headers.append(name, value)
    } catch {
      dropped.push(rawName)
    }
  }
  // Fetch joins with a comma, which no cookie parser understands (R6).
  if (cookies.length > 0) setOrDrop(headers, 'cookie', cookies.join('; '), dropped)
  for (const name of named) if (/^[\w!#$%&'*+.^`|~-]+$/.test(name)) headers.delete(name)
  return headers
}

function setOrDrop(headers: Headers, name: string, value: string, dropped: string[]): void {
  try {
    headers.set(name, value)
  } catch {
    dropped.push(name)
  }
}

/** A gateway that decoded a header as UTF-8 hands over characters that no Headers object takes; give back the bytes. */
function toByteString(value: string): string {
  // oxlint-disable-next-line no-control-regex -- the range is what a ByteString may hold
  if (/^[\u0000-\u00ff]*$/.test(value)) return value
  return Array.from(new TextEncoder().encode(value), (byte) => String.fromCharCode(byte)).join('')
}
