import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'

import { forward } from '../forward.ts'
import { defaultHost } from '../front-door.ts'
import { isKnownHost } from '../known-host.ts'

type Fields = [name: string, value: string][]

/** Bytes, on the Free and Pro plans. https://developers.cloudflare.com/workers/platform/limits/#request-limits */
const maxBodyBytes = 100 * 1000 * 1000

/** Bytes. https://developers.cloudflare.com/workers/platform/limits/#request-limits */
const maxHeaderBytes = 128 * 1024

/** Of every request; the header and `request.cf` say the same. */
const colo = 'AMS'
const country = 'NL'

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
 * https://developers.cloudflare.com/fundamentals/reference/http-headers/. It does not compress, which is a setting of a zone.
 * @param port tells where workerd takes requests in the form that they have for a proxy.
 */
export function createEdge(port: () => number): Server {
  const server = createServer(
    { maxHeaderSize: maxHeaderBytes, keepAliveTimeout: 0, requestTimeout: 0 },
    (incoming, response) => void exchange(port(), incoming, response),
  )
  server.on('connect', (_request, socket) => {
    // Node hands this socket over without a listener; a client that drops it must not end the process.
    socket.on('error', () => {})
    socket.end('HTTP/1.1 405 Method Not Allowed\r\ncontent-length: 0\r\nconnection: close\r\n\r\n')
  })
  return server
}

async function exchange(port: number, incoming: IncomingMessage, response: ServerResponse): Promise<void> {
  const target = publicTarget(incoming)
  const ray = `${randomBytes(8).toString('hex')}-${colo}`
  if (incoming.method === 'TRACE') return refuse(response, 405)
  if (target === undefined) return refuse(response, 400)
  // "DNS resolution error": https://developers.cloudflare.com/support/troubleshooting/http-status-codes/cloudflare-1xxx-errors/error-1001/
  if (!isKnownHost(target.host, [defaultHost])) return refuse(response, 409)
  if (Number(incoming.headers['content-length'] ?? 0) > maxBodyBytes) return refuse(response, 413)
  // Cloudflare's own: https://developers.cloudflare.com/fundamentals/reference/cdn-cgi-endpoint/
  if (new URL(target.url).pathname.startsWith('/cdn-cgi/')) return refuse(response, 404)
  // The request line names the whole URL, which becomes `request.url` as it stands ("style = proxy"):
  // https://github.com/cloudflare/workerd/blob/main/src/workerd/server/workerd.capnp
  incoming.url = target.url
  await forward(incoming, response, {
    port,
    headers: toWorker(incoming, ray),
    answer: (fields) => toClient(fields, ray),
    maxBodyBytes,
    onTooLarge: () => refuse(response, 413),
    // https://developers.cloudflare.com/support/troubleshooting/http-status-codes/cloudflare-5xx-errors/error-520/
    onFailure: () => refuse(response, 520),
    // workerd is not frozen after the answer, so it need not be waited for.
    noticeMs: 0,
  })
}

function toWorker(incoming: IncomingMessage, ray: string): Fields {
  const client = incoming.socket.remoteAddress ?? '127.0.0.1'
  const { cookie, 'x-forwarded-for': forwardedFor } = incoming.headers
  const set: Fields = [
    // "For incoming requests, the value of this header will always be set to": the page above.
    ['accept-encoding', 'br, gzip'],
    ['cf-connecting-ip', client],
    ['cf-ipcountry', country],
    ['cf-ray', ray],
    ['cf-visitor', '{"scheme":"https"}'],
    ['x-forwarded-for', forwardedFor === undefined ? client : `${forwardedFor.toString()}, ${client}`],
    ['x-forwarded-proto', 'https'],
    ['x-real-ip', client],
    // workerd makes `request.cf` of it; it does not reach the worker.
    ['MF-CF-Blob', JSON.stringify(properties(incoming))],
  ]
  // Several lines, as HTTP/2 has them, are one on the way to HTTP/1.1: https://www.rfc-editor.org/rfc/rfc9113#section-8.2.3
  // Node has joined them.
  if (cookie !== undefined) set.push(['cookie', cookie])
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

/** https://developers.cloudflare.com/workers/runtime-apis/request/#incomingrequestcfproperties; the ASN is one for documentation. */
function properties(incoming: IncomingMessage): Record<string, unknown> {
  return {
    asn: 64_496,
    clientAcceptEncoding: incoming.headers['accept-encoding'] ?? '',
    clientTcpRtt: 0,
    colo,
    country,
    httpProtocol: 'HTTP/1.1',
    tlsVersion: 'TLSv1.3',
  }
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

/** Clients reach Cloudflare with TLS, so the scheme is https; the host is that of the Host header. */
function publicTarget(incoming: IncomingMessage): { host: string; url: string } | undefined {
  const { host } = incoming.headers
  if (host === undefined || !/^[\w.~:[\]-]+$/.test(host)) return undefined
  const target = incoming.url ?? '/'
  const absolute = /^https?:\/\/[^/?#]+(?<rest>.*)$/i.exec(target)?.groups?.['rest']
  const [path = ''] = (absolute ?? (target === '*' ? '/' : target)).split('#')
  const url = `https://${host}${path.startsWith('?') || path === '' ? '/' : ''}${path}`
  return URL.canParse(url) && new URL(url).host === new URL(`https://${host}`).host ? { host, url } : undefined
}

function refuse(response: ServerResponse, status: number): void {
  if (response.headersSent || response.destroyed) return
  response.writeHead(status, { 'content-length': '0', server: 'cloudflare', connection: 'close' }).end()
}
