import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'

import { forward } from './forward.ts'
import { toClient, toContainer, type Fields } from './google-headers.ts'
import type { Instance } from './instance.ts'

/**
 * "Maximum HTTP/1 request size", https://cloud.google.com/run/quotas; the same for Cloud Run functions,
 * https://cloud.google.com/functions/quotas
 */
const maxBodyBytes = 32 * 1024 * 1024

const texts = { 405: 'Method Not Allowed', 413: 'Request Entity Too Large', 503: 'Service Unavailable' }

/** How often a request is given to an instance that turns out to be ending. */
const attempts = 5

/** How long a client that was refused may go on sending, in milliseconds. */
const lingerMs = 1000

/** Our model of what stands between a client and a container at Google: it terminates TLS, so the container sees https. */
export function createGoogleFrontEnd(instance: Instance): Server {
  const server = createServer(
    // Whether a request without Host is answered is left to what runs behind.
    { requireHostHeader: false, maxHeaderSize: 64 * 1024, requestTimeout: 0 },
    (request, response) => void exchange(instance, request, response),
  )
  server.on('connect', (_request, socket) => {
    // Node hands this socket over without a listener; a client that drops it must not end the process.
    socket.on('error', () => {})
    socket.end('HTTP/1.1 405 Method Not Allowed\r\ncontent-length: 0\r\nconnection: close\r\n\r\n')
  })
  return server
}

async function exchange(instance: Instance, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method === 'TRACE') return refuse(request, response, 405)
  if (Number(request.headers['content-length'] ?? 0) > maxBodyBytes) return refuse(request, response, 413)
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    let lease: Awaited<ReturnType<Instance['acquire']>>
    try {
      lease = await instance.acquire()
    } catch {
      // What it printed is in the logs, as on the platform.
      break
    }
    try {
      const outcome = await forward(request, response, {
        port: lease.port,
        headers: toContainer(fields(request), request.socket.remoteAddress ?? ''),
        answer: toClient,
        maxBodyBytes,
        reportUnread: true,
        onTooLarge: () => refuse(request, response, 413),
        // "malformed or connection to the instance had an error" is a 503:
        // https://cloud.google.com/run/docs/troubleshooting#503
        onFailure: () => refuse(request, response, 503),
      })
      if (outcome === 'done') return
    } finally {
      lease.release()
    }
  }
  refuse(request, response, 503)
}

function refuse(request: IncomingMessage, response: ServerResponse, status: keyof typeof texts): void {
  if (response.headersSent || response.destroyed) return
  const text = texts[status]
  response.writeHead(status, { 'content-type': 'text/plain', 'content-length': text.length, connection: 'close' })
  response.write(text)
  // Closing a connection with unread bytes resets it, and a client that is still sending would lose the answer.
  const end = (): void => void response.end()
  request.resume()
  request.once('end', end).once('close', end)
  setTimeout(end, lingerMs).unref()
}

function fields(request: IncomingMessage): Fields {
  const pairs: Fields = []
  for (let at = 0; at < request.rawHeaders.length; at += 2) {
    pairs.push([request.rawHeaders[at] ?? '', request.rawHeaders[at + 1] ?? ''])
  }
  return pairs
}
