import { readFileSync } from 'node:fs'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { Delivery } from '../delivery.ts'

/** The bytes of a recorded payload. */
export function fixture(path: string): Uint8Array {
  return readFileSync(join(import.meta.dirname, '../../../../conformance/fixtures/gcp', path))
}

export function delivery(body: Uint8Array | string | object, headers: Record<string, string> = {}): Delivery {
  const bytes =
    body instanceof Uint8Array ? body : new TextEncoder().encode(typeof body === 'string' ? body : JSON.stringify(body))
  return { headers, body: bytes, now: Date.parse('2026-01-02T03:04:05Z') }
}

export interface Received {
  method: string | undefined
  url: string | undefined
  headers: IncomingHttpHeaders
  body: string
}

/** A server in the place of one of Google's, which answers as it is told. */
export async function startStandIn(
  answer: (received: Received) => { status: number; body: string; headers?: Record<string, string> },
): Promise<{ host: string; received: Received[]; close: () => void }> {
  const received: Received[] = []
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    const one = { method: request.method, url: request.url, headers: request.headers, body }
    received.push(one)
    const { status, body: text, headers } = answer(one)
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(text)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const close = (): void => {
    server.closeAllConnections()
    server.close()
  }
  return { host: `127.0.0.1:${(server.address() as AddressInfo).port}`, received, close }
}
