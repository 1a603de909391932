import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http'

import { defaultHost } from '../front-door.ts'
import { isKnownHost } from '../known-host.ts'
import { parseTarget, type AspNetUrl } from './asp-net-url.ts'

/** A request as it reaches the Functions host: behind App Service's front end and Kestrel. */
export interface HostRequest {
  method: string
  url: AspNetUrl
  /** The public host. */
  host: string
  /** Names in lower case; values in the client's order. */
  headers: Map<string, string[]>
  contentLength: number
}

/** Answered by the platform itself, the app is not asked. */
export interface Refusal {
  refused: number
}

/** Bytes. https://learn.microsoft.com/azure/azure-functions/functions-bindings-http-webhook-trigger#limits */
export const maxBodyBytes = 104_857_600

// What the front end, a YARP proxy, does not pass on:
// https://github.com/dotnet/yarp/blob/main/src/ReverseProxy/Forwarder/RequestUtilities.cs
const hopByHop = new Set([
  'connection',
  'transfer-encoding',
  'keep-alive',
  'upgrade',
  'proxy-connection',
  'proxy-authenticate',
  'proxy-authentication-info',
  'proxy-authorization',
  'proxy-features',
  'proxy-instruction',
  'security-scheme',
  'alpn',
  'close',
  'te',
  'alt-svc',
])

/** A server that takes what App Service takes. */
export function createFrontEnd(listener: RequestListener): Server {
  // "Request headers total size" of Kestrel: https://learn.microsoft.com/dotnet/api/microsoft.aspnetcore.server.kestrel.core.kestrelserverlimits.maxrequestheaderstotalsize
  const server = createServer({ maxHeaderSize: 32 * 1024, keepAliveTimeout: 0, requestTimeout: 0 }, listener)
  server.on('connect', (_request, socket) => {
    // Node hands this socket over without a listener; a client that drops it must not end the process.
    socket.on('error', () => {})
    socket.end('HTTP/1.1 405 Method Not Allowed\r\ncontent-length: 0\r\nconnection: close\r\n\r\n')
  })
  return server
}

/** @returns the headers that YARP passes on, in both of its directions. */
export function withoutHopByHop(rawHeaders: string[]): [name: string, value: string][] {
  const kept: [string, string][] = []
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? ''
    if (!hopByHop.has(name.toLowerCase())) kept.push([name, rawHeaders[index + 1] ?? ''])
  }
  return kept
}

/** Adds what App Service adds to a request: the headers are those that a deployed app sees. */
export function receive(incoming: IncomingMessage, app: { hostname: string; name: string }): HostRequest | Refusal {
  // IIS allows neither: https://learn.microsoft.com/iis/configuration/system.webserver/security/requestfiltering/verbs/
  if (incoming.method === 'TRACE') return { refused: 405 }
  const target = incoming.url ?? '/'
  const url = parseTarget(target)
  if (url === undefined) return { refused: 400 }
  const headers = new Map<string, string[]>()
  for (const [name, value] of withoutHopByHop(incoming.rawHeaders)) {
    // Bytes are read as latin-1, as on Azure: https://github.com/Azure/azure-functions-host/issues/9718
    const known = headers.get(name.toLowerCase())
    if (known === undefined) headers.set(name.toLowerCase(), [value])
    else known.push(value)
  }
  const host = headers.get('host')?.[0]
  if (host === undefined || !isHost(host)) return { refused: 400 }
  // The front end looks for the app by the Host: https://learn.microsoft.com/azure/app-service/app-service-web-tutorial-custom-domain
  if (!isKnownHost(host, [defaultHost, app.hostname])) return { refused: 404 }
  const contentLength = Number(headers.get('content-length')?.[0] ?? 0)
  if (contentLength > maxBodyBytes) return { refused: 413 }
  // YARP joins several cookie headers, since HttpClient would with a comma (RequestUtilities.AddHeader).
  const cookies = headers.get('cookie')
  if (cookies !== undefined) headers.set('cookie', [cookies.join('; ')])
  if (incoming.headers['transfer-encoding'] !== undefined) headers.set('transfer-encoding', ['chunked'])

  const client = clientAddress(incoming)
  const forwardedFor = [...(headers.get('x-forwarded-for') ?? []), client].join(', ')
  const added = {
    'max-forwards': '10',
    'x-arr-log-id': randomUUID(),
    'client-ip': client,
    'disguised-host': host,
    'x-site-deployment-id': app.name,
    'was-default-hostname': app.hostname,
    'x-forwarded-proto': 'https',
    'x-appservice-proto': 'https',
    'x-forwarded-tlsversion': '1.3',
    'x-forwarded-for': forwardedFor,
    'x-original-url': url.encodedPath + url.query,
    // App Service adds the client's own target as `x-waws-unencoded-url`
    // (https://github.com/dotnet/aspnetcore/issues/44461#issuecomment-1279296476). No page says so of the other plans, and
    // the door stands for all of them: without it, what holds here holds on each.
  }
  for (const [name, value] of Object.entries(added)) headers.set(name, [value])
  return { method: incoming.method ?? 'GET', url, host, headers, contentLength }
}

function isHost(host: string): boolean {
  return /^[\w.~:[\]-]+$/.test(host) && URL.canParse(`https://${host}`)
}

// App Service gives the port too: `client-ip: 140.228.48.45:33148`.
function clientAddress(incoming: IncomingMessage): string {
  const { remoteAddress = '127.0.0.1', remotePort = 0 } = incoming.socket
  return remoteAddress.includes(':') ? `[${remoteAddress}]:${remotePort}` : `${remoteAddress}:${remotePort}`
}
