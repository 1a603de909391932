import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { connect, type AddressInfo, type Socket } from 'node:net'
import type { HttpContext } from '../context.ts'
import { http } from '../definitions/http.ts'
import { serveNodeExchange } from '../adapter/node-http.ts'
import { createApplication, run } from '../adapter/run.ts'

export type Handler = (request: Request, context: HttpContext) => Response | Promise<Response>

/** What a test has open: its server, the lines that it logged, the clients' sockets. */
export const open: { server?: Server; lines: string[]; sockets: Socket[] } = { lines: [], sockets: [] }

export async function closeAll(): Promise<void> {
  for (const socket of open.sockets.splice(0)) socket.destroy()
  open.server?.closeAllConnections()
  await new Promise((resolve) => open.server?.close(resolve))
  open.lines.length = 0
}

/** Serves one handler on loopback; gives the port. */
export async function serve(handler: Handler, origin?: string): Promise<number> {
  const app = createApplication({
    target: 'test',
    functions: { it: http('/*', handler) },
    ...(origin !== undefined && { origin }),
  })
  const sink = { write: (line: string) => void open.lines.push(line) }
  open.server = createServer({ requireHostHeader: false }, (request, response) => {
    const call = { id: 'inv-1', native: {}, env: {}, client: {}, sink }
    void serveNodeExchange(request, response, app.origin, (parts) => run(app, { ...call, request: parts }))
  })
  open.server.keepAliveTimeout = 0
  open.server.listen(0, '127.0.0.1')
  await once(open.server, 'listening')
  return (open.server.address() as AddressInfo).port
}

/** A connection that is written to and read from as it stands. */
export function raw(port: number): {
  socket: Socket
  received: () => string
  until: (text: string) => Promise<string>
  closed: Promise<unknown>
} {
  const socket = connect(port, '127.0.0.1')
  open.sockets.push(socket)
  let text = ''
  socket.on('data', (chunk) => (text += chunk.toString('latin1')))
  socket.on('error', () => undefined)
  const closed = once(socket, 'close')
  const until = async (wanted: string): Promise<string> => {
    while (!text.includes(wanted)) await once(socket, 'data')
    return text
  }
  return { socket, received: () => text, until, closed }
}

export async function send(port: number, text: string): Promise<string> {
  const { socket, closed, received } = raw(port)
  socket.write(text, 'latin1')
  await closed
  return received()
}

export function chunks(...texts: string[]): ReadableStream<Uint8Array> {
  const list = texts.map((text) => new TextEncoder().encode(text))
  return new ReadableStream({
    // Each in a turn of its own, as from a network.
    async pull(controller) {
      await new Promise((resolve) => setImmediate(resolve))
      const chunk = list.shift()
      if (chunk) controller.enqueue(chunk)
      else controller.close()
    },
  })
}

export const get = (path: string, ...headers: string[]): string =>
  [`GET ${path} HTTP/1.1`, 'host: shop.example', 'connection: close', ...headers, '', ''].join('\r\n')

/** What a figure is when it has stopped to change. */
export async function standstill(figure: () => number): Promise<number> {
  for (let before = -1; before !== figure() || before <= 0; await nextTurns(200)) before = figure()
  return figure()
}

export async function nextTurns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve))
}
