import { strict as assert } from 'node:assert'

import type { Exchange, Harness, LogEntry, RawRequest, RawResponse } from '../types.ts'

/** What the echo of the reference application tells of a request. */
export interface Seen {
  method: string
  url: string
  headers: [name: string, value: string][]
  body: { present: boolean; hex: string }
  params: Record<string, string>
  client: { address?: string }
  invocation: { id: string }
  target: string
  function: { name: string; version?: string }
  trace?: { traceId: string; spanId: string; parent: string }
}

/** Sends a request to a function that answers with JSON, and gives that. */
export async function json<Value>(harness: Harness, request: RawRequest): Promise<Value> {
  const response = await harness.send(request)
  assert.equal(response.status, 200, `the answer has status ${response.status}: ${text(response)}`)
  assert.ok(response.complete, 'the answer is not complete')
  return JSON.parse(text(response))
}

/** Sends a request to a path that is echoed, and gives what the handler saw. */
export function seen(harness: Harness, request: RawRequest): Promise<Seen> {
  return json<Seen>(harness, request)
}

/** Path and query that the handler saw, after the origin. */
export function targetSeen(harness: Harness, { url }: Seen): string {
  assert.ok(url.startsWith(`${harness.origin}/`), `${url} does not begin with ${harness.origin}/`)
  return url.slice(harness.origin.length)
}

/** The query of a url as decoded pairs, in order. */
export function pairs(url: string): [name: string, value: string][] {
  return [...new URL(url).searchParams]
}

/** The value of a header that the handler saw. */
export function headerSeen({ headers }: Seen, name: string): string | undefined {
  return headers.find(([other]) => other === name)?.[1]
}

/** All values of a header of an answer, as they stand on the wire. */
export function values(response: Pick<RawResponse, 'headers'>, name: string): string[] {
  return response.headers.filter(([other]) => other.toLowerCase() === name).map(([, value]) => value)
}

/** Asserts that a header was sent once, with this value. */
export function assertHeader(response: Pick<RawResponse, 'headers'>, name: string, expected: string): void {
  assert.deepEqual(values(response, name), [expected], `the header ${name}`)
}

export function text(response: RawResponse): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(response.body)
}

export function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}

export function bytes(hexadecimal: string): Uint8Array {
  return new Uint8Array(Buffer.from(hexadecimal, 'hex'))
}

/** Every byte once. */
export const everyByte: Uint8Array = Uint8Array.from({ length: 256 }, (_, index) => index)

/** What the reference application shall answer; see its `respond` function. */
export interface Wanted {
  status?: number
  headers?: [name: string, value: string][]
  body?: string | { hex: string }
  as?: 'stream' | 'view' | 'blob' | 'form-fields'
}

/** Has the handler answer with this. The order goes in a header, where no front door takes it apart. */
export function respond(harness: Harness, wanted: Wanted, request: RawRequest = {}): Promise<RawResponse> {
  const { headers = [], ...rest } = request
  return harness.send({ target: '/respond', headers: [...headers, ['x-respond', ascii(wanted)]], ...rest })
}

export function ascii(value: unknown): string {
  return JSON.stringify(value).replace(
    /[^\x20-\x7e]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/**
 * Asserts that an answer is exactly this problem (RFC 9457), with whatever invocation id.
 *
 * @param expected the body, with `<id>` where the id stands.
 * @returns the id.
 */
export function assertProblem(response: RawResponse, status: number, expected: string): string {
  const body = text(response)
  assert.equal(response.status, status, body)
  assert.ok(response.complete, 'the answer is not complete')
  assertHeader(response, 'content-type', 'application/problem+json')
  const id = /"instance":"([^"]+)"/.exec(body)?.[1] ?? ''
  assert.notEqual(id, '', `no instance in ${body}`)
  assert.equal(body, expected.replace('<id>', id))
  return id
}

export const internalServerError =
  '{"type":"about:blank","title":"Internal Server Error","status":500,"instance":"<id>"}'

/** The front door refused a request itself: whatever it says, it is the client's mistake and no crash. */
export function assertRefused(response: RawResponse): void {
  assert.ok(response.status >= 400 && response.status <= 501, `status ${response.status} is no refusal`)
  assert.notEqual(response.status, 500)
}

/** The log line with this message, once it is there. */
export async function logged(harness: Harness, invocationId: string, message: string): Promise<LogEntry> {
  return harness.eventually(() => {
    const lines = harness.allLogs().filter(({ line }) => line.includes(invocationId))
    const entry = lines.find(({ fields }) => fields?.['message'] === message)
    assert.ok(
      entry,
      `no log line '${message}' of ${invocationId}; there are: ${lines.map(({ line }) => line).join('\n')}`,
    )
    return entry
  })
}

/** A member of a log line or of an object inside of one. */
export function member(value: unknown, ...names: string[]): unknown {
  let inner = value
  for (const name of names) inner = typeof inner === 'object' && inner !== null ? Reflect.get(inner, name) : undefined
  return inner
}

/** Reads what is left of an answer. */
export async function rest(exchange: Exchange): Promise<string> {
  const parts: Uint8Array[] = []
  for (let part = await exchange.read(); part !== undefined; part = await exchange.read()) parts.push(part)
  return Buffer.concat(parts).toString()
}
