import { describe, expect, test, vi } from 'vitest'

import { http, type HttpDefinition } from '../definition.ts'
import { HttpError } from '../errors.ts'
import { createApplication, run, runBuffered } from './run.ts'
import type { Answer, HttpCall, RequestParts } from './types.ts'

interface Overrides extends Partial<Omit<HttpCall, 'request'>> {
  method?: string
  target?: string
  headers?: [string, string][]
  body?: RequestParts['body']
}

function setUp(...definitions: HttpDefinition[]): {
  lines: Record<string, unknown>[]
  call(overrides?: Overrides): HttpCall
  app: ReturnType<typeof createApplication>
} {
  const lines: Record<string, unknown>[] = []
  const functions = Object.fromEntries(definitions.map((definition, index) => [`f${index}`, definition]))
  return {
    lines,
    app: createApplication({ target: 'somewhere', functions }),
    call: ({ method = 'GET', target = '/', headers = [], body = null, ...rest } = {}) => ({
      id: 'id-1',
      request: { method, url: `https://a.example${target}`, headers, body },
      native: {},
      env: {},
      client: {},
      sink: { write: (line) => lines.push(JSON.parse(line) as Record<string, unknown>) },
      ...rest,
    }),
  }
}

/** A handler in plain JavaScript, which may return anything. */
const untyped = (returned: unknown): HttpDefinition => http('/', () => returned as never)

const text = (body: Uint8Array | null): string | null => body && new TextDecoder().decode(body)

async function collect(body: Uint8Array | ReadableStream<Uint8Array> | null): Promise<string> {
  if (body === null || body instanceof Uint8Array) return text(body) ?? ''
  let all = ''
  for await (const chunk of body) all += new TextDecoder().decode(chunk)
  return all
}

describe('errors (S8)', () => {
  const body = '{"type":"about:blank","title":"Internal Server Error","status":500,"instance":"id-1"}'
  test.each([
    ['an Error', new Error('secret')],
    ['a string', 'secret'],
    ['undefined', undefined],
    ['null', null],
  ])('%s thrown is a 500 that tells nothing, and is logged as a fault', async (_, thrown) => {
    const { app, call, lines } = setUp(http('/', () => { throw thrown })) // prettier-ignore
    const { answer } = await runBuffered(app, call())
    expect([answer.status, text(answer.body), answer.headers]).toEqual([
      500,
      body,
      [['content-type', 'application/problem+json']],
    ])
    expect(lines).toMatchObject([{ level: 'ERROR', fault: 'handler', invocationId: 'id-1' }])
  })

  test.each([undefined, null, 'text', {}, Response.error()])('returning %o is a 500', async (value) => {
    const { app, call } = setUp(untyped(value))
    expect(text((await runBuffered(app, call())).answer.body)).toBe(body)
  })

  test('an HttpError is its status and detail; only a 5xx is a fault', async () => {
    const { app, call, lines } = setUp(http('/', () => { throw new HttpError(429, 'Slow down.', { headers: { 'Retry-After': '3' } }) })) // prettier-ignore
    const { answer } = await runBuffered(app, call())
    expect(text(answer.body)).toBe(
      '{"type":"about:blank","title":"Too Many Requests","status":429,"detail":"Slow down.","instance":"id-1"}',
    )
    expect(answer.headers).toContainEqual(['retry-after', '3'])
    expect(lines).toEqual([])
  })

  test('the headers of an HttpError keep the rules of every answer, and one that cannot be sent is left out', async () => {
    const headers = {
      'X-Split': 'a\r\nset-cookie: evil=1',
      'x-wide': '\u012b',
      Connection: 'close',
      'transfer-encoding': 'chunked',
      'content-length': '3',
      'content-type': 'text/html',
      'content-encoding': 'gzip',
      'Set-Cookie': 'a=1; Expires=Wed, 21 Oct 2015 07:28:00 GMT',
      'Retry-After': '3',
    }
    const { app, call } = setUp(http('/', () => { throw new HttpError(503, 'Later.', { headers }) })) // prettier-ignore
    const { answer } = await runBuffered(app, call())
    expect([answer.status, answer.headers, answer.cookies]).toEqual([
      503,
      [
        ['retry-after', '3'],
        ['content-type', 'application/problem+json'],
      ],
      ['a=1; Expires=Wed, 21 Oct 2015 07:28:00 GMT'],
    ])
  })

  test.each([
    { 'isobar.http-error': true },
    { 'isobar.http-error': true, status: 'abc', headers: null, detail: {} },
    { 'isobar.http-error': true, status: 200, headers: {}, detail: undefined },
    new Proxy({}, { has() { throw new Error('trap') } }), // prettier-ignore
  ])('what only looks like an HttpError is a 500', async (thrown) => {
    const { app, call } = setUp(http('/', () => { throw thrown })) // prettier-ignore
    expect(text((await runBuffered(app, call())).answer.body)).toBe(body)
  })

  test('a body that fails midway is a 500 where the answer is buffered', async () => {
    const failing = (): Response => new Response(new ReadableStream({ pull: () => Promise.reject(new Error('disk')) }))
    const { app, call, lines } = setUp(http('/', failing))
    const { answer } = await runBuffered(app, call())
    expect(text(answer.body)).toBe(body)
    expect(lines).toMatchObject([{ fields: { error: { message: 'disk' } } }])
  })
})

describe('the request', () => {
  const echo = http('/*', async (request) =>
    Response.json({
      method: request.method,
      url: request.url,
      headers: [...request.headers],
      body: request.body && (await request.text()),
    }),
  )
  async function seen(
    overrides: Overrides,
  ): Promise<{ method: string; headers: [string, string][]; body: string | null }> {
    const { app, call } = setUp(echo)
    return JSON.parse(text((await runBuffered(app, call(overrides))).answer.body) ?? '') as Awaited<
      ReturnType<typeof seen>
    >
  }

  test('repeated headers are joined, cookies with a semicolon; hop-by-hop and pseudo headers are gone (R6)', async () => {
    const headers: [string, string][] = [
      ['X-A', '1'], ['x-a', '12'], ['Cookie', 'a=1'], ['cookie', 'b=2'], ['Connection', 'close, X-Hop'], ['x-hop', 'y'],
      ['TE', 'trailers'], [':path', '/'], ['Keep-Alive', '5'],
    ] // prettier-ignore
    expect((await seen({ headers })).headers).toEqual([
      ['cookie', 'a=1; b=2'],
      ['x-a', '1, 12'],
    ])
  })

  test('characters over latin-1 become the bytes they were; what cannot be held is dropped and logged (R6)', async () => {
    const { app, call, lines } = setUp(echo)
    const headers: [string, string][] = [
      ['x-city', 'Sr\u012bper'],
      ['x-bad', 'a\nb'],
      ['bad name', 'x'],
    ]
    const { answer } = await runBuffered(app, call({ headers }))
    expect(JSON.parse(text(answer.body) ?? '').headers).toEqual([['x-city', 'Sr\u00c4\u00abper']])
    expect(lines).toMatchObject([{ level: 'WARN', fields: { dropped: ['x-bad', 'bad name'] } }])
  })

  test('a GET with a body loses it and its length, no body is null, a standard method is upper-case (R1, R7)', async () => {
    const bytes = new TextEncoder().encode('x')
    expect(await seen({ method: 'get', body: bytes, headers: [['content-length', '1']] })).toMatchObject({
      method: 'GET',
      headers: [],
      body: null,
    })
    expect(await seen({ method: 'POST', body: new Uint8Array(0) })).toMatchObject({ body: null })
    expect(await seen({ method: 'PURGE' })).toMatchObject({ method: 'PURGE' })
    expect(await seen({ method: 'post', body: bytes, headers: [['content-length', '99']] })).toMatchObject({
      method: 'POST',
      body: 'x',
      headers: [['content-length', '1']],
    })
  })

  test.each(['TRACE', 'CONNECT'])('%s is 405 (R1)', async (method) => {
    const { app, call } = setUp(http('GET /a', () => new Response()))
    const { answer } = await runBuffered(app, call({ method, target: '/a' }))
    expect([answer.status, answer.headers]).toEqual([
      405,
      [
        ['allow', 'GET, HEAD'],
        ['content-type', 'application/problem+json'],
      ],
    ])
  })

  test('maxBodyBytes: known length is refused before the handler, unknown at the limit (R9)', async () => {
    const handler = vi.fn(async (request: Request) => new Response(await request.text()))
    const { app, call } = setUp(http({ route: '/', maxBodyBytes: 4 }, handler))
    const status = async (overrides: Overrides): Promise<number> =>
      (await runBuffered(app, call({ method: 'POST', ...overrides }))).answer.status
    expect(await status({ body: new Uint8Array(5) })).toBe(413)
    expect(await status({ body: new Blob(['12345']).stream(), headers: [['content-length', '5']] })).toBe(413)
    expect(handler).not.toHaveBeenCalled()
    expect(await status({ body: new Blob(['12345']).stream() })).toBe(413)
    expect(await status({ body: new Blob(['1234']).stream() })).toBe(200)
    expect(await status({ body: new Uint8Array(4) })).toBe(200)
  })
})

describe('the answer', () => {
  async function answered(
    response: HttpDefinition | (() => Response),
    method = 'GET',
    rest: Overrides = {},
  ): Promise<Answer<Uint8Array | ReadableStream<Uint8Array>>> {
    const { app, call } = setUp(typeof response === 'function' ? http('/', response) : response)
    return (await run(app, call({ method, ...rest }))).answer
  }

  test('cookies stay apart and whole, connection headers go, a type is given (S2, S7, S14)', async () => {
    const headers = new Headers([['Set-Cookie', 'a=1; Expires=Wed, 21 Oct 2026 07:28:00 GMT'], ['set-cookie', 'b=c=d'], ['Connection', 'close'], ['Transfer-Encoding', 'chunked'], ['date', 'Wed, 21 Oct 2026 07:28:00 GMT']]) // prettier-ignore
    const answer = await answered(() => new Response(new Uint8Array([1]), { headers }))
    expect(answer.cookies).toEqual(['a=1; Expires=Wed, 21 Oct 2026 07:28:00 GMT', 'b=c=d'])
    expect(answer.headers).toEqual([
      ['date', 'Wed, 21 Oct 2026 07:28:00 GMT'],
      ['content-type', 'application/octet-stream'],
    ])
  })

  test('HEAD keeps the headers, cancels the body and never pumps it (S6)', async () => {
    const cancel = vi.fn()
    const pull = vi.fn()
    const body = new ReadableStream({ pull, cancel }, { highWaterMark: 0 })
    const answer = await answered(
      () => new Response(body, { headers: { 'content-length': '7', 'content-type': 'a/b' } }),
      'HEAD',
    )
    expect(answer).toMatchObject({
      body: null,
      headers: [
        ['content-length', '7'],
        ['content-type', 'a/b'],
      ],
    })
    expect([cancel.mock.calls.length, pull.mock.calls.length]).toEqual([1, 0])
  })

  test.each([204, 205, 304])('%i has no body and no length, also from a foreign Response (S5)', async (status) => {
    const foreign = {
      status,
      headers: new Headers({ 'content-length': '3', 'x-a': '1' }),
      body: new Blob(['abc']).stream(),
      arrayBuffer: () => Promise.resolve(new ArrayBuffer(3)),
    }
    const answer = await answered(untyped(foreign))
    expect(answer).toMatchObject({ status, body: null, headers: [['x-a', '1']] })
  })

  test('a wrong content-length of a short body is taken away, of a long one it breaks the body (S7)', async () => {
    const short = await answered(() => new Response('hello', { headers: { 'content-length': '99' } }))
    expect(short.headers.some(([name]) => name === 'content-length')).toBe(false)
    expect(await collect(short.body)).toBe('hello')
    const chunks = (...parts: string[]): ReadableStream => {
      const rest = parts.map((part) => new TextEncoder().encode(part))
      return new ReadableStream({
        pull(controller) {
          const next = rest.shift()
          if (next) controller.enqueue(next)
          else controller.close()
        },
      })
    }
    const right = await answered(() => new Response(chunks('ab', 'cd'), { headers: { 'content-length': '4' } }))
    expect(right.headers).toContainEqual(['content-length', '4'])
    expect(await collect(right.body)).toBe('abcd')
    for (const wrong of ['3', '9']) {
      const answer = await answered(() => new Response(chunks('ab', 'cd'), { headers: { 'content-length': wrong } }))
      await expect(collect(answer.body)).rejects.toThrow(/content-length/)
    }
  })

  const fetched = (body: BodyInit, headers: Record<string, string>): Response => {
    const response = new Response(body, { headers })
    return Object.defineProperty(response, 'url', { value: 'https://upstream.example/' })
  }

  test('what fetch cannot decode keeps its content-encoding (S13)', async () => {
    for (const [coding, kept] of [
      ['x-own', true],
      ['gzip, x-own', true],
      ['gzip, br', false],
    ] as const) {
      // prettier-ignore
      const answer = await answered(() => fetched('bytes', { 'content-encoding': coding }), 'GET', {
        fetchDecodes: true,
      })
      expect(answer.headers.some(([name]) => name === 'content-encoding')).toBe(kept)
    }
  })

  test('what is passed on from fetch keeps the rules of headers too (S7, S14)', async () => {
    const bytes = new Uint8Array([1])
    const wrong = await answered(() => fetched(bytes, { 'keep-alive': 'x', 'x-own': '1' }))
    expect([...(wrong.untouched?.headers ?? [])]).toEqual([
      ['content-type', 'application/octet-stream'],
      ['x-own', '1'],
    ])
    const right = fetched(bytes, { 'content-type': 'image/png' })
    expect((await answered(() => right)).untouched).toBe(right)
  })

  test('what fetch decoded loses its content-encoding and length, what the handler encoded keeps it (S13)', async () => {
    const fetched = Object.defineProperty(
      new Response('plain', { headers: { 'content-encoding': 'gzip', 'content-length': '3' } }),
      'url',
      { value: 'https://origin.example/' },
    )
    const answer = await answered(() => fetched, 'GET', { fetchDecodes: true })
    expect(answer.headers.map(([name]) => name)).toEqual(['content-type'])
    const own = await answered(() => new Response('zip', { headers: { 'content-encoding': 'gzip' } }), 'GET', {
      fetchDecodes: true,
    })
    expect(own.headers).toContainEqual(['content-encoding', 'gzip'])
  })
})

describe('deadline and waitUntil', () => {
  test('the signal aborts ahead of the 504, and the handler is let go (C2)', async () => {
    const order: string[] = []
    const { app, call, lines } = setUp(
      http({ route: '/', timeoutMs: 200 }, async (_, context) => {
        const left = context.remainingMs() ?? 0
        order.push(left > 100 && left <= 200 ? 'counts down' : `wrong: ${left}`)
        context.signal.addEventListener('abort', () => order.push(context.signal.reason.name))
        await new Promise((resolve) => setTimeout(resolve, 400))
        return new Response('late')
      }),
    )
    const { answer } = await runBuffered(app, call())
    order.push(String(answer.status))
    expect(order).toEqual(['counts down', 'TimeoutError', '504'])
    expect(text(answer.body)).toBe('{"type":"about:blank","title":"Gateway Timeout","status":504,"instance":"id-1"}')
    expect(lines).toMatchObject([{ fault: 'deadline' }])
  })

  test('a stream that comes after the 504 is cancelled, so that its source does not wait for ever (C2)', async () => {
    const cancel = vi.fn()
    const late = Promise.withResolvers<void>()
    const { app, call } = setUp(
      http({ route: '/', timeoutMs: 50 }, async () => {
        await late.promise
        return new Response(new ReadableStream({ cancel }))
      }),
    )
    expect((await run(app, call())).answer.status).toBe(504)
    late.resolve()
    await vi.waitFor(() => expect(cancel).toHaveBeenCalledOnce())
  })

  test('no deadline: remainingMs is undefined; the lesser of two counts', async () => {
    const left: (number | undefined)[] = []
    const { app, call } = setUp(http('/', (_, context) => (left.push(context.remainingMs()), new Response())), http({ route: '/t', timeoutMs: 500 }, (_, context) => (left.push(context.remainingMs()), new Response()))) // prettier-ignore
    await runBuffered(app, call())
    await runBuffered(app, call({ target: '/t', deadline: Date.now() + 60_000 }))
    await runBuffered(app, call({ target: '/t', deadline: Date.now() + 100 }))
    expect(left[0]).toBeUndefined()
    expect(left[1]).toBeLessThanOrEqual(500)
    expect(left[2]).toBeLessThanOrEqual(100)
  })

  test('settle waits for work, also for work given late; a rejection is logged and changes nothing (C1)', async () => {
    const done: string[] = []
    const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
    const { app, call, lines } = setUp(
      http('/', (_, { waitUntil }) => {
        waitUntil(wait(20).then(() => (done.push('first'), waitUntil(wait(20).then(() => done.push('second'))))))
        waitUntil(Promise.reject(new Error('mail')))
        waitUntil('no promise')
        return new Response('ok')
      }),
    )
    const { answer, settle } = await runBuffered(app, call())
    expect([answer.status, done]).toEqual([200, []])
    await settle()
    expect(done).toEqual(['first', 'second'])
    expect(lines).toMatchObject([{ level: 'ERROR', fields: { error: { message: 'mail' } } }])
  })

  test('work is cut at the margin and logged (C1)', async () => {
    const { app, call, lines } = setUp(http('/', (_, { waitUntil }) => (waitUntil(new Promise(() => {})), new Response()))) // prettier-ignore
    const { settle } = await runBuffered(app, call({ deadline: Date.now() + 100 }))
    await settle()
    expect(lines).toMatchObject([{ level: 'ERROR', fields: { cut: 1 } }])
  })

  test('nothing to wait for: settle is synchronous', async () => {
    const { app, call } = setUp(http('/', () => new Response()))
    expect((await runBuffered(app, call())).settle()).toBeUndefined()
  })
})

test.each([
  ['00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more', undefined],
  ['00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01more', undefined],
  ['01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more', '0af7651916cd43dd8448eb211c80319c'],
  ['ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', undefined],
])('the traceparent %s is of the trace %s (C6)', async (traceparent, traceId) => {
  const seen: (string | undefined)[] = []
  const { app, call } = setUp(http('/', (_, context) => (seen.push(context.trace?.traceId), new Response())))
  await runBuffered(app, call({ traceparent }))
  expect(seen).toEqual([traceId])
})

test('ids: the platform’s, else the trace id, else a UUID; a malformed traceparent is none (C6)', async () => {
  const ids: unknown[] = []
  const { app, call } = setUp(http('/', (_, { invocation, trace }) => (ids.push([invocation.id, trace?.spanId]), new Response()))) // prettier-ignore
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
  await runBuffered(app, call({ headers: [['Traceparent', traceparent]] }))
  await runBuffered(app, call({ id: undefined, headers: [['traceparent', traceparent]] }))
  await runBuffered(
    app,
    call({ id: undefined, headers: [['traceparent', '00-00000000000000000000000000000000-b7ad6b7169203331-01']] }),
  )
  expect(ids).toEqual([
    ['id-1', 'b7ad6b7169203331'],
    ['0af7651916cd43dd8448eb211c80319c', 'b7ad6b7169203331'],
    [expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-4/), undefined],
  ])
})

test('a framework’s app is a function as it is, with the context as second and third argument', async () => {
  const fetch = vi.fn((..._: unknown[]) => new Response('app'))
  const app = createApplication({ target: 't', functions: { app: { fetch } } })
  const { call } = setUp()
  expect(text((await runBuffered(app, call({ method: 'PURGE', target: '/any/where' }))).answer.body)).toBe('app')
  const [, second, third] = fetch.mock.calls[0] ?? []
  expect(second).toBe(third)
  expect(second).toMatchObject({ waitUntil: expect.any(Function), params: { 0: 'any/where' } })
})
