import { describe, expect, test } from 'vitest'
import { httpApi } from './index.ts'
import { answer, captureLog, lambdaContext, application, payload2, payload2With, see } from './testing/lambda.ts'

const origin = 'https://abc123.execute-api.eu-west-1.amazonaws.com'

describe('decode', () => {
  test.each([
    ['/a b', '/a%20b'],
    ['/50%', '/50%25'],
    ['/a?b#c', '/a%3Fb%23c'],
    ['/ü/語', '/%C3%BC/%E8%AA%9E'],
    ['/a%2Fb', '/a%252Fb'],
    ["/!$&'()*+,;=:@-._~", "/!$&'()*+,;=:@-._~"],
    ['//evil.example/x', '//evil.example/x'],
    ['/a\tb\\c', '/a%09b%5Cc'],
  ])('R3: the decoded path %j becomes %j', async (rawPath, path) => {
    const { request } = await see(httpApi, payload2({ rawPath }))
    expect(request.url).toBe(origin + path)
  })

  test.each([
    ['prod', '/prod/orders', '/orders'],
    ['prod', '/prod', '/'],
    ['prod', '/prod/', '/'],
    ['prod', '/product/1', '/product/1'],
    ['prod', '/orders/prod', '/orders/prod'],
    ['$default', '/prod/orders', '/prod/orders'],
  ])('R3: stage %s and path %s give %s', async (stage, rawPath, path) => {
    const { request } = await see(httpApi, payload2({ rawPath }, { stage }))
    expect(new URL(request.url).pathname).toBe(path)
  })

  test.each(['flag', 'a=1&b=2&a=3', 'q=a+b&c=1,2', 'u=%%URL%%', 'x=%zz&y=', 'p=%2F%C3%BC'])(
    'R4: the query %s arrives as it was sent',
    async (rawQueryString) => {
      const { request } = await see(httpApi, payload2({ rawQueryString, queryStringParameters: { a: 'wrong' } }))
      expect(request.url).toBe(`${origin}/?${rawQueryString}`)
    },
  )

  test('R2: the host is the one that the gateway vouches for, unless the target fixes it', async () => {
    const event = payload2({ headers: { host: 'forged.example', 'x-forwarded-host': 'forged.example' } })
    expect((await see(httpApi, event)).request.url).toBe(`${origin}/`)
    const fixed = await see(httpApi, event, { origin: 'https://api.example.com' })
    expect(fixed.request.url).toBe('https://api.example.com/')
  })

  test('R6: the cookies of the array win over a cookie header, joined with a semicolon', async () => {
    const { request } = await see(httpApi, payload2({ cookies: ['a=1', 'b=2'], headers: { Cookie: 'a=1' } }))
    expect(request.headers.get('cookie')).toBe('a=1; b=2')
    const alone = await see(httpApi, payload2({ headers: { cookie: 'c=3' } }))
    expect(alone.request.headers.get('cookie')).toBe('c=3')
  })

  test('R6: a header beyond latin-1 keeps its UTF-8 bytes', async () => {
    const { request } = await see(httpApi, payload2({ headers: { 'cf-ipcity': 'Srīperumbūdūr' } }))
    const bytes = Uint8Array.from(request.headers.get('cf-ipcity') ?? '', (char) => char.charCodeAt(0))
    expect(new TextDecoder().decode(bytes)).toBe('Srīperumbūdūr')
  })

  test('R7: base64 is decoded to bytes, and content-length tells their number', async () => {
    const body = { body: '/wCA', isBase64Encoded: true, headers: { 'content-length': '4' } }
    const seen = await see(httpApi, payload2With('PUT', body))
    expect(seen.body).toEqual(Uint8Array.of(0xff, 0, 0x80))
    expect(seen.request.headers.get('content-length')).toBe('3')
  })

  test('R7: text is UTF-8, and an empty or absent body is null', async () => {
    const text = await see(httpApi, payload2With('POST', { body: 'grüß' }))
    expect(new TextDecoder().decode(text.body ?? undefined)).toBe('grüß')
    expect((await see(httpApi, payload2With('POST', { body: '' }))).body).toBe(null)
    expect((await see(httpApi, payload2With('POST'))).body).toBe(null)
  })

  test('R8: the address is the source of the connection, not a header', async () => {
    const event = payload2({ headers: { 'x-forwarded-for': '198.51.100.1' } })
    expect((await see(httpApi, event)).context.client).toEqual({ address: '203.0.113.7' })
    const http = { method: 'GET', sourceIp: '2001:db8::1' }
    expect((await see(httpApi, payload2({}, { http }))).context.client).toEqual({ address: '2001:db8::1' })
  })
})

describe('encode', () => {
  test('S2, S3: cookies have their own member, other repeated headers are combined', async () => {
    const expires = 'a=1; Expires=Wed, 21 Oct 2026 07:28:00 GMT'
    const result = await answer(httpApi, payload2(), () => {
      const headers = new Headers([
        ['set-cookie', expires],
        ['vary', 'accept'],
        ['set-cookie', 'b=2'],
        ['vary', 'origin'],
      ])
      return new Response('hi', { status: 201, headers })
    })
    expect(result).toEqual({
      statusCode: 201,
      headers: { 'content-type': 'text/plain;charset=UTF-8', vary: 'accept, origin' },
      cookies: [expires, 'b=2'],
      body: 'hi',
      isBase64Encoded: false,
    })
  })

  test('an answer without cookies has no cookies member', async () => {
    expect(await answer(httpApi, payload2(), () => new Response(null, { status: 204 }))).toEqual({
      statusCode: 204,
      headers: {},
      body: '',
      isBase64Encoded: false,
    })
  })

  test.each([
    ['text under a binary type', new TextEncoder().encode('{"ü":1}'), {}, '{"ü":1}', false],
    ['a byte order mark', Uint8Array.of(0xef, 0xbb, 0xbf, 0x61), {}, '\uFEFFa', false],
    ['bytes under a text type', Uint8Array.of(0xff, 0xfe), { 'content-type': 'text/plain' }, '//4=', true],
    ['zeros, which JSON would write six times as long', new Uint8Array(3), {}, 'AAAA', true],
    [
      'text with every control that texts have',
      new TextEncoder().encode('\t\r\n\f\u001b[1m'),
      {},
      '\t\r\n\f\u001b[1m',
      false,
    ],
    ['a surrogate half', Uint8Array.of(0xed, 0xa0, 0x80), {}, '7aCA', true],
    [
      'text with an encoding nobody has listed',
      new TextEncoder().encode('zstd'),
      { 'content-encoding': 'zstd' },
      'enN0ZA==',
      true,
    ],
  ])('S4: %s', async (_, bytes, headers, body, isBase64Encoded) => {
    const result = await answer(httpApi, payload2(), () => new Response(bytes, { headers }))
    expect(result).toMatchObject({ body, isBase64Encoded })
  })

  test('S13: what Node’s fetch has decoded is not called encoded', async () => {
    const fetched = new Response('plain', { headers: { 'content-encoding': 'gzip', 'x-a': '1' } })
    Object.defineProperty(fetched, 'url', { value: 'https://origin.example/' })
    const result = await answer(httpApi, payload2(), () => fetched)
    expect(result).toMatchObject({ body: 'plain', isBase64Encoded: false })
    expect(result.headers).toEqual({ 'content-type': 'text/plain;charset=UTF-8', 'x-a': '1' })
  })

  test('S6: HEAD has the headers and no body', async () => {
    const result = await answer(httpApi, payload2With('HEAD'), () => new Response('hi', { headers: { 'x-a': '1' } }))
    expect(result).toMatchObject({ statusCode: 200, headers: { 'x-a': '1' }, body: '', isBase64Encoded: false })
  })

  test('S8: a handler that throws is a problem with the request id, and nothing else', async () => {
    using log = captureLog()
    const result = await answer(httpApi, payload2(), () => {
      throw new Error('secret')
    })
    expect(result).toEqual({
      statusCode: 500,
      headers: { 'content-type': 'application/problem+json' },
      body: '{"type":"about:blank","title":"Internal Server Error","status":500,"instance":"8476a536-e9f4-11e8-9739-2dfe598c3fcd"}',
      isBase64Encoded: false,
    })
    expect(log.lines()).toMatchObject([{ fault: 'handler', fields: { error: { message: 'secret' } } }])
  })
})

test('C1: the answer waits for the work that was given to waitUntil', async () => {
  let done = false
  const handler = httpApi(
    application((_, context) => {
      context.waitUntil(new Promise<void>((resolve) => setImmediate(() => resolve(void (done = true)))))
      return new Response()
    }),
  )
  await handler(payload2(), lambdaContext())
  expect(done).toBe(true)
})

test('RIC refuses three parameters on Node 24', () => {
  expect(httpApi(application(() => new Response())).length).toBeLessThanOrEqual(2)
})
