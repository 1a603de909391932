import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'

import { forward } from './forward.ts'
import { toClient, toContainer, type Fields } from './google-headers.ts'
import type { Instance } from './instance.ts'

/**
 * "Maximum HTTP/1 request size", https://cloud.google.com/run/quotas; the same for Cloud Run functions,
 * https://cloud.google.com/functions/quotas
 */
const maxBodyBytes = 32 * 1024 * 1024

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
  if (request.method === 'TRACE') return refuse(response, 405)
  if (Number(request.headers['content-length'] ?? 0) > maxBodyBytes) return refuse(response, 413)
  let lease: Awaited<ReturnType<Instance['acquire']>>
  try {
    lease = await instance.acquire()
  } catch {
    // What it printed is in the logs, as on the platform.
    return refuse(response, 503)
  }
  try {
    await forward(request, response, {
      port: lease.port,
      headers: toContainer(fields(request), request.socket.remoteAddress ?? ''),
      answer: toClient,
      maxBodyBytes,
      onTooLarge: () => refuse(response, 413),
      // "malformed or connection to the instance had an error" is a 503:
      // https://cloud.google.com/run/docs/troubleshooting#503
      onFailure: () => refuse(response, 503),
    })
  } finally {
    lease.release()
  }
}

function refuse(response: ServerResponse, status: 405 | 413 | 503): void {
  if (response.headersSent || response.destroyed) return
  const texts = { 405: 'Method Not Allowed', 413: 'Request Entity Too Large', 503: 'Service Unavailable' }
  response.writeHead(status, { 'content-type': 'text/plain', connection: 'close' }).end(texts[status])
}

function fields(request: IncomingMessage): Fields {
  const pairs: Fields = []
  for (let at = 0; at < request.rawHeaders.length; at += 2) {
    pairs.push([request.rawHeaders[at] ?? '', request.rawHeaders[at + 1] ?? ''])
  }
  return pairs
}
