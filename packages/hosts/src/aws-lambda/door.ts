import {
  createServer,
  validateHeaderName,
  validateHeaderValue,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http'

import { StreamFailure } from './invocation.ts'
import { listenOnLoopback } from '../running.ts'

export type Header = [name: string, value: string]

/** A client's request as a front door sees it, before it makes an event of it. */
export interface DoorRequest {
  method: string
  /** The request target up to the first question mark, as the client's bytes (one character is one byte). */
  path: string
  /** What follows the question mark; undefined without one. */
  query: string | undefined
  /** Names in the client's case, values decoded from UTF-8, order and repetition kept. */
  headers: Header[]
  body: Buffer
  protocol: string
  sourceIp: string
  /** Epoch milliseconds. */
  time: number
}

export interface DoorAnswer {
  status: number
  /** The reason phrase. @default that of the status */
  reason?: string | undefined
  headers: Header[]
  /** A stream that fails breaks the connection without a sign of completeness. */
  body: Uint8Array | AsyncIterable<Uint8Array>
}

/** A front door as a function: its limits, and what it answers. */
export interface DoorModel {
  /** Request bodies over it are answered with `tooLarge` and never reach the function. */
  maxBodyBytes: number
  /** Bytes of the request line and all headers; over it is 431. */
  maxHeadBytes: number
  tooLarge: DoorAnswer
  /** Answers to requests that the door does not pass on, or undefined. */
  refuse?(method: string, headers: Header[]): DoorAnswer | undefined
  handle(request: DoorRequest): Promise<DoorAnswer>
}

/** What a function returned is not what the front door takes. */
export class MalformedResult extends Error {
  override readonly name = 'MalformedResult'
}

export interface DoorServer {
  port: number
  close(): Promise<void>
}

/** Listens on a free port of loopback and speaks HTTP/1.1 for a front door. */
export async function listenAsDoor(model: DoorModel): Promise<DoorServer> {
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const method = request.method ?? 'GET'
    const time = Date.now()
    const headers = headerPairs(request.rawHeaders)
    const answer =
      refuseMethod(method) ?? model.refuse?.(method, headers) ?? (await passOn(model, request, headers, time))
    // A client that still sends is read to its end, or it would see a reset instead of the answer.
    request.resume()
    await write(response, method, answer)
  }
  const server = createServer({ maxHeaderSize: model.maxHeadBytes }, (request, response) => {
    serve(request, response).catch(() => response.destroy())
  })
  // Without this, CONNECT would end the connection without an answer.
  server.on('connect', (_request, socket) => {
    socket.end('HTTP/1.1 405 Method Not Allowed\r\ncontent-length: 0\r\nconnection: close\r\n\r\n')
  })
  const port = await listenOnLoopback(server)
  return {
    port,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function passOn(
  model: DoorModel,
  request: IncomingMessage,
  headers: Header[],
  time: number,
): Promise<DoorAnswer> {
  const body = await readBody(request, model.maxBodyBytes)
  if (body === undefined) return model.tooLarge
  const { path, query } = splitTarget(request.url ?? '/')
  const sourceIp = (request.socket.remoteAddress ?? '').replace(/^::ffff:/, '')
  const protocol = `HTTP/${request.httpVersion}`
  return model.handle({ method: request.method ?? 'GET', path, query, headers, body, protocol, sourceIp, time })
}

async function readBody(request: IncomingMessage, limit: number): Promise<Buffer | undefined> {
  if (Number(request.headers['content-length'] ?? 0) > limit) return undefined
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request) {
    size += chunk.length
    if (size <= limit) chunks.push(chunk)
  }
  return size > limit ? undefined : Buffer.concat(chunks)
}

/** Origin form, absolute form (its authority is dropped) or `*`. */
function splitTarget(target: string): { path: string; query: string | undefined } {
  const origin = target.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?]*/i, '')
  const mark = origin.indexOf('?')
  const path = mark < 0 ? origin : origin.slice(0, mark)
  return { path: path === '' ? '/' : path, query: mark < 0 ? undefined : origin.slice(mark + 1) }
}

function headerPairs(raw: string[]): Header[] {
  const pairs: Header[] = []
  for (let index = 0; index + 1 < raw.length; index += 2) {
    pairs.push([raw[index] ?? '', fromWire(raw[index + 1] ?? '')])
  }
  return pairs
}

/** The doors read header bytes as UTF-8 (values beyond latin-1 reach functions); other bytes are taken as latin-1. */
function fromWire(value: string): string {
  const text = Buffer.from(value, 'latin1').toString()
  return text.includes('\u{fffd}') ? value : text
}

/** @throws MalformedResult for a name or value that cannot stand in a head. */
function toWire(headers: Header[]): string[] {
  return headers.flatMap(([name, value]) => {
    const bytes = Buffer.from(value).toString('latin1')
    try {
      validateHeaderName(name)
      validateHeaderValue(name, bytes)
    } catch (cause) {
      throw new MalformedResult(`The header ${JSON.stringify(name)} cannot be sent.`, { cause })
    }
    return [name, bytes]
  })
}

/** @throws MalformedResult */
export function checkHeaders(headers: Header[]): Header[] {
  toWire(headers)
  return headers
}

async function write(response: ServerResponse, method: string, answer: DoorAnswer): Promise<void> {
  const { status, reason, body } = answer
  const bodyless = status === 204 || status === 304
  const headers = [...answer.headers]
  if (body instanceof Uint8Array && !bodyless) headers.push(['content-length', String(body.length)])
  if (reason === undefined) response.writeHead(status, toWire(headers))
  else response.writeHead(status, reason, toWire(headers))
  if (body instanceof Uint8Array) {
    response.end(method === 'HEAD' || bodyless ? undefined : body)
    return
  }
  // The head goes out before the first chunk is there.
  // Not flushHeaders(), which writes the head as UTF-8: https://github.com/nodejs/node/blob/main/lib/_http_outgoing.js
  response.write(new Uint8Array(0))
  try {
    // Read to its end even when the client has gone: the function is not told of that.
    for await (const chunk of body) if (!bodyless && method !== 'HEAD') await writeChunk(response, chunk)
  } catch (error) {
    if (!(error instanceof StreamFailure)) throw error
    response.destroy()
    return
  }
  response.end()
}

/** Resolves when the chunk has left, so that a connection that is cut afterwards has delivered it; at once when the client has gone. */
function writeChunk(response: ServerResponse, chunk: Uint8Array): Promise<void> {
  if (response.destroyed || chunk.length === 0) return Promise.resolve()
  return new Promise((resolve) => {
    const done = (): void => {
      response.off('close', done)
      resolve()
    }
    response.once('close', done)
    response.write(chunk, done)
  })
}

/** None of the vendor's doors passes TRACE on: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html#http-405-issues */
function refuseMethod(method: string): DoorAnswer | undefined {
  return method === 'TRACE' ? { status: 405, headers: [], body: new Uint8Array() } : undefined
}
