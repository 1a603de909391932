import { randomBytes } from 'node:crypto'
import { request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http'
import { pipeline } from 'node:stream'

/** Bytes: Free and Pro plans. https://developers.cloudflare.com/workers/platform/limits/#request-limits */
const maxBodyBytes = 100 * 1024 * 1024

/** The data centre and country of every request; `request.cf` says the same. */
export const colo = 'AMS'
export const country = 'NL'

// A proxy's own business, and not the worker's. https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1
const hopByHop = new Set(['connection', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'transfer-encoding', 'upgrade'])

/**
 * Cloudflare's edge in front of workerd: what it does to a request before the worker sees it, and to the answer.
 * https://developers.cloudflare.com/fundamentals/reference/http-headers/
 * @param port where miniflare listens.
 */
export function createEdge(port: number): (incoming: IncomingMessage, response: ServerResponse) => void {
  return (incoming, response) => {
    const path = originForm(incoming.url ?? '/')
    const url = urlOf(incoming, path)
    if (path === undefined || url === undefined) {
      answer(response, 400)
    } else if (Number(incoming.headers['content-length'] ?? 0) > maxBodyBytes) {
      answer(response, 413)
    } else if (url.pathname.startsWith('/cdn-cgi/')) {
      // Cloudflare's own: https://developers.cloudflare.com/fundamentals/reference/cdn-cgi-endpoint/
      answer(response, 404)
    } else {
      exchange(port, incoming, response, url)
    }
  }
}

function exchange(port: number, incoming: IncomingMessage, response: ServerResponse, url: URL): void {
  const ray = `${randomBytes(8).toString('hex')}-${colo}`
  const upstream = httpRequest({
    host: '127.0.0.1',
    port,
    method: incoming.method,
    path: '/',
    headers: requestHeaders(incoming, url, ray),
    agent: false,
  })
  upstream.on('response', (answered) => {
    const headers = passedOn(answered.rawHeaders).filter(([name]) => !/^(?:date|server|cf-ray)$/i.test(name))
    headers.push(['date', new Date().toUTCString()], ['server', 'cloudflare'], ['cf-ray', ray])
    response.writeHead(answered.statusCode ?? 502, headers.flat())
    // A client that waits for a stream's first piece gets the head at once.
    response.flushHeaders()
    pipeline(answered, response, () => {})
  })
  upstream.on('error', () => {
    if (response.headersSent || incoming.destroyed) response.destroy()
    // The runtime ended the connection without an answer: https://developers.cloudflare.com/support/troubleshooting/http-status-codes/cloudflare-5xx-errors/error-520/
    else answer(response, 520)
  })
  response.once('close', () => {
    if (!response.writableFinished) upstream.destroy()
  })
  pipeline(incoming, upstream, () => {})
}

function requestHeaders(incoming: IncomingMessage, url: URL, ray: string): string[] {
  const client = incoming.socket.remoteAddress ?? '127.0.0.1'
  const forwardedFor = incoming.headers['x-forwarded-for']
  const set: [string, string][] = [
    ['cf-connecting-ip', client],
    ['cf-ipcountry', country],
    ['cf-ray', ray],
    ['cf-visitor', '{"scheme":"https"}'],
    ['x-forwarded-for', forwardedFor === undefined ? client : `${forwardedFor.toString()}, ${client}`],
    ['x-forwarded-proto', 'https'],
    ['x-real-ip', client],
    // miniflare makes `request.url` of the first and, with the second, leaves an error of the worker as workerd gives it.
    ['MF-Original-URL', url.href],
    ['MF-Disable-Pretty-Error', 'true'],
  ]
  const names = new Set(set.map(([name]) => name.toLowerCase()))
  const kept = passedOn(incoming.rawHeaders).filter(([name]) => {
    const lower = name.toLowerCase()
    // A client cannot set Cloudflare's headers, and miniflare's steer miniflare.
    return !names.has(lower) && !lower.startsWith('cf-') && !lower.startsWith('mf-')
  })
  // A body of unknown length; Node writes the chunks.
  if (incoming.headers['transfer-encoding'] !== undefined) kept.push(['transfer-encoding', 'chunked'])
  return [...kept, ...set].flat()
}

function passedOn(rawHeaders: string[]): [name: string, value: string][] {
  const kept: [string, string][] = []
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? ''
    if (!hopByHop.has(name.toLowerCase())) kept.push([name, rawHeaders[index + 1] ?? ''])
  }
  return kept
}

function originForm(target: string): string | undefined {
  if (target.startsWith('/')) return target
  if (target === '*') return '/'
  return /^https?:\/\/[^/?#]+(?<rest>.*)$/i.exec(target)?.groups?.['rest']
}

/** Clients reach Cloudflare with TLS, so the scheme is https; the host is the zone's. */
function urlOf(incoming: IncomingMessage, path: string | undefined): URL | undefined {
  const { host } = incoming.headers
  if (host === undefined || path === undefined || !/^[\w.~:[\]-]+$/.test(host)) return undefined
  return URL.parse(`https://${host}${path}`) ?? undefined
}

function answer(response: ServerResponse, status: number): void {
  response.writeHead(status, { 'content-length': '0', server: 'cloudflare' }).end()
}
