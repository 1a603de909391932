import { readFileSync } from 'node:fs'
import { join } from 'node:path'

import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { bootWorker, text, type BootedWorker } from './testing.ts'

interface Recording {
  method: string
  headers: [name: string, value: string][]
  body: string | null
}

function recording(name: string): Recording {
  const file = join(import.meta.dirname, '../../../../conformance/fixtures/cloudflare/fetch', name)
  return JSON.parse(readFileSync(file, 'utf8'))
}

const source = `export default {
  async fetch(request, env) {
    if (request.headers.has('x-copy')) return new Response(request.body)
    return Response.json({ method: request.method, url: request.url, headers: [...request.headers], body: request.body && await request.text(), cf: request.cf, env })
  },
}`

interface Seen {
  method: string
  url: string
  headers: [string, string][]
  body: string | null
  cf: Record<string, unknown>
  env: Record<string, unknown>
}

/** https://developers.cloudflare.com/fundamentals/reference/http-headers/ */
const added = {
  host: 'shop.example.test',
  'cf-connecting-ip': '127.0.0.1',
  'cf-ipcountry': expect.stringMatching(/^[A-Z]{2}$/),
  'cf-ray': expect.stringMatching(/^[\da-f]{16}-[A-Z]{3}$/),
  'cf-visitor': '{"scheme":"https"}',
  'x-forwarded-for': '127.0.0.1',
  'x-forwarded-proto': 'https',
  'x-real-ip': '127.0.0.1',
}

let booted: BootedWorker

beforeAll(async () => {
  booted = await bootWorker(source, { configuration: { vars: { A: '1' } }, env: { EXTRA: 'yes' } })
})
afterAll(() => booted[Symbol.asyncDispose]())

async function seen(request: Parameters<BootedWorker['door']['send']>[0]): Promise<Seen> {
  return JSON.parse(text(await booted.door.send(request)))
}

describe('the request', () => {
  test('has the shape of a recorded one, and what only production adds', async () => {
    const recorded = recording('recorded_miniflare__get.json')
    const got = await seen({
      target: '/hello?x=1&x=2&e=&p=a%20b%2Fc',
      headers: [
        ['Accept', '*/*'],
        ['Accept-Encoding', 'deflate'],
        ['Cookie', 'a=1'],
        ['Cookie', 'b=2'],
        ['X-Multi', '1'],
        ['X-Multi', '2'],
        ['X-Upper', 'Yes'],
        ['User-Agent', 'curl/7.88.1'],
      ],
    })
    expect(Object.fromEntries(got.headers)).toEqual({ ...Object.fromEntries(recorded.headers), ...added })
    expect([got.method, got.body]).toEqual([recorded.method, recorded.body])
    expect(got.url).toBe('https://shop.example.test/hello?x=1&x=2&e=&p=a%20b%2Fc')
    expect(got.cf).toMatchObject({ colo: expect.any(String), country: expect.any(String), tlsVersion: 'TLSv1.3' })
  })

  test('with a body has the shape of a recorded one', async () => {
    const recorded = recording('recorded_miniflare__post-json.json')
    const got = await seen({
      method: 'POST',
      target: '/post',
      headers: [
        ['Accept', '*/*'],
        ['Content-Type', 'application/json'],
        ['User-Agent', 'curl/7.88.1'],
      ],
      body: '{"a":1}',
    })
    expect(Object.fromEntries(got.headers)).toEqual({ ...Object.fromEntries(recorded.headers), ...added })
    expect([got.method, got.body]).toEqual([recorded.method, recorded.body])
  })

  test('keeps the bytes of path and query', async () => {
    for (const target of ['/a%2Fb/%41%2c%7E?d=1&d&+=%zz&%%', '//evil.example/x', '/100%25/%c3%a9']) {
      expect((await seen({ target })).url).toBe(`https://shop.example.test${target}`)
    }
    expect((await seen({ target: 'http://evil.example/a?b=1' })).url).toBe('https://shop.example.test/a?b=1')
  })

  test("loses what a client forges of Cloudflare's and of miniflare's headers", async () => {
    const { headers } = await seen({
      headers: [
        ['CF-Connecting-IP', '6.6.6.6'],
        ['CF-Worker', 'evil'],
        ['X-Real-IP', '6.6.6.6'],
        ['X-Forwarded-For', '6.6.6.6'],
        ['X-Forwarded-Proto', 'gopher'],
        ['MF-Route-Override', 'evil'],
        ['MF-Original-URL', 'https://evil.example/'],
        ['MF-CF-Blob', '{}'],
        ['Keep-Alive', '5'],
      ],
    })
    const values = Object.fromEntries(headers)
    expect(values).toMatchObject({
      'cf-connecting-ip': '127.0.0.1',
      'x-real-ip': '127.0.0.1',
      'x-forwarded-for': '6.6.6.6, 127.0.0.1',
      'x-forwarded-proto': 'https',
    })
    const names = Object.keys(values).filter((name) => /^(?:mf-.*|cf-worker|connection|keep-alive)$/.test(name))
    expect(names).toEqual([])
  })

  test('keeps its method and its body', async () => {
    expect((await seen({ method: 'PROPFIND' })).method).toBe('PROPFIND')
    expect((await seen({ method: 'POST', body: 'hällo' })).body).toBe('hällo')
    const chunked = {
      headers: [['Transfer-Encoding', 'chunked']] as [string, string][],
      body: '5\r\nhello\r\n0\r\n\r\n',
    }
    expect((await seen({ method: 'POST', ...chunked })).body).toBe('hello')
  })

  test('streams: what is sent first is answered before the rest is sent', async () => {
    const exchange = await booted.door.open({
      method: 'POST',
      headers: [
        ['Transfer-Encoding', 'chunked'],
        ['X-Copy', '1'],
      ],
      body: '5\r\nhello\r\n',
    })
    expect(Buffer.from((await exchange.read()) ?? []).toString()).toBe('hello')
    await exchange.write(Buffer.from('5\r\nworld\r\n0\r\n\r\n'))
    expect(Buffer.from((await exchange.read()) ?? []).toString()).toBe('world')
    expect(await exchange.read()).toBeUndefined()
    expect(exchange.complete).toBe(true)
  })

  test('is served with vars of the configuration and the options', async () => {
    expect((await seen({})).env).toEqual({ A: '1', EXTRA: 'yes' })
  })
})

describe('the edge itself answers', () => {
  test('405 for TRACE and CONNECT, 404 below /cdn-cgi/', async () => {
    expect((await booted.door.send({ method: 'TRACE' })).status).toBe(405)
    expect((await booted.door.send({ method: 'CONNECT', target: 'example.test:443' })).status).toBe(405)
    expect((await booted.door.send({ target: '/cdn-cgi/handler/scheduled' })).status).toBe(404)
    expect((await booted.door.send({ target: '/a/../cdn-cgi/x' })).status).toBe(404)
  })

  test('400 for a host that is none', async () => {
    for (const host of ['a b', 'user@evil.example', 'x:99999', '[::1', '%']) {
      expect((await booted.door.send({ headers: [['Host', host]] })).status).toBe(400)
    }
  })

  test('409 for a name that is not its own, and not for a browser on this machine', async () => {
    expect((await booted.door.send({ headers: [['Host', 'other.example:8080']] })).status).toBe(409)
    expect((await seen({ headers: [['Host', 'localhost:8787']] })).url).toBe('https://localhost:8787/')
  })

  test('413 for a body over 100 MB', async () => {
    const exchange = await booted.door.open({ method: 'POST', headers: [['Content-Length', '100000001']] })
    expect((await exchange.head).status).toBe(413)
    exchange.destroy()
  })
})
