import type { IncomingMessage, ServerResponse } from 'node:http'
import { connect, type Socket } from 'node:net'

import type { Fields } from './google-headers.ts'
import { createResponseParser } from './response-parser.ts'

export interface Forwarding {
  /** Where the request goes on 127.0.0.1. */
  port: number
  /** The header as the other side shall get it, in place of the client's. */
  headers: Fields
  /** The header as the client shall get it. */
  answer(headers: Fields): Fields
  /** Bytes of the request's body beyond which `onTooLarge` is called and nothing more is forwarded. */
  maxBodyBytes: number
  onTooLarge(): void
  /**
   * Resolve with `unread`, in place of a failure, when the other side ended without having read the request: it can be
   * forwarded again. @default false
   */
  reportUnread?: boolean
  /** No answer has begun, and none will come. */
  onFailure(): void
  /**
   * How long the other side may take to notice that the client is gone, in milliseconds; 0 drops its connection at once.
   * @default 1000
   */
  noticeMs?: number
}

const defaultNoticeMs = 1000
/** What the other side may still do once it has closed the connection (cancel its source), in milliseconds. */
const lingerMs = 50

/**
 * Forwards one request with the target and header as given, byte for byte, and streams both bodies with back-pressure.
 * Resolves when the other side is done with it.
 */
export async function forward(
  request: IncomingMessage,
  response: ServerResponse,
  options: Forwarding,
): Promise<'done' | 'unread'> {
  const { noticeMs = defaultNoticeMs } = options
  const socket = connect({ host: '127.0.0.1', port: options.port })
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  socket.once('error', () => {})
  socket.write(requestHead(request, options.headers), 'latin1')
  forwardBody(request, socket, options)
  const answered = forwardAnswer(request, socket, response, options)
  const gone = new Promise<'gone'>((resolve) => {
    response.once('close', () => {
      if (!response.writableFinished) resolve('gone')
    })
  })
  const outcome = await Promise.race([answered, gone])
  if (outcome === 'gone' && !socket.destroyed && noticeMs > 0) {
    // A half-close: when the other side closes too, it has noticed; until then it must not be frozen.
    socket.resume()
    socket.end()
    await Promise.race([closed, delay(noticeMs)])
    await delay(lingerMs)
  }
  socket.destroy()
  return outcome === 'unread' ? 'unread' : 'done'
}

function requestHead(request: IncomingMessage, headers: Fields): string {
  const lines = headers.map(([name, value]) => `${name}: ${value}`)
  return [`${request.method} ${request.url} HTTP/1.1`, ...lines, '', ''].join('\r\n')
}

function forwardBody(request: IncomingMessage, socket: Socket, options: Forwarding): void {
  const chunked = request.headers['transfer-encoding'] !== undefined
  let sent = 0
  request.on('data', (bytes: Buffer) => {
    if (socket.destroyed) return
    sent += bytes.length
    if (sent > options.maxBodyBytes) {
      socket.destroy()
      options.onTooLarge()
      return
    }
    if (chunked) socket.write(`${bytes.length.toString(16)}\r\n`)
    const ready = socket.write(bytes)
    if (chunked) socket.write('\r\n')
    if (!ready) request.pause()
  })
  socket.on('drain', () => request.resume())
  request.once('end', () => {
    if (chunked && !socket.destroyed) socket.write('0\r\n\r\n')
  })
}

async function forwardAnswer(
  request: IncomingMessage,
  socket: Socket,
  response: ServerResponse,
  options: Forwarding,
): Promise<'done' | 'unread'> {
  const parser = createResponseParser({ head: request.method === 'HEAD' })
  let unread = false
  socket.once('error', () => {
    // A process that ends with unread bytes on a connection resets it; after it has read them all it closes it. A body
    // cannot be sent twice.
    unread = options.reportUnread === true && socket.bytesRead === 0 && !hasBody(request)
  })
  const drained = (): void => void socket.resume()
  response.on('drain', drained)
  const ended = new Promise<void>((resolve) => {
    socket.on('data', (bytes: Buffer) => {
      if (response.destroyed) return
      let ready = true
      try {
        const pieces = parser.push(bytes)
        if (parser.head !== undefined && !response.headersSent) {
          response.writeHead(parser.head.status, options.answer(parser.head.headers).flat())
          // Not flushHeaders(), which writes the head as UTF-8: https://github.com/nodejs/node/blob/main/lib/_http_outgoing.js
          response.write(new Uint8Array(0))
        }
        for (const piece of pieces) ready = response.write(piece)
      } catch {
        // An answer that is no HTTP is as good as none.
        socket.destroy()
      }
      if (parser.complete) resolve()
      else if (!ready) socket.pause()
    })
    socket.once('end', () => {
      parser.end()
      resolve()
    })
    socket.once('close', () => resolve())
  })
  await ended
  response.off('drain', drained)
  if (unread && !response.destroyed) return 'unread'
  if (parser.complete && response.headersSent) await finish(response)
  // Without its last chunk, so that a broken answer does not look complete.
  else if (response.headersSent) response.destroy()
  else options.onFailure()
  return 'done'
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
}

function finish(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    response.once('close', () => resolve())
    response.end(() => resolve())
  })
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
