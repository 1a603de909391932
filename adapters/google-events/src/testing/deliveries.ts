import type { Event } from '@isobar/core'
import { readFileSync } from 'node:fs'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { vi } from 'vitest'
import type { Delivery } from '../delivery.ts'
import { createDeliveryHandler } from '../handle.ts'
import type { EventSource } from '../source.ts'

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

/** The CloudEvent of a file in the other mode: its attributes in headers and its data as the body. */
export function inBinary(structured: Uint8Array): Delivery {
  const event: Record<string, unknown> = JSON.parse(Buffer.from(structured).toString())
  const headers = Object.entries(event)
    .filter(([name]) => !['data', 'data_base64', 'datacontenttype'].includes(name))
    .map(([name, value]) => [`ce-${name}`, String(value)])
  const encoded = event['data_base64']
  const body = typeof encoded === 'string' ? Buffer.from(encoded, 'base64') : JSON.stringify(event['data'])
  return delivery(body, { ...Object.fromEntries(headers), 'content-type': 'application/json', host: 'a.run.app' })
}

export function inStructured(body: Uint8Array | object): Delivery {
  return delivery(body, { 'content-type': 'application/cloudevents+json; charset=utf-8', host: 'a.run.app' })
}

/** Runs a delivery through a source; gives the event that the handler got, if it got one, the answer, and what was logged. */
export async function handled(
  source: EventSource,
  define: (handler: (event: Event) => void) => unknown,
  sent: Delivery,
): Promise<{ event: Event | undefined; status: number; log: string }> {
  let event: Event | undefined
  const definition = define((one) => void (event = one))
  const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true)
  const handler = createDeliveryHandler({ target: 'somewhere', name: 'fn' }, { definition, source })
  const status = await handler(sent, { native: {}, env: {} })
  const log = write.mock.calls.map(([line]) => String(line)).join('')
  write.mockRestore()
  return { event, status, log }
}
