import type { Body } from './answer.ts'
import { openNodeBody, type NodeReadable } from './node-body.ts'
import type { Answer, HttpResult, RequestParts } from './types.ts'
import { absoluteUrl, type Origin } from './url.ts'

/** What the bridge needs of Node's IncomingMessage: https://nodejs.org/api/http.html#class-httpincomingmessage */
export interface NodeRequest extends NodeReadable {
  method?: string | undefined
  /** Path and query as they were sent, or the absolute form. */
  url?: string | undefined
  /** Name, value, name, value: in the client's order and case, repeated ones apart. */
  rawHeaders: string[]
  /** By lower-case name; Node has joined repeated ones. */
  headers: { [name: string]: string | string[] | undefined; host?: string | undefined }
}

/** What the bridge needs of Node's ServerResponse: https://nodejs.org/api/http.html#class-httpserverresponse */
export interface NodeResponse {
  statusCode: number
  readonly destroyed: boolean
  readonly headersSent: boolean
  readonly writableFinished: boolean
  setHeader(name: string, value: string | string[]): unknown
  getHeaderNames(): string[]
  removeHeader(name: string): unknown
  write(chunk: Uint8Array): boolean
  end(chunk?: Uint8Array): unknown
  destroy(): unknown
  on(event: 'close' | 'drain', listener: () => void): unknown
  off(event: 'close' | 'drain', listener: () => void): unknown
}

/**
 * One exchange of a server made by Node's `http`: reads the request, runs it, sends the answer, ends the invocation.
 * Never rejects when `run` does not.
 *
 * The body of the request is a stream that takes from the connection only when it is read; null when there is none.
 * What the handler left unread is read and thrown away afterwards, so that the connection can carry the next request.
 *
 * @param origin scheme and host for `request.url`; absent: https, since the platform ends TLS, and the client's Host.
 * @param run gets the parts of the request and may change them.
 */
export async function serveNodeExchange(
  request: NodeRequest,
  response: NodeResponse,
  origin: Origin | undefined,
  run: (parts: RequestParts) => Promise<HttpResult<Body>>,
): Promise<void> {
  const { headers, rawHeaders, method = 'GET' } = request
  const url = absoluteUrl(origin?.scheme ?? 'https', origin?.host ?? headers.host, request.url ?? '/')
  // RFC 9112, section 6.3: one of the two announces a body.
  const announced = headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
  const body = announced ? openNodeBody(request) : undefined
  const result = await run({ method, url, headers: headerPairs(rawHeaders), body: body?.stream ?? null })
  await sendNodeAnswer(result, response)
  body?.discard()
}

/** Name and value pairs of Node's flat list. */
function headerPairs(flat: readonly string[]): [name: string, value: string][] {
  const list: [string, string][] = []
  for (let index = 0; index + 1 < flat.length; index += 2) list.push([flat[index] ?? '', flat[index + 1] ?? ''])
  return list
}

/**
 * Sends an answer through Node's HTTP server and ends the invocation. Never rejects.
 *
 * @param settleFirst the last byte waits for `settle()`: where a platform takes the CPU away once the answer is
 * complete, work given to waitUntil would stand still (C1).
 */
export async function sendNodeAnswer(
  result: HttpResult<Body>,
  response: NodeResponse,
  settleFirst = true,
): Promise<void> {
  let { answer } = result
  // A server around ours may have answered for a fault outside the handler's own promise.
  if (response.headersSent) return letGo(result)
  try {
    writeHead(answer, response)
  } catch (error) {
    cancelBody(answer, error)
    answer = result.refuse(`A header of the answer cannot be sent: ${String(error)}`)
    writeHead(answer, response)
  }
  const { body } = answer
  const last = body === null || body instanceof Uint8Array ? (body ?? undefined) : await pump(body, result, response)
  if (settleFirst) await result.settle()
  if (!response.destroyed) response.end(last)
  if (!settleFirst) await result.settle()
}

async function letGo(result: HttpResult<Body>): Promise<void> {
  cancelBody(result.answer, new DOMException('Another answer went out.', 'AbortError'))
  await result.settle()
}

function cancelBody({ body }: Answer<Body>, reason: unknown): void {
  if (body && !(body instanceof Uint8Array)) body.cancel(reason).catch(() => undefined)
}

/** Sets the head anew; nothing is sent yet. */
function writeHead(answer: Answer<Body>, response: NodeResponse): void {
  for (const name of response.getHeaderNames()) response.removeHeader(name)
  response.statusCode = answer.status
  if (answer.body instanceof Uint8Array) response.setHeader('content-length', String(answer.body.byteLength))
  for (const [name, value] of answer.headers) response.setHeader(name, value)
  if (answer.cookies.length > 0) response.setHeader('set-cookie', answer.cookies)
}

/**
 * Sends a streamed body as fast as the client takes it. A client that leaves cancels the source (S11); a source that
 * fails takes the connection down, because an ended answer would look complete (S9), or is a 500 when nothing was sent.
 *
 * @returns the chunk that is the end of the answer for the client, unsent: the only one, or the one that reaches
 * content-length (which holdToLength keeps true).
 */
async function pump(
  body: ReadableStream<Uint8Array>,
  result: HttpResult<Body>,
  response: NodeResponse,
): Promise<Uint8Array | undefined> {
  const promised = result.answer.headers.find(([name]) => name === 'content-length')?.[1]
  const length = promised === undefined ? undefined : Number(promised)
  const reader = body.getReader()
  let sent = 0
  let last: Uint8Array | undefined
  let gone = false
  const leave = (): void => {
    if (response.writableFinished) return
    gone = true
    reader.cancel(new DOMException('The client went away.', 'AbortError')).catch(() => undefined)
  }
  response.on('close', leave)
  if (response.destroyed) leave()
  try {
    const first = reader.read()
    const second = (await isSoon(first)) && !(await first).done ? reader.read() : undefined
    if (second && (await isSoon(second)) && (await second).done) {
      const whole = toBytes((await first).value)
      response.setHeader('content-length', String(whole.byteLength))
      return whole
    }
    // Not flushHeaders(), which writes the head as UTF-8: https://github.com/nodejs/node/blob/main/lib/_http_outgoing.js
    response.write(new Uint8Array(0))
    for (let next = first, ahead = second; ; next = ahead ?? reader.read(), ahead = undefined) {
      const { done, value } = await next
      if (done) break
      const chunk = toBytes(value)
      sent += chunk.byteLength
      if (sent === length) last ??= chunk
      else if (!response.write(chunk)) await drained(response)
    }
  } catch (error) {
    reader.cancel(error).catch(() => undefined)
    const instead = gone ? undefined : result.failed(error)
    if (!instead || response.headersSent) {
      // Node holds back what is written until the turn ends; the client shall have what came before the failure.
      await nextTurn()
      response.destroy()
      return undefined
    }
    writeHead(instead, response)
    return instead.body ?? undefined
  } finally {
    response.off('close', leave)
  }
  return last
}

/** What a Response with a stream of strings would do elsewhere: https://fetch.spec.whatwg.org/#incrementally-read-loop */
function toBytes(chunk: unknown): Uint8Array {
  if (chunk instanceof Uint8Array) return chunk
  throw new TypeError('The body of the answer is a stream of something else than bytes.')
}

/** True when it settles within this turn of the event loop, as the body of `Response.json()` does: nothing waits for it. */
function isSoon(promise: Promise<unknown>): Promise<boolean> {
  const settled = promise.then(
    () => true,
    () => true,
  )
  return Promise.race([settled, nextTurn().then(() => false)])
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

/** Resolves when the client has taken what was written, or is gone: then `drain` never comes. */
function drained(response: NodeResponse): Promise<void> {
  if (response.destroyed) return Promise.resolve()
  return new Promise((resolve) => {
    const done = (): void => {
      response.off('drain', done)
      response.off('close', done)
      resolve()
    }
    response.on('drain', done)
    response.on('close', done)
  })
}
