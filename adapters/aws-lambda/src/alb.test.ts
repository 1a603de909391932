import { describe, expect, test } from 'vitest'
import { alb, albMultiValue } from './index.ts'
import { albEvent, answer, captureLog, see } from './testing/lambda.ts'

const single = (headers: Record<string, string> = {}, more: Record<string, unknown> = {}): unknown =>
  albEvent({ headers: { host: 'shop.example', ...headers }, queryStringParameters: {}, ...more })

const multi = (headers: Record<string, string[]> = {}, more: Record<string, unknown> = {}): unknown =>
  albEvent({ multiValueHeaders: { host: ['shop.example'], ...headers }, multiValueQueryStringParameters: {}, ...more })

describe('decode', () => {
  test('R4: values and names are used as they are: not decoded, so not encoded either', async () => {
    const multiValueQueryStringParameters = { 'a%20b': ['1%2C2', 'x+y'], u: ['%%URL%%'], flag: [''], c: ['1,2'] }
    const { request } = await see(albMultiValue, multi({}, { multiValueQueryStringParameters }))
    expect(request.url).toBe('http://shop.example/?a%20b=1%2C2&a%20b=x+y&u=%%URL%%&flag&c=1,2')
    const one = await see(alb, single({}, { queryStringParameters: { q: 'caf%C3%A9+au%20lait' } }))
    expect(new URL(one.request.url).searchParams.get('q')).toBe('café au lait')
  })

  test.each(['/a%2Fb', '/b%20', '//evil.example/x', '/%C3%BC/'])('R3: the path %s keeps its bytes', async (path) => {
    expect((await see(alb, single({}, { path }))).request.url).toBe(`http://shop.example${path}`)
  })

  test('R3: a byte beyond ASCII is one of UTF-8', async () => {
    expect((await see(alb, single({}, { path: '/ü' }))).request.url).toBe('http://shop.example/%C3%BC')
  })

  test('R2: scheme and host are the load balancer’s last word; the option origin fixes them', async () => {
    const event = single({ 'x-forwarded-proto': 'http, https' })
    expect((await see(alb, event)).request.url).toBe('https://shop.example/')
    expect((await see(alb, event, { origin: 'https://api.example.com' })).request.url).toBe('https://api.example.com/')
    expect((await see(alb, single({ host: 'a b/c?' }))).request.url).toBe('http://host.invalid/')
  })

  test.each([
    ['198.51.100.1, 203.0.113.7', '203.0.113.7'],
    ['198.51.100.1, 2001:db8::1', '2001:db8::1'],
    ['198.51.100.1:9, 203.0.113.7:4000', '203.0.113.7'],
    ['[2001:db8::1]:4000', '2001:db8::1'],
  ])('R8: of %s the last is the client', async (value, address) => {
    expect((await see(alb, single({ 'x-forwarded-for': value }))).context.client).toEqual({ address })
    const { context } = await see(albMultiValue, multi({ 'x-forwarded-for': ['192.0.2.1', value] }))
    expect(context.client).toEqual({ address })
  })

  test('R8: without the header there is no address (a health check)', async () => {
    const { request, context } = await see(alb, single({ 'user-agent': 'ELB-HealthChecker/2.0' }))
    expect(request.headers.get('user-agent')).toBe('ELB-HealthChecker/2.0')
    expect(context.client).toEqual({})
  })

  test('an event without headers is one of either target group', async () => {
    expect((await see(alb, albEvent({}))).request.url).toBe('http://host.invalid/')
    expect((await see(albMultiValue, albEvent({}))).request.url).toBe('http://host.invalid/')
  })

  test('R6: repeated headers arrive all', async () => {
    const { request } = await see(albMultiValue, multi({ 'x-tag': ['12', '1'], cookie: ['a=1', 'b=2'] }))
    expect(request.headers.get('x-tag')).toBe('12, 1')
    expect(request.headers.get('cookie')).toBe('a=1; b=2')
  })
})

describe('encode', () => {
  test('single-value headers carry one cookie', async () => {
    const result = await answer(alb, single(), () => new Response('ok', { headers: { 'Set-Cookie': 'a=1; Path=/' } }))
    expect(result).toEqual({
      statusCode: 200,
      statusDescription: '200 OK',
      headers: { 'content-type': 'text/plain;charset=UTF-8', 'set-cookie': 'a=1; Path=/' },
      body: 'ok',
      isBase64Encoded: false,
    })
  })

  test('S2: two cookies are refused rather than lost', async () => {
    using log = captureLog()
    const result = await answer(alb, single(), () => {
      const headers = new Headers([
        ['set-cookie', 'a=1'],
        ['set-cookie', 'b=2'],
      ])
      return new Response('ok', { headers })
    })
    expect(result).toMatchObject({ statusCode: 500, statusDescription: '500 Internal Server Error' })
    expect(log.lines()).toMatchObject([
      { level: 'ERROR', fault: 'handler', fields: { error: { message: expect.stringContaining('set 2 cookies') } } },
    ])
    expect(result.headers).toEqual({ 'content-type': 'application/problem+json' })
  })

  test('S6: a refused answer to HEAD has no body either', async () => {
    using _log = captureLog()
    const result = await answer(alb, single({}, { httpMethod: 'HEAD' }), () => {
      const headers = new Headers([
        ['set-cookie', 'a=1'],
        ['set-cookie', 'b=2'],
      ])
      return new Response(null, { headers })
    })
    expect(result).toMatchObject({ statusCode: 500, body: '' })
  })

  test('S2: with multi-value headers two cookies are two values', async () => {
    const result = await answer(albMultiValue, multi(), () => {
      const headers = new Headers([
        ['set-cookie', 'a=1'],
        ['set-cookie', 'b=2'],
      ])
      return new Response(null, { status: 404, headers })
    })
    expect(result).toEqual({
      statusCode: 404,
      statusDescription: '404 Not Found',
      multiValueHeaders: { 'set-cookie': ['a=1', 'b=2'] },
      body: '',
      isBase64Encoded: false,
    })
  })

  test('a status without a phrase has a description all the same', async () => {
    const result = await answer(alb, single(), () => new Response(null, { status: 299 }))
    expect(result.statusDescription).toBe('299 Unknown')
  })
})
