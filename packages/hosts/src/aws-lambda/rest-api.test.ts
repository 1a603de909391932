import { readFileSync } from 'node:fs'
import { join } from 'node:path'

import { describe, expect, test } from 'vitest'

import { restApi } from './rest-api.ts'
import { buffered, failed, header, openDoor, text } from './testing.ts'

describe('the event', () => {
  test('keeps the path, and names the stage only in requestContext', async () => {
    await using opened = await openDoor(restApi, { statusCode: 200 })
    await opened.door.send({ target: '/a%2Fb/c/?x=1' })
    expect(opened.events[0]).toMatchObject({
      resource: '/{proxy+}',
      path: '/a%2Fb/c/',
      pathParameters: { proxy: 'a/b/c' },
      requestContext: { path: '/prod/a%2Fb/c/', stage: 'prod', resourcePath: '/{proxy+}' },
    })
  })

  test('the root has no parameters, and what is absent is null', async () => {
    await using opened = await openDoor(restApi, { statusCode: 200 })
    await opened.door.send({ target: '/' })
    expect(opened.events[0]).toMatchObject({
      resource: '/',
      pathParameters: null,
      queryStringParameters: null,
      multiValueQueryStringParameters: null,
      stageVariables: null,
      body: null,
      isBase64Encoded: false,
    })
  })

  test('has the query decoded: all values, and the last', async () => {
    await using opened = await openDoor(restApi, { statusCode: 200 })
    await opened.door.send({ target: '/?a=1&b&a=x%26y+z%2B&%C3%BC=%zz' })
    expect(opened.events[0]).toMatchObject({
      queryStringParameters: { a: 'x&y z+', b: '', ü: '%zz' },
      multiValueQueryStringParameters: { a: ['1', 'x&y z+'], b: [''], ü: ['%zz'] },
    })
  })

  test('keeps the case and all values of headers, without content-length', async () => {
    await using opened = await openDoor(restApi, { statusCode: 200 })
    const headers: [string, string][] = [
      ['X-One', 'a'],
      ['X-One', 'b'],
      ['x-forwarded-for', '198.51.100.1'],
    ]
    await opened.door.send({ method: 'POST', headers, body: 'abc' })
    expect(opened.events[0]).toMatchObject({
      headers: { 'X-One': 'b', 'X-Forwarded-For': '198.51.100.1, 127.0.0.1', 'X-Forwarded-Proto': 'https' },
      multiValueHeaders: { 'X-One': ['a', 'b'], 'X-Forwarded-For': ['198.51.100.1, 127.0.0.1'] },
    })
    const names = Object.keys(opened.events[0]?.['headers'] as object).map((name) => name.toLowerCase())
    expect(names).not.toContain('content-length')
    expect(names).not.toContain('connection')
  })

  test('every body is base64, since all media types are binary', async () => {
    await using opened = await openDoor(restApi, { statusCode: 200 })
    const body = new Uint8Array([0x61, 0xff, 0x62])
    await opened.door.send({ method: 'POST', headers: [['content-type', 'text/plain']], body })
    expect(opened.events[0]).toMatchObject({ body: 'Yf9i', isBase64Encoded: true })
  })

  test.each(['PROPFIND', 'PURGE'])('%s is no method of an API', async (method) => {
    await using opened = await openDoor(restApi, { statusCode: 200 })
    const answer = await opened.door.send({ method })
    expect(answer.status).toBe(403)
    expect(JSON.parse(text(answer.body))).toEqual({ message: 'Missing Authentication Token' })
    expect(opened.events).toHaveLength(0)
  })
})

describe('the answer', () => {
  test('merges both header maps; multiValueHeaders has its values', async () => {
    const result = {
      statusCode: 200,
      headers: { 'X-A': '1', 'x-b': 'single' },
      multiValueHeaders: { 'X-B': ['multi', 'more'], 'Set-Cookie': ['a=1', 'b=2'] },
    }
    await using opened = await openDoor(restApi, result)
    const answer = await opened.door.send({})
    expect(header(answer, 'x-a')).toEqual(['1'])
    expect(header(answer, 'x-b')).toEqual(['multi', 'more'])
    expect(header(answer, 'set-cookie')).toEqual(['a=1', 'b=2'])
  })

  test('an answer as the vendor documents it', async () => {
    const file = '../../../../conformance/fixtures/aws/apigw-v1-response/aws_aws-lambda-go__apigw-response.json'
    const result = JSON.parse(readFileSync(join(import.meta.dirname, file), 'utf8'))
    await using opened = await openDoor(restApi, result)
    const answer = await opened.door.send({})
    expect(answer.status).toBe(200)
    expect(text(answer.body)).toBe('Hello World')
    // Both maps have it; it reaches the client once.
    expect(header(answer, 'cloudfront-viewer-country')).toEqual(['US'])
  })

  test('binary comes back as bytes', async () => {
    await using opened = await openDoor(restApi, { statusCode: 200, body: '/wD+', isBase64Encoded: true })
    expect([...(await opened.door.send({})).body]).toEqual([0xff, 0x00, 0xfe])
  })

  test.each(['WWW-Authenticate', 'Date', 'Server', 'Authorization', 'Content-Length', 'Connection'])(
    '%s gets another name',
    async (name) => {
      await using opened = await openDoor(restApi, { statusCode: 200, headers: { [name]: 'value' }, body: 'abc' })
      const answer = await opened.door.send({})
      expect(header(answer, `x-amzn-remapped-${name.toLowerCase()}`)).toEqual(['value'])
      expect(header(answer, name.toLowerCase())).not.toContain('value')
    },
  )

  test.each(['Transfer-Encoding', 'TE', 'Trailer', 'Upgrade', 'Expect', 'Proxy-Authenticate'])(
    '%s is dropped',
    async (name) => {
      await using opened = await openDoor(restApi, { statusCode: 200, headers: { [name]: 'value' }, body: 'abc' })
      const answer = await opened.door.send({})
      expect(
        answer.headers.filter(([key]) =>
          [name, `x-amzn-remapped-${name}`].some((one) => one.toLowerCase() === key.toLowerCase()),
        ),
      ).toEqual([])
      expect(text(answer.body)).toBe('abc')
    },
  )

  test.each([
    ['a failed function', failed],
    ['a result without statusCode', buffered({ body: 'x' })],
    ['a string', buffered('x')],
    ['null', buffered(null)],
    ['a body that is an object', buffered({ statusCode: 200, body: {} })],
    ['a member that is not of the format', buffered({ statusCode: 200, cookies: ['a=1'] })],
    ['a header that is a number', buffered({ statusCode: 200, headers: { a: 1 } })],
    ['a multi-value header that is a string', buffered({ statusCode: 200, multiValueHeaders: { a: 'b' } })],
  ])('%s is 502', async (_name, respond) => {
    await using opened = await openDoor(restApi, respond)
    const answer = await opened.door.send({})
    expect(answer.status).toBe(502)
    expect(JSON.parse(text(answer.body))).toEqual({ message: 'Internal server error' })
    expect(header(answer, 'content-type')).toEqual(['application/json'])
  })

  test('a body over 10 MB is 413', async () => {
    await using opened = await openDoor(restApi, { statusCode: 200 })
    const answer = await opened.door.send({ method: 'POST', body: new Uint8Array(10 * 1024 * 1024 + 1) })
    expect(answer.status).toBe(413)
    expect(opened.events).toHaveLength(0)
  })
})
