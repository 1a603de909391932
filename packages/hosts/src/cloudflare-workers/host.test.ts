import { readFileSync } from 'node:fs'
import { join } from 'node:path'

import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { bootWorker, eventually, header, text, type BootedWorker } from './testing.ts'

const fixtures = join(import.meta.dirname, '../../../../conformance/fixtures/cloudflare')

function recording(file: string): Record<string, unknown> & { headers: [string, string][] } {
  return JSON.parse(readFileSync(join(fixtures, file), 'utf8'))
}

const source = `
const encoder = new TextEncoder()
let opened = false
const source = {
  gated() {
    let step = 0
    return new ReadableStream({ async pull(controller) {
      step += 1
      if (step === 1) controller.enqueue(encoder.encode('first'))
      else { while (!opened) await scheduler.wait(5); controller.enqueue(encoder.encode('last')); controller.close() }
    } })
  },
  endless() {
    return new ReadableStream({
      async pull(controller) { await scheduler.wait(5); controller.enqueue(encoder.encode('more')) },
    })
  },
  failing() {
    let step = 0
    return new ReadableStream({ async pull(controller) { step += 1; if (step > 1) { await scheduler.wait(50); throw new Error('midway') }; controller.enqueue(encoder.encode('first')) } })
  },
}
const answers = {
  '/cookies': () => {
    const headers = new Headers()
    headers.append('set-cookie', 'a=1; Path=/')
    headers.append('set-cookie', 'b=2, x; Path=/')
    headers.append('x-multi', '1')
    headers.append('x-multi', '2')
    return new Response('ok', { headers })
  },
  '/gated': () => new Response(source.gated()),
  '/open': () => { opened = true; return new Response(null, { status: 204 }) },
  '/endless': (request) => { request.signal.addEventListener('abort', () => console.log('client gone')); return new Response(source.endless()) },
  '/failing': () => new Response(source.failing()),
  '/throw': () => { throw new Error('boom') },
  '/nothing': () => undefined,
  '/logs': () => {
    console.log(JSON.stringify({ level: 'info', message: 'two\\nlines' }))
    console.log('plain %s', 'text')
    console.warn('a warning')
    console.error('an error')
    console.debug('a detail')
    return new Response()
  },
  '/sized': () => new Response(null, { headers: { 'content-length': '15' } }),
  '/latin': () => new Response(null, { headers: { 'x-name': 'caf\\xe9' } }),
  '/timer': async () => { setTimeout(() => { throw new Error('in a timer') }, 1); await scheduler.wait(20); return new Response() },
  '/own': () => new Response('own', { headers: { server: 'mine', date: 'never', connection: 'x', 'x-kept': '1' } }),
  '/late': (request, env, context) => { context.waitUntil(scheduler.wait(50).then(() => console.log('waited until'))); return new Response('early') },
}
export default {
  async fetch(request, env, context) {
    const answer = answers[new URL(request.url).pathname]
    if (answer) return answer(request, env, context)
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

let booted: BootedWorker

beforeAll(async () => {
  booted = await bootWorker(source, {
    // https://developers.cloudflare.com/workers/configuration/compatibility-flags/#enable-requestsignal-for-incoming-requests
    configuration: { vars: { A: '1' }, compatibility_flags: ['enable_request_signal'] },
    env: { EXTRA: 'yes' },
  })
})
afterAll(() => booted[Symbol.asyncDispose]())

async function seen(request: Parameters<BootedWorker['door']['send']>[0]): Promise<Seen> {
  return JSON.parse(text(await booted.door.send(request)))
}

test('the door names the engine', () => {
  expect(booted.door).toMatchObject({
    id: 'cloudflare-workers',
    origin: 'https://shop.example.test',
    runtime: { name: 'workerd', version: '1.20260730.1' },
    front: 'emulated',
  })
})

describe('the request', () => {
  test('has the shape of a recorded one, and what only production adds', async () => {
    const recorded = recording('fetch/recorded_miniflare__get.json')
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
    const expected = Object.fromEntries(recorded.headers)
    expect(Object.fromEntries(got.headers)).toEqual({
      ...expected,
      host: 'shop.example.test',
      'cf-connecting-ip': '127.0.0.1',
      // https://developers.cloudflare.com/fundamentals/reference/http-headers/
      'cf-ipcountry': expect.stringMatching(/^[A-Z]{2}$/),
      'cf-ray': expect.stringMatching(/^[\da-f]{16}-[A-Z]{3}$/),
      'cf-visitor': '{"scheme":"https"}',
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-proto': 'https',
      'x-real-ip': '127.0.0.1',
    })
    expect([got.method, got.body]).toEqual([recorded['method'], recorded['body']])
    expect(got.url).toBe('https://shop.example.test/hello?x=1&x=2&e=&p=a%20b%2Fc')
    expect(got.cf).toMatchObject({ colo: expect.any(String), country: expect.any(String), tlsVersion: 'TLSv1.3' })
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

describe('the answer', () => {
  test('keeps repeated headers apart, as recorded', async () => {
    const recorded = JSON.parse(
      readFileSync(join(fixtures, 'response-observed/recorded_miniflare__two-set-cookie.json'), 'utf8'),
    ) as { status: number; rawHeaders: [string, string][]; body: string }
    const answer = await booted.door.send({ target: '/cookies' })
    for (const name of ['set-cookie', 'content-type', 'x-multi']) {
      expect(header(answer, name)).toEqual(header({ headers: recorded.rawHeaders }, name))
    }
    expect([answer.status, text(answer)]).toEqual([recorded.status, recorded.body])
  })

  test('streams: its first piece is there before the last is made', async () => {
    const exchange = await booted.door.open({ target: '/gated' })
    expect(Buffer.from((await exchange.read()) ?? []).toString()).toBe('first')
    expect((await booted.door.send({ target: '/open' })).status).toBe(204)
    expect(Buffer.from((await exchange.read()) ?? []).toString()).toBe('last')
    expect(await exchange.read()).toBeUndefined()
    expect(exchange.complete).toBe(true)
  })

  test('of an error is what workerd gives, with the recorded status, and the log tells', async () => {
    for (const [target, file] of [
      ['/throw', 'recorded_miniflare__throw.json'],
      ['/nothing', 'recorded_miniflare__no-response.json'],
    ] as const) {
      const recorded = recording(`response-observed/${file}`)
      const answer = await booted.door.send({ target })
      expect([answer.status, text(answer)]).toEqual([recorded['status'], 'Internal Server Error'])
      const [reason] = String(recorded['bodyStartsWith']).split('\n')
      await eventually(() => expect(booted.lines().join('\n')).toContain(reason))
    }
  })

  test('to HEAD keeps the length that the worker gives', async () => {
    expect(header(await booted.door.send({ method: 'HEAD', target: '/sized' }), 'content-length')).toEqual(['15'])
  })

  test('has a header value outside of ASCII as workerd writes it, in UTF-8', async () => {
    expect(header(await booted.door.send({ target: '/latin' }), 'x-name')).toEqual(['caf\xc3\xa9'])
  })

  test('that fails midway ends as workerd ends it, and the log tells', async () => {
    const answer = await booted.door.send({ target: '/failing' })
    expect([answer.status, text(answer)]).toEqual([200, 'first'])
    await eventually(() => expect(booted.lines().join('\n')).toContain('midway'))
  })

  test('has the headers of the edge in place of its own', async () => {
    const answer = await booted.door.send({ target: '/own' })
    expect([header(answer, 'server'), header(answer, 'x-kept')]).toEqual([['cloudflare'], ['1']])
    expect(header(answer, 'date')).toEqual([expect.stringMatching(/ GMT$/)])
    expect(header(answer, 'cf-ray')).toHaveLength(1)
  })

  test('aborts the signal of its request when the client has gone', async () => {
    const exchange = await booted.door.open({ target: '/endless' })
    await exchange.read()
    exchange.destroy()
    await eventually(() => expect(booted.lines()).toContain('client gone'))
  })
})

test('console lines are log entries as they were printed, structured ones are parsed', async () => {
  await booted.door.send({ target: '/logs' })
  await eventually(() =>
    expect(booted.running.logs).toEqual(
      expect.arrayContaining([
        {
          line: '{"level":"info","message":"two\\nlines"}',
          stream: 'stdout',
          fields: { level: 'info', message: 'two\nlines' },
        },
        { line: 'plain text', stream: 'stdout' },
        { line: 'a warning', stream: 'stderr' },
        { line: 'an error', stream: 'stderr' },
        { line: 'a detail', stream: 'stdout' },
      ]),
    ),
  )
})

test('an error outside of a request is logged, without the addresses of the engine', async () => {
  expect((await booted.door.send({ target: '/timer' })).status).toBe(200)
  await eventually(() => expect(booted.lines().join('\n')).toContain('Error: in a timer'))
  expect(booted.lines().filter((line) => line.startsWith('stack:'))).toEqual([])
})

test('waitUntil goes on after the answer', async () => {
  expect(text(await booted.door.send({ target: '/late' }))).toBe('early')
  await eventually(() => expect(booted.lines()).toContain('waited until'))
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
