import { describe, expect, test } from 'vitest'
import { restApi } from './index.ts'
import { answer, payload1, see } from './testing/lambda.ts'

const origin = 'https://abc123.execute-api.eu-west-1.amazonaws.com'

/** At a custom domain the context's path has no stage in front. */
function mapped(path: string, resource: string, pathParameters: Record<string, string> | null): unknown {
  return payload1({ path, resource, pathParameters }, { domainName: 'api.example.com', path })
}

describe('decode', () => {
  test.each(['/a%2Fb/c%25', '//evil.example/x', '/a/b%20', '/%C3%BC'])(
    'R3: the path %s keeps its bytes',
    async (path) => {
      const { request } = await see(restApi, payload1({ path }, { path: `/prod${path}` }))
      expect(request.url).toBe(origin + path)
    },
  )

  test('R4, R5: malformed escapes are answered, not thrown', async () => {
    const path = '/%zz'
    const event = payload1({ path, multiValueQueryStringParameters: { '%%': ['%zz'] } }, { path: `/prod${path}` })
    expect(await answer(restApi, event, () => new Response())).toMatchObject({ statusCode: 400 })
  })

  test.each([
    ['/v1/orders/1', '/{proxy+}', { proxy: 'orders/1' }, '/orders/1'],
    ['/v1/orders/', '/{proxy+}', { proxy: 'orders' }, '/orders/'],
    ['/shop/v1/a%20b', '/{proxy+}', { proxy: 'a b' }, '/a%20b'],
    ['/shop/v1/a%20b', '/{proxy+}', { proxy: 'a%20b' }, '/a%20b'],
    ['/v1', '/', null, '/'],
    ['/v1/', '/', null, '/'],
    ['/v1/orders/7', '/orders/{id}', { id: '7' }, '/orders/7'],
    // Nothing in front of the resource, and nothing that only looks like it.
    ['/orders/1', '/{proxy+}', { proxy: 'orders/1' }, '/orders/1'],
    ['/orders/1', '/{proxy+}', null, '/orders/1'],
    ['/orders/1', '/{proxy+}', { proxy: 'ders/1' }, '/orders/1'],
  ])('R3: behind a custom domain %s of %s is %s', async (path, resource, parameters, expected) => {
    const { request } = await see(restApi, mapped(path, resource, parameters))
    expect(request.url).toBe(`https://api.example.com${expected}`)
  })

  test('R3: on its own domain an API has no base path, whatever the parameters say', async () => {
    const event = payload1({ path: '/v1/x', pathParameters: { proxy: 'x' } }, { path: '/prod/v1/x' })
    expect((await see(restApi, event)).request.url).toBe(`${origin}/v1/x`)
  })

  test('R4: the multi-value map wins, and its pairs are encoded once', async () => {
    const event = payload1({
      queryStringParameters: { a: '2', b: 'x' },
      multiValueQueryStringParameters: { a: ['1', '12', '2'], b: ['x&y=z', '100%', 'ü +'], flag: [''] },
    })
    const { request } = await see(restApi, event)
    expect([...new URL(request.url).searchParams]).toEqual([
      ['a', '1'],
      ['a', '12'],
      ['a', '2'],
      ['b', 'x&y=z'],
      ['b', '100%'],
      ['b', 'ü +'],
      ['flag', ''],
    ])
    expect(request.url).toMatch(/&flag$/)
  })

  test('R4: the single-value map is read where it is the only one', async () => {
    const { request } = await see(restApi, payload1({ queryStringParameters: { 'a b': '1' } }))
    expect(request.url).toBe(`${origin}/?a%20b=1`)
  })

  test('R6: values that contain each other all arrive, under any case of the name', async () => {
    const event = payload1({
      headers: { 'X-Tag': '1', Cookie: 'b=2' },
      multiValueHeaders: { 'X-Tag': ['12', '1'], Cookie: ['a=1', 'b=2'] },
    })
    const { request } = await see(restApi, event)
    expect(request.headers.get('x-tag')).toBe('12, 1')
    expect(request.headers.get('cookie')).toBe('a=1; b=2')
  })

  test('R2, R6, R8: the console sends null for every map, and a placeholder for the address', async () => {
    const event = payload1(
      {},
      { domainName: 'testPrefix.testDomainName', identity: { sourceIp: 'test-invoke-source-ip' } },
    )
    const { request, context } = await see(restApi, event)
    expect(request.url).toBe('https://testprefix.testdomainname/')
    expect([...request.headers]).toEqual([])
    expect(context.client).toEqual({})
  })

  test('R2: without a domain name the host is the sentinel', async () => {
    const event = payload1({ headers: { Host: 'forged.example' } }, { domainName: undefined })
    expect((await see(restApi, event)).request.url).toBe('https://host.invalid/')
  })
})

describe('encode', () => {
  test('S2: there are only multi-value headers, and no cookies member', async () => {
    const result = await answer(restApi, payload1(), () => {
      const headers = new Headers([
        ['Set-Cookie', 'a=1; Path=/'],
        ['Set-Cookie', 'b=2'],
        ['X-Date', 'Wed, 21 Oct 2026'],
      ])
      return new Response('ok', { headers })
    })
    expect(result).toEqual({
      statusCode: 200,
      multiValueHeaders: {
        'content-type': ['text/plain;charset=UTF-8'],
        'x-date': ['Wed, 21 Oct 2026'],
        'set-cookie': ['a=1; Path=/', 'b=2'],
      },
      body: 'ok',
      isBase64Encoded: false,
    })
  })

  test('S4: bytes that are no text are base64', async () => {
    const result = await answer(restApi, payload1(), () => new Response(Uint8Array.of(0x89, 0x50)))
    expect(result).toMatchObject({ body: 'iVA=', isBase64Encoded: true })
  })
})
