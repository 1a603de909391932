import { hopHeaders } from './request.ts'
import type { Answer } from './types.ts'

/** The body of an answer for a front door that streams: bytes when the whole of it is known, else a stream. */
export type Body = Uint8Array | ReadableStream<Uint8Array>

/** What an answer needs of a Response; one of another package or realm will do (S5, S12). */
interface ResponseLike {
  status: number
  url?: string
  headers: Iterable<[string, string]> & { getSetCookie?(): string[] }
  body: unknown
  bodyUsed?: boolean
  arrayBuffer(): Promise<ArrayBuffer>
}

/** An answer whose body has not been read yet. */
export interface Draft extends Answer<ReadableStream<Uint8Array>> {
  /** The whole body at once; a platform does that quicker from a Response than from its stream. */
  bytes(): Promise<Uint8Array>
}

/** Statuses that have no body: https://fetch.spec.whatwg.org/#null-body-status */
const nullBodyStatuses: ReadonlySet<number> = new Set([101, 204, 205, 304])

/**
 * Applies the rules of the profile to what a handler returned.
 *
 * @throws TypeError when it is no Response, has a status that cannot be sent, or was read already.
 */
export function toAnswer(returned: unknown, method: string, fetchDecodes: boolean): Draft {
  if (!isResponseLike(returned)) {
    throw new TypeError(`The handler must return a Response, it returned ${describe(returned)}.`)
  }
  const { status } = returned
  if (!Number.isInteger(status) || status < 200 || status > 599) {
    throw new TypeError(`The handler returned a Response with status ${status}; 200 to 599 can be sent.`)
  }
  if (returned.bodyUsed === true) throw new TypeError('The handler returned a Response whose body was read already.')

  const { body } = returned
  const empty = body === null || body === undefined
  const bodiless = nullBodyStatuses.has(status)
  const fetched = returned.url !== undefined && returned.url !== ''
  const bytes = async (): Promise<Uint8Array> => new Uint8Array(await returned.arrayBuffer())
  const draft: Draft = {
    status,
    // A length without a body would leave the client waiting; only to HEAD it says what GET would have.
    ...sendable(returned, bodiless || (empty && method !== 'HEAD'), fetched && fetchDecodes),
    body: null,
    bytes,
  }
  if (empty) return draft
  if (!bodiless && !draft.headers.some(([name]) => name === 'content-type')) {
    draft.headers.push(['content-type', 'application/octet-stream'])
  }
  if (bodiless || method === 'HEAD') {
    discard(body)
    return draft
  }
  draft.body = isStream(body) ? body : late(bytes)
  if (returned instanceof Response && fetched && !fetchDecodes) draft.untouched = passedOn(returned)
  return draft
}

/** The Response of a `fetch` as it is; a copy of it where its headers would break a rule (S7, S14). */
function passedOn(response: Response): Response {
  const hop = [...hopHeaders].filter((name) => response.headers.has(name))
  if (hop.length === 0 && response.headers.has('content-type')) return response
  const copy = new Response(response.body, response)
  for (const name of hop) copy.headers.delete(name)
  if (!copy.headers.has('content-type')) copy.headers.set('content-type', 'application/octet-stream')
  return copy
}

/** The whole body of an answer, for front doors that take it in one piece. Its length is for the door to say (S7). */
export async function buffer(draft: Draft): Promise<Answer<Uint8Array>> {
  const { status, headers, cookies } = draft
  if (draft.body === null) return { status, headers, cookies, body: null }
  return {
    status,
    headers: without(headers, 'content-length'),
    cookies,
    body: await draft.bytes(),
  }
}

/**
 * Makes a content-length that the handler gave true or takes it away (S7). A body of one chunk is sent as bytes, whose
 * length is known; a longer one is held to its promise, and breaks when it is not kept.
 */
export async function holdToLength({ bytes: _, ...answer }: Draft): Promise<Answer<Body>> {
  const promised = answer.headers.find(([name]) => name === 'content-length')?.[1]
  if (promised === undefined || answer.body === null || answer.untouched) return answer
  const headers = without(answer.headers, 'content-length')
  const length = /^\d+$/.test(promised) ? Number(promised) : undefined
  const reader = answer.body.getReader()
  const first = await reader.read()
  if (first.done) return { ...answer, headers, body: new Uint8Array(0) }
  const second = await reader.read()
  if (second.done) return { ...answer, headers, body: first.value }
  const body = resume(reader, [first.value, second.value], length)
  return length === undefined ? { ...answer, headers, body } : { ...answer, body }
}

function resume(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  head: Uint8Array[],
  length: number | undefined,
): ReadableStream<Uint8Array> {
  let sent = 0
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const chunk = head.shift() ?? (await reader.read()).value
        sent += chunk?.byteLength ?? 0
        const over = length !== undefined && (chunk ? sent > length : sent < length)
        if (over) {
          await reader.cancel()
          throw new TypeError(
            `The handler promised content-length ${length}, its body has ${chunk ? 'more' : sent} bytes.`,
          )
        }
        if (chunk) controller.enqueue(chunk)
        else controller.close()
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  )
}

/** What undici decodes; of a list with any other coding it decodes nothing (its source, lib/web/fetch/index.js). */
const decodable = /^\s*(?:x-gzip|gzip|deflate|br|zstd)\s*(?:,\s*(?:x-gzip|gzip|deflate|br|zstd)\s*)*$/i

/** The headers of an answer as they may be sent, set-cookie apart (S2, S7). */
export function sendable(
  response: Pick<ResponseLike, 'headers'>,
  lengthless: boolean,
  decoded: boolean,
): Pick<Answer<Body>, 'headers' | 'cookies'> {
  const headers: [string, string][] = []
  const cookies: string[] = []
  const pairs = [...response.headers]
  // undici decodes the body and leaves both headers as the origin sent them: https://github.com/nodejs/undici/issues/2514
  const codings = decoded ? pairs.filter(([name]) => name.toLowerCase() === 'content-encoding') : []
  const stale = codings.length > 0 && codings.every(([, value]) => decodable.test(value))
  for (const [rawName, value] of pairs) {
    const name = rawName.toLowerCase()
    if (name === 'set-cookie') cookies.push(String(value))
    else if (hopHeaders.has(name)) continue
    else if (name === 'content-length' && (lengthless || stale)) continue
    else if (name === 'content-encoding' && stale) continue
    else headers.push([name, String(value)])
  }
  const listed = response.headers.getSetCookie?.()
  return { headers, cookies: listed ?? cookies }
}

function without(headers: [string, string][], name: string): [string, string][] {
  return headers.filter(([other]) => other !== name)
}

function isResponseLike(value: unknown): value is ResponseLike {
  if (value instanceof Response) return true
  if (typeof value !== 'object' || value === null) return false
  if (!('status' in value && 'headers' in value && 'body' in value && 'arrayBuffer' in value)) return false
  const { headers } = value
  return (
    typeof value.status === 'number' && typeof headers === 'object' && headers !== null && Symbol.iterator in headers
  )
}

function isStream(body: unknown): body is ReadableStream<Uint8Array> {
  return typeof body === 'object' && body !== null && 'getReader' in body
}

/** A body that nobody will read: its source is told, and what the source says to that changes nothing (S6). */
export function discard(body: unknown): void {
  if (isStream(body)) body.cancel().catch(() => undefined)
}

/** A foreign Response whose body is no web stream (node-fetch's is a Node stream) is read in one piece. */
function late(bytes: () => Promise<Uint8Array>): ReadableStream<Uint8Array> {
  return new ReadableStream({
    async pull(controller) {
      controller.enqueue(await bytes())
      controller.close()
    },
  })
}

function describe(value: unknown): string {
  if (value === null || value === undefined) return String(value)
  return typeof value === 'object' ? `an object of class ${value.constructor?.name ?? 'null'}` : `a ${typeof value}`
}
