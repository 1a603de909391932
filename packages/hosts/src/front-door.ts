import { connect, type Socket } from 'node:net'

import { encodeRequest, isHead } from './raw-request.ts'
import { createResponseParser, type ResponseHead } from './response-parser.ts'
import type { Exchange, FrontDoor, RawResponse } from './types.ts'

/** The Host that a front door's `send` puts when a request names none. */
export const defaultHost = 'shop.example.test'

export interface FrontDoorOptions extends Pick<FrontDoor, 'id' | 'port' | 'runtime' | 'front'> {
  /** The Host of requests that name none. @default 'shop.example.test' */
  host?: string
  /** @default `https://<host>` */
  origin?: string
}

const readBytes = 16 * 1024

/** A client of one front door on loopback: one raw socket per exchange, nothing normalised on the way in or out. */
export function createFrontDoor(options: FrontDoorOptions): FrontDoor {
  const { id, port, runtime, front, host = defaultHost, origin = `https://${host}` } = options
  const open: FrontDoor['open'] = (request) => openExchange(id, port, encodeRequest(request, host))
  return {
    id,
    port,
    origin,
    runtime,
    front,
    open,
    async send(request) {
      const bytes = encodeRequest(request, host)
      const exchange = await openExchange(id, port, bytes)
      try {
        return await collect(exchange)
      } finally {
        exchange.destroy()
      }
    },
  }
}

async function collect(exchange: Exchange): Promise<RawResponse> {
  const started = performance.now()
  const head = await exchange.head
  const chunks: RawResponse['chunks'] = []
  for (let bytes = await exchange.read(); bytes !== undefined; bytes = await exchange.read()) {
    chunks.push({ at: performance.now() - started, bytes })
  }
  const body = new Uint8Array(Buffer.concat(chunks.map((chunk) => chunk.bytes)))
  return { status: head.status, headers: head.headers, body, chunks, complete: exchange.complete }
}

async function openExchange(id: string, port: number, request: Uint8Array): Promise<Exchange> {
  const parser = createResponseParser({ head: isHead(request) })
  const pieces: Uint8Array[] = []
  const head = Promise.withResolvers<ResponseHead>()
  // A caller that only reads must not be ended by an unhandled rejection of `head`; `read` tells the failure as well.
  head.promise.catch(() => {})
  let wake: (() => void) | undefined
  let ended = false
  let failure: Error | undefined

  const isWaiting = (): boolean => pieces.length === 0 && !parser.complete && !ended
  const finish = (cause?: Error): void => {
    if (ended) return
    ended = true
    if (cause === undefined) parser.end()
    if (parser.head === undefined) {
      failure ??= new Error(beforeHead(id, port, cause), { cause })
      head.reject(failure)
    }
    wake?.()
  }

  const socket = await dial(id, port, (bytes) => {
    try {
      pieces.push(...parser.push(bytes))
      if (parser.head !== undefined) head.resolve(parser.head)
    } catch (error) {
      failure = error instanceof Error ? error : new Error(String(error))
      head.reject(failure)
      socket.destroy()
      finish()
    }
    // False stops reading from the socket until the next resume: what the caller does not ask for stays with the sender.
    const wanted = parser.head === undefined || (pieces.length === 0 && !parser.complete && wake !== undefined)
    if (pieces.length > 0 || parser.complete) wake?.()
    return wanted
  })
  socket.once('error', finish)
  socket.once('end', () => finish())
  socket.once('close', () => finish())
  socket.resume()
  socket.write(request)

  return {
    head: head.promise,
    get complete() {
      return parser.complete && failure === undefined
    },
    async read() {
      while (isWaiting()) {
        await new Promise<void>((resolve) => {
          wake = resolve
          socket.resume()
        })
        wake = undefined
      }
      if (failure !== undefined) throw failure
      return pieces.shift()
    },
    write(bytes) {
      return new Promise((resolve, reject) => {
        socket.write(bytes, (error) => (error ? reject(error) : resolve()))
      })
    },
    destroy() {
      // In the middle of an answer a reset, so that the other side notices at its next write and not when its buffers are full.
      // Never after a FIN: libuv refuses to reset a socket that shuts down, and the process would then not end.
      if (parser.complete || ended || socket.writableEnded) socket.destroy()
      else socket.resetAndDestroy()
    },
  }
}

function dial(id: string, port: number, onBytes: (bytes: Uint8Array) => boolean): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({
      host: '127.0.0.1',
      port,
      onread: {
        buffer: Buffer.alloc(readBytes),
        callback: (size, buffer) => onBytes(buffer.subarray(0, size)),
      },
    })
    const refused = (cause: Error): void => {
      reject(new Error(`The front door ${id} on 127.0.0.1:${port} refused the connection: ${cause.message}`, { cause }))
    }
    socket.once('error', refused)
    socket.once('connect', () => {
      socket.off('error', refused)
      resolve(socket)
    })
  })
}

function beforeHead(id: string, port: number, cause: Error | undefined): string {
  const how = cause === undefined ? 'closed' : 'broke'
  const why = cause === undefined ? '' : `: ${cause.message}`
  return `The front door ${id} on 127.0.0.1:${port} ${how} the connection before the head of an answer${why}`
}
