import { Agent, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http'
import { pipeline } from 'node:stream'

import { withoutHopByHop, type HostRequest } from './front-end.ts'

// YARP's connections persist, so the library's server does not close one (and lose its answer) when it answers before it has
// read the request. None is used again here: the worker may have ended in between.
const persistent = new Agent({ keepAlive: true, maxFreeSockets: 0 })

/** How a forwarded exchange ended. */
export type Forwarded = 'complete' | 'client-gone' | 'broken'

export interface ForwardOptions {
  httpUri: URL
  invocationId: string
  request: HostRequest
  incoming: IncomingMessage
  response: ServerResponse
  /** Destroys the exchange. */
  signal: AbortSignal
  /** Called for each piece of the answer and each time the client has room again. */
  onActivity(): void
}

/**
 * Hands the client's request to the server that the library runs in the worker, and its answer back to the client, as the host
 * does with YARP: https://github.com/Azure/azure-functions-host/blob/dev/src/WebJobs.Script/Http/DefaultHttpProxyService.cs
 */
export function forward(options: ForwardOptions): Promise<Forwarded> {
  const { request, incoming, response, invocationId, httpUri, signal } = options
  const { promise, resolve } = Promise.withResolvers<Forwarded>()
  const upstream = httpRequest({
    // The library names `localhost`, the loopback preload binds it to IPv4.
    host: '127.0.0.1',
    port: httpUri.port,
    method: request.method,
    path: `${request.url.encodedPath}${request.url.query}`,
    headers: forwardedHeaders(request, incoming, invocationId, httpUri),
    agent: persistent,
    signal,
  })
  upstream.on('response', (answer) => {
    // The load balancer has given up and answered itself.
    if (response.headersSent) {
      answer.resume()
      answer.once('close', () => resolve('complete'))
      return
    }
    // YARP copies headers one by one: repeated ones stay apart.
    response.writeHead(answer.statusCode ?? 502, withoutHopByHop(answer.rawHeaders).flat())
    answer.on('data', options.onActivity)
    response.on('drain', options.onActivity)
    pipeline(answer, response, (error) => {
      if (!error) resolve('complete')
      else resolve(response.destroyed && !answer.destroyed ? 'client-gone' : 'broken')
    })
  })
  upstream.on('error', () => resolve(incoming.destroyed && !incoming.complete ? 'client-gone' : 'broken'))
  response.once('close', () => {
    if (response.writableFinished) return
    upstream.destroy()
    resolve('client-gone')
  })
  pipeline(incoming, upstream, () => {})
  return promise
}

// The default transform of YARP: Host is the destination's, X-Forwarded-* are set, what came under these names goes.
// https://learn.microsoft.com/aspnet/core/fundamentals/servers/yarp/transforms-request#x-forwarded
function forwardedHeaders(
  request: HostRequest,
  incoming: IncomingMessage,
  invocationId: string,
  httpUri: URL,
): string[] {
  const headers: string[] = ['host', httpUri.host]
  const set = {
    'x-forwarded-for': incoming.socket.remoteAddress ?? '127.0.0.1',
    'x-forwarded-host': request.host,
    'x-forwarded-proto': 'https',
    'x-ms-invocation-id': invocationId,
  }
  for (const [name, values] of request.headers) {
    // Node's client takes a Trailer header only for a body that it chunks itself.
    if (name === 'host' || name === 'trailer' || Object.hasOwn(set, name)) continue
    for (const value of values) headers.push(name, value)
  }
  return [...headers, ...Object.entries(set).flat()]
}
