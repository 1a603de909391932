import { describe, expect, test } from 'vitest'

import { httpApi } from './http-api.ts'
import { buffered, failed, header, openDoor, text } from './testing.ts'

const internal = { message: 'Internal Server Error' }

describe('the event', () => {
  test('has the path decoded, cut at an escaped question mark', async () => {
    await using opened = await openDoor(httpApi, { statusCode: 200 })
    await opened.door.send({ target: '/a%2Fb%20c%3Fd?e=%3F' })
    expect(opened.events[0]).toMatchObject({
      rawPath: '/a/b c',
      rawQueryString: 'e=%3F',
      requestContext: { http: { path: '/a/b c' } },
    })
  })

  test('keeps a malformed escape and the bytes of the query', async () => {
    await using opened = await openDoor(httpApi, { statusCode: 200 })
    await opened.door.send({ target: '/%zz%20?a=%%&b&c=1+2&a=x' })
    expect(opened.events[0]).toMatchObject({
      rawPath: '/%zz ',
      rawQueryString: 'a=%%&b&c=1+2&a=x',
      queryStringParameters: { a: '%%,x', b: '', c: '1 2' },
    })
  })

  test('joins repeated headers, takes cookies apart and keeps the connection to itself', async () => {
    await using opened = await openDoor(httpApi, { statusCode: 200 })
    await opened.door.send({
      headers: [
        ['X-One', 'a'],
        ['x-one', 'b'],
        ['Cookie', 'a=1; b=2'],
        ['cookie', 'c=3'],
        ['x-forwarded-for', '198.51.100.1'],
        ['x-forwarded-proto', 'http'],
        ['traceparent', '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'],
      ],
    })
    const [event] = opened.events
    expect(event).toMatchObject({ cookies: ['a=1', 'b=2', 'c=3'] })
    expect(event?.['headers']).toEqual({
      host: 'door.example',
      'x-one': 'a,b',
      'content-length': '0',
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
      'x-amzn-trace-id': expect.stringMatching(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$/),
      'x-forwarded-for': '198.51.100.1, 127.0.0.1',
      'x-forwarded-port': '443',
      'x-forwarded-proto': 'https',
    })
  })

  test.each([
    ['text/plain', undefined, 'wörld', false],
    ['application/json; charset=utf-8', undefined, '{"a":"ü"}', false],
    ['application/x-www-form-urlencoded', undefined, 'a=1', true],
    ['application/octet-stream', undefined, 'a', true],
    ['text/plain', 'gzip', 'a', true],
    [undefined, undefined, 'a', true],
  ])('a body of type %s with encoding %s is text or base64', async (type, encoding, body, base64) => {
    await using opened = await openDoor(httpApi, { statusCode: 200 })
    const headers: [string, string][] = []
    if (type !== undefined) headers.push(['content-type', type])
    if (encoding !== undefined) headers.push(['content-encoding', encoding])
    await opened.door.send({ method: 'POST', headers, body })
    expect(opened.events[0]).toMatchObject({
      body: base64 ? Buffer.from(body).toString('base64') : body,
      isBase64Encoded: base64,
    })
  })

  test('bytes that are not UTF-8 are lost under a text type', async () => {
    await using opened = await openDoor(httpApi, { statusCode: 200 })
    const body = new Uint8Array([0x61, 0xff, 0x62])
    await opened.door.send({ method: 'POST', headers: [['content-type', 'text/plain']], body })
    expect(opened.events[0]).toMatchObject({ body: 'a\u{fffd}b' })
  })

  test('a chunked upload arrives whole, with its length', async () => {
    await using opened = await openDoor(httpApi, { statusCode: 200 })
    const headers: [string, string][] = [
      ['content-type', 'text/plain'],
      ['transfer-encoding', 'chunked'],
    ]
    await opened.door.send({ method: 'POST', headers, body: '3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n' })
    expect(opened.events[0]).toMatchObject({ body: 'abcde', headers: { 'content-length': '5' } })
    expect(opened.events[0]?.['headers']).not.toHaveProperty('transfer-encoding')
  })

  test('header bytes are read as UTF-8, beyond latin-1 too', async () => {
    await using opened = await openDoor(httpApi, { statusCode: 200 })
    await opened.door.send({ headers: [['x-city', Buffer.from('Srīperumbūdūr').toString('latin1')]] })
    expect(opened.events[0]).toMatchObject({ headers: { 'x-city': 'Srīperumbūdūr' } })
  })

  test.each(['*', 'http://other.example/p?q=1', '//evil.example/x'])(
    'the target %s does not end the door',
    async (target) => {
      await using opened = await openDoor(httpApi, { statusCode: 204 })
      const method = target === '*' ? 'OPTIONS' : 'GET'
      expect(await opened.door.send({ method, target })).toMatchObject({ status: 204, complete: true })
      const path = { '*': '*', 'http://other.example/p?q=1': '/p', '//evil.example/x': '//evil.example/x' }[target]
      expect(opened.events[0]).toMatchObject({ rawPath: path })
    },
  )
})

describe('the answer', () => {
  test('status, headers, each cookie for itself, body', async () => {
    const result = {
      statusCode: 201,
      headers: { 'X-A': 'b' },
      cookies: ['a=1; Expires=Wed, 21 Oct 2026 07:28:00 GMT', 'b=2'],
      body: 'hi',
    }
    await using opened = await openDoor(httpApi, result)
    const answer = await opened.door.send({})
    expect(answer).toMatchObject({ status: 201, complete: true })
    expect(text(answer.body)).toBe('hi')
    expect(header(answer, 'x-a')).toEqual(['b'])
    expect(header(answer, 'set-cookie')).toEqual(['a=1; Expires=Wed, 21 Oct 2026 07:28:00 GMT', 'b=2'])
    expect(header(answer, 'content-length')).toEqual(['2'])
    expect(header(answer, 'apigw-requestid')).toHaveLength(1)
  })

  test('base64 is decoded', async () => {
    await using opened = await openDoor(httpApi, { statusCode: 200, body: '/wD+', isBase64Encoded: true })
    const answer = await opened.door.send({})
    expect([...answer.body]).toEqual([0xff, 0x00, 0xfe])
  })

  test.each([{ message: 'hi' }, 'hi', ['a'], null, 7])(
    'a result without statusCode is the body: %j',
    async (result) => {
      await using opened = await openDoor(httpApi, result)
      const answer = await opened.door.send({})
      expect(answer.status).toBe(200)
      expect(header(answer, 'content-type')).toEqual(['application/json'])
      expect(text(answer.body)).toBe(JSON.stringify(result))
    },
  )

  test.each([
    ['a failed function', failed],
    ['a result that is no JSON', { ...buffered(0), body: Buffer.from('{') }],
    ['a status that is none', buffered({ statusCode: 'OK' })],
    ['a status that is not final', buffered({ statusCode: 101 })],
    ['a body that is an object', buffered({ statusCode: 200, body: {} })],
    ['a header that is a number', buffered({ statusCode: 200, headers: { a: 1 } })],
    ['a header with a line break', buffered({ statusCode: 200, headers: { a: 'b\r\nc: d' } })],
    ['a header name with a space', buffered({ statusCode: 200, headers: { 'a b': 'c' } })],
    ['cookies that are a string', buffered({ statusCode: 200, cookies: 'a=1' })],
    ['base64 that is none', buffered({ statusCode: 200, body: '%', isBase64Encoded: true })],
  ])('%s is 500', async (_name, respond) => {
    await using opened = await openDoor(httpApi, respond)
    const answer = await opened.door.send({})
    expect(answer.status).toBe(500)
    expect(JSON.parse(text(answer.body))).toEqual(internal)
  })

  test.each([204, 304])('%d has no body and no length', async (statusCode) => {
    await using opened = await openDoor(httpApi, { statusCode, body: 'dropped' })
    const answer = await opened.door.send({})
    expect(answer).toMatchObject({ status: statusCode, complete: true })
    expect(answer.body).toHaveLength(0)
    expect(header(answer, 'content-length')).toEqual([])
  })

  test('HEAD has the headers and no body', async () => {
    await using opened = await openDoor(httpApi, { statusCode: 200, headers: { 'x-a': 'b' }, body: 'hello' })
    const answer = await opened.door.send({ method: 'HEAD' })
    expect(answer.body).toHaveLength(0)
    expect(header(answer, 'x-a')).toEqual(['b'])
    expect(header(answer, 'content-length')).toEqual(['5'])
  })

  test('framing headers of the function are the door’s own', async () => {
    const headers = { 'Content-Length': '99', 'Transfer-Encoding': 'chunked', Connection: 'upgrade' }
    await using opened = await openDoor(httpApi, { statusCode: 200, headers, body: 'abc' })
    const answer = await opened.door.send({})
    expect(header(answer, 'content-length')).toEqual(['3'])
    expect(header(answer, 'transfer-encoding')).toEqual([])
    expect(answer.complete).toBe(true)
  })

  test('values beyond latin-1 go out as UTF-8', async () => {
    await using opened = await openDoor(httpApi, { statusCode: 200, headers: { 'x-city': 'Ōsaka' } })
    const [value = ''] = header(await opened.door.send({}), 'x-city')
    expect(Buffer.from(value, 'latin1').toString()).toBe('Ōsaka')
  })

  test('a streamed result is read to its end first', async () => {
    const body = (async function* () {
      yield Buffer.from('{"statusCode":')
      yield Buffer.from('202}')
    })()
    await using opened = await openDoor(httpApi, { kind: 'stream', contentType: 'application/json', body })
    expect(await opened.door.send({})).toMatchObject({ status: 202 })
  })

  test('a body over 10 MB is 413 and never reaches the function', async () => {
    await using opened = await openDoor(httpApi, { statusCode: 200 })
    const answer = await opened.door.send({ method: 'POST', body: new Uint8Array(10 * 1024 * 1024 + 1) })
    expect(answer.status).toBe(413)
    expect(JSON.parse(text(answer.body))).toEqual({ message: 'Request Entity Too Large' })
    expect(opened.events).toHaveLength(0)
  })

  test('a head over 10240 bytes is 431', async () => {
    await using opened = await openDoor(httpApi, { statusCode: 200 })
    expect(await opened.door.send({ headers: [['x-big', 'x'.repeat(9500)]] })).toMatchObject({ status: 200 })
    expect(await opened.door.send({ headers: [['x-big', 'x'.repeat(10_241)]] })).toMatchObject({ status: 431 })
    expect(opened.events).toHaveLength(1)
  })

  test('TRACE is 405', async () => {
    await using opened = await openDoor(httpApi, { statusCode: 200 })
    expect(await opened.door.send({ method: 'TRACE' })).toMatchObject({ status: 405 })
    expect(opened.events).toHaveLength(0)
  })
})
