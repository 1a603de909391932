import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'

import { forward } from '../forward.ts'

type Fields = [name: string, value: string][]

/** Bytes, on the Free and Pro plans. https://developers.cloudflare.com/workers/platform/limits/#request-limits */
const maxBodyBytes = 100 * 1000 * 1000

/** Bytes. https://developers.cloudflare.com/workers/platform/limits/#request-limits */
const maxHeaderBytes = 128 * 1024

/** The data centre and country of every request; `request.cf` says the same. */
export const colo = 'AMS'
export const country = 'NL'

// A connection's own business: https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1. `expect` is answered by this server.
const hopByHop = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'expect',
])

/**
 * Cloudflare's edge in front of workerd: what it does to a request before the worker sees it, and to the answer.
 * https://developers.cloudflare.com/fundamentals/reference/http-headers/
 * @param port where miniflare listens.
 */
export function createEdge(port: number): Server {
  const server = createServer(
    { maxHeaderSize: maxHeaderBytes, keepAliveTimeout: 0, requestTimeout: 0 },
    (incoming, response) => void exchange(port, incoming, response),
  )
  server.on('connect', (_request, socket) => {
    // Node hands this socket over without a listener; a client that drops it must not end the process.
    socket.on('error', () => {})
    socket.end('HTTP/1.1 405 Method Not Allowed\r\ncontent-length: 0\r\nconnection: close\r\n\r\n')
  })
  return server
}

async function exchange(port: number, incoming: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = publicUrl(incoming)
  const ray = `${randomBytes(8).toString('hex')}-${colo}`
  if (incoming.method === 'TRACE') return refuse(response, 405)
  if (url === undefined) return refuse(response, 400)
  if (Number(incoming.headers['content-length'] ?? 0) > maxBodyBytes) return refuse(response, 413)
  // Cloudflare's own: https://developers.cloudflare.com/fundamentals/reference/cdn-cgi-endpoint/
  if (url.pathname.startsWith('/cdn-cgi/')) return refuse(response, 404)
  // The worker's URL travels in a header; miniflare has paths of its own below this one.
  incoming.url = '/'
  await forward(incoming, response, {
    port,
    headers: toWorker(incoming, url, ray),
    answer: (fields) => toClient(fields, ray),
    maxBodyBytes,
    onTooLarge: () => refuse(response, 413),
    // https://developers.cloudflare.com/support/troubleshooting/http-status-codes/cloudflare-5xx-errors/error-520/
    onFailure: () => refuse(response, 520),
    // workerd is not frozen after the answer, so it need not be waited for.
    noticeMs: 0,
  })
}

function toWorker(incoming: IncomingMessage, url: URL, ray: string): Fields {
  const client = incoming.socket.remoteAddress ?? '127.0.0.1'
  const forwardedFor = incoming.headers['x-forwarded-for']
  const set: Fields = [
    ['cf-connecting-ip', client],
    ['cf-ipcountry', country],
    ['cf-ray', ray],
    ['cf-visitor', '{"scheme":"https"}'],
    ['x-forwarded-for', forwardedFor === undefined ? client : `${forwardedFor.toString()}, ${client}`],
    ['x-forwarded-proto', 'https'],
    ['x-real-ip', client],
    // miniflare makes `request.url` of the first; with the second it leaves a worker's error as workerd gives it. Neither
    // reaches the worker. https://github.com/cloudflare/workers-sdk/blob/main/packages/miniflare/src/workers/core/entry.worker.ts
    ['MF-Original-URL', url.href],
    ['MF-Disable-Pretty-Error', 'true'],
  ]
  const names = new Set(set.map(([name]) => name.toLowerCase()))
  const kept = passedOn(incoming.rawHeaders).filter(([name]) => {
    const lower = name.toLowerCase()
    // A client cannot set Cloudflare's headers, and miniflare's would steer miniflare.
    return !names.has(lower) && !lower.startsWith('cf-') && !lower.startsWith('mf-')
  })
  // The framing of the hop to workerd.
  if (incoming.headers['transfer-encoding'] !== undefined) kept.push(['transfer-encoding', 'chunked'])
  return [...kept, ...set]
}

function toClient(fields: Fields, ray: string): Fields {
  const own: Fields = [
    ['date', new Date().toUTCString()],
    ['server', 'cloudflare'],
    ['cf-ray', ray],
  ]
  const names = new Set(own.map(([name]) => name))
  return [...fields.filter(([name]) => isEndToEnd(name) && !names.has(name.toLowerCase())), ...own]
}

function passedOn(rawHeaders: string[]): Fields {
  const fields: Fields = []
  for (let index = 0; index < rawHeaders.length; index += 2) {
    fields.push([rawHeaders[index] ?? '', rawHeaders[index + 1] ?? ''])
  }
  return fields.filter(([name]) => isEndToEnd(name))
}

function isEndToEnd(name: string): boolean {
  return !hopByHop.has(name.toLowerCase())
}

/** Clients reach Cloudflare with TLS, so the scheme is https; the host is the zone's. */
function publicUrl(incoming: IncomingMessage): URL | undefined {
  const { host } = incoming.headers
  if (host === undefined || !/^[\w.~:[\]-]+$/.test(host)) return undefined
  const target = incoming.url ?? '/'
  const absolute = /^https?:\/\/[^/?#]+(?<rest>.*)$/i.exec(target)?.groups?.['rest']
  const path = absolute ?? (target === '*' ? '/' : target)
  if (path !== '' && !/^[/?]/.test(path)) return undefined
  return URL.parse(`https://${host}${path}`) ?? undefined
}

function refuse(response: ServerResponse, status: number): void {
  if (response.headersSent || response.destroyed) return
  response.writeHead(status, { 'content-length': '0', server: 'cloudflare', connection: 'close' }).end()
}
