import { describe, expect, test, vi } from 'vitest'

import { http } from '../definitions/http.ts'
import { HttpError } from '../errors.ts'
import { setUp, text, untyped, type Overrides } from '../testing/calls.ts'
import { createApplication, runBuffered } from './run.ts'

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
