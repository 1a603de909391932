import { http, type HttpContext } from '@isobar/core'
import { http as register } from '@google-cloud/functions-framework'
import { getTestServer } from '@google-cloud/functions-framework/testing'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { httpFunction } from './index.ts'

/** The vendor's own framework in front of the adapter. */
let server: Server
let origin: string
let handle: (request: Request, context: HttpContext) => Response | Promise<Response>

beforeAll(async () => {
  const it = http('/*', (request, context) => handle(request, context))
  register('http', httpFunction({ target: 'gcf', functions: { it } }))
  server = getTestServer('http').listen(0, '127.0.0.1')
  await once(server, 'listening')
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})

afterAll(() => {
  server.closeAllConnections()
  server.close()
})

function observed(name: string): { status: number; bodyContains?: string; body?: string } {
  const folder = join(import.meta.dirname, '../../../conformance/fixtures/gcp/response-observed')
  return JSON.parse(readFileSync(join(folder, `recorded_functions-framework-nodejs__${name}.json`), 'utf8'))
}

/** Answers with what the handler saw of the body. */
const seen = async (request: Request): Promise<Response> => {
  const { headers } = request
  const described = { encoding: headers.get('content-encoding'), length: headers.get('content-length') }
  return Response.json({ ...described, text: await request.text() })
}

describe('a body', () => {
  test.each([
    ['application/json', '{"a": 1}'],
    ['application/x-www-form-urlencoded', 'a=1&b[c]=2'],
    ['text/plain', 'text'],
    ['application/octet-stream', 'bytes'],
  ])('of the type %s arrives as the client sent it, whatever the framework has made of it (R7)', async (type, body) => {
    handle = seen
    const response = await fetch(origin, { method: 'POST', headers: { 'content-type': type }, body })
    expect(await response.json()).toEqual({ encoding: null, length: String(body.length), text: body })
  })

  test('without a type and length, which no parser takes, is read from the connection', async () => {
    handle = seen
    const body = new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode('chunked'))
        controller.close()
      },
    })
    const init: RequestInit & { duplex: 'half' } = { method: 'POST', body, duplex: 'half' }
    expect(await (await fetch(origin, init)).json()).toEqual({ encoding: null, length: null, text: 'chunked' })
  })

  test('that is compressed arrives inflated and without the headers of the compressed one', async () => {
    handle = seen
    const headers = { 'content-type': 'text/plain', 'content-encoding': 'gzip' }
    const response = await fetch(origin, { method: 'POST', headers, body: gzipSync('zipped') })
    expect(await response.json()).toEqual({ encoding: null, length: null, text: 'zipped' })
  })

  test.each([
    ['malformed-json', '{"a":'],
    ['json-primitive-body', '"x"'],
  ])('%s is refused by the framework, as declared for http.rawBody', async (name, body) => {
    let called = false
    handle = () => {
      called = true
      return new Response()
    }
    const response = await fetch(origin, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
    expect(response.status).toBe(observed(name).status)
    expect(await response.text()).toContain(observed(name).bodyContains)
    expect(called).toBe(false)
  })
})

test('the framework keeps /favicon.ico for itself unless the deploy file sets IGNORED_ROUTES', async () => {
  const response = await fetch(`${origin}/favicon.ico`)
  expect([response.status, await response.text()]).toEqual([observed('favicon').status, observed('favicon').body])
})

test('the id is the one that the platform sends, and the URL is https with the client’s host', async () => {
  handle = (request, context) => Response.json([context.invocation.id, request.url])
  const response = await fetch(`${origin}/a%2Fb?x=1&x=2`, { headers: { 'function-execution-id': 'the-id' } })
  expect(await response.json()).toEqual(['the-id', `${origin.replace('http:', 'https:')}/a%2Fb?x=1&x=2`])
})

test('a handler that throws is our 500, not the framework’s crash, and a line with its severity (S8, C5)', async () => {
  const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true)
  handle = () => Promise.reject(new Error('no'))
  const response = await fetch(origin, { headers: { 'function-execution-id': 'the-id' } })
  expect([response.status, response.headers.get('x-google-status')]).toEqual([500, null])
  expect(await response.json()).toEqual({
    type: 'about:blank',
    title: 'Internal Server Error',
    status: 500,
    instance: 'the-id',
  })
  const lines = write.mock.calls.map(([line]) => String(line))
  write.mockRestore()
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { severity: 'ERROR', invocationId: 'the-id', fault: 'handler' },
  ])
})
