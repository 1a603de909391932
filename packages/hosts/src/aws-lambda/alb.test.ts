import { get } from 'node:http'

import { describe, expect, test } from 'vitest'

import { alb } from './alb.ts'
import type { LambdaFunction } from './lambda-function.ts'
import type { DoorModel } from './door.ts'
import { buffered, failed, header, openDoor, text } from './testing.ts'

const single = (lambda: LambdaFunction): DoorModel => alb(lambda, 'single-value')
const multi = (lambda: LambdaFunction): DoorModel => alb(lambda, 'multi-value')
const empty = { statusCode: 200, headers: {}, multiValueHeaders: {} }

const repeated: [string, string][] = [
  ['X-One', 'a'],
  ['x-one', 'b'],
  ['x-forwarded-for', '198.51.100.1'],
  ['x-forwarded-proto', 'https'],
]

describe('the event', () => {
  test('single-value: the last of several, undecoded', async () => {
    await using opened = await openDoor(single, empty)
    await opened.door.send({ target: '/a%2Fb?x=1&y&x=%25%zz+', headers: repeated })
    expect(opened.events[0]).toMatchObject({
      httpMethod: 'GET',
      path: '/a%2Fb',
      queryStringParameters: { x: '%25%zz+', y: '' },
      headers: { 'x-one': 'b', 'x-forwarded-for': '198.51.100.1, 127.0.0.1', 'x-forwarded-proto': 'http' },
      body: '',
      isBase64Encoded: false,
    })
    expect(opened.events[0]).not.toHaveProperty('multiValueHeaders')
    expect(opened.events[0]).not.toHaveProperty('multiValueQueryStringParameters')
  })

  test('multi-value: all of them, and no single map', async () => {
    await using opened = await openDoor(multi, empty)
    await opened.door.send({ target: '/?x=1&y&x=%25', headers: repeated })
    expect(opened.events[0]).toMatchObject({
      multiValueQueryStringParameters: { x: ['1', '%25'], y: [''] },
      multiValueHeaders: { 'x-one': ['a', 'b'], host: ['door.example'] },
    })
    expect(opened.events[0]).not.toHaveProperty('headers')
    expect(opened.events[0]).not.toHaveProperty('queryStringParameters')
  })

  test.each([
    ['text/csv', undefined, false],
    ['application/json', undefined, false],
    ['application/javascript', undefined, false],
    ['application/xml; charset=utf-8', undefined, false],
    ['application/x-www-form-urlencoded', undefined, true],
    ['image/png', undefined, true],
    ['text/plain', 'gzip', true],
  ])('a body of type %s with encoding %s', async (type, encoding, base64) => {
    await using opened = await openDoor(single, empty)
    const headers: [string, string][] = [['content-type', type]]
    if (encoding !== undefined) headers.push(['content-encoding', encoding])
    await opened.door.send({ method: 'POST', headers, body: 'ab' })
    expect(opened.events[0]).toMatchObject({ body: base64 ? 'YWI=' : 'ab', isBase64Encoded: base64 })
  })

  test('continues a trace that has begun', async () => {
    await using opened = await openDoor(single, empty)
    const root = 'Root=1-67891233-abcdef012345678912345678'
    await opened.door.send({ headers: [['X-Amzn-Trace-Id', `${root};CalledFrom=app`]] })
    const trace = /^Self=1-[0-9a-f]{8}-[0-9a-f]{24};Root=1-67891233-abcdef012345678912345678;CalledFrom=app$/
    expect(opened.events[0]).toMatchObject({ headers: { 'x-amzn-trace-id': expect.stringMatching(trace) } })
  })
})

describe('the answer', () => {
  test('frames the body itself', async () => {
    const headers = { 'content-type': 'text/plain', 'Content-Length': '7', Connection: 'upgrade' }
    await using opened = await openDoor(single, { statusCode: 200, headers, body: 'abc' })
    const answer = await opened.door.send({})
    expect(answer).toMatchObject({ status: 200, complete: true })
    expect(header(answer, 'content-length')).toEqual(['3'])
    expect(header(answer, 'server')).toEqual(['awselb/2.0'])
  })

  test('has the reason of statusDescription', async () => {
    await using opened = await openDoor(single, { statusCode: 404, statusDescription: '404 Gone Fishing', headers: {} })
    const reason = await new Promise((resolve, reject) => {
      const call = get({ port: opened.door.port, agent: false }, (response) => {
        response.resume()
        resolve(response.statusMessage)
      })
      call.once('error', reject)
    })
    expect(reason).toBe('Gone Fishing')
  })

  test('multi-value: every Set-Cookie for itself', async () => {
    await using opened = await openDoor(multi, { statusCode: 200, multiValueHeaders: { 'Set-Cookie': ['a=1', 'b=2'] } })
    expect(header(await opened.door.send({}), 'set-cookie')).toEqual(['a=1', 'b=2'])
  })

  test.each([
    ['a failed function', single, failed],
    ['a string', single, buffered('x')],
    ['the other map', single, buffered({ statusCode: 200, multiValueHeaders: {} })],
    ['the other map', multi, buffered({ statusCode: 200, headers: {} })],
    ['a result without statusCode', single, buffered({ headers: {} })],
    ['a header that is an array', single, buffered({ statusCode: 200, headers: { a: ['b'] } })],
    ['a header that is a string', multi, buffered({ statusCode: 200, multiValueHeaders: { a: 'b' } })],
    ['a description that is none', single, buffered({ statusCode: 200, headers: {}, statusDescription: 'fine' })],
    ['more than 1 MB of JSON', single, buffered({ statusCode: 200, headers: {}, body: 'x'.repeat(1024 * 1024) })],
  ])('%s is 502', async (_name, model, respond) => {
    await using opened = await openDoor(model, respond)
    const answer = await opened.door.send({})
    expect(answer.status).toBe(502)
    expect(header(answer, 'content-type')).toEqual(['text/html'])
    expect(text(answer.body)).toContain('<h1>502 Bad Gateway</h1>')
  })

  test('a body over 1 MB is 413', async () => {
    await using opened = await openDoor(single, empty)
    const answer = await opened.door.send({ method: 'POST', body: new Uint8Array(1024 * 1024 + 1) })
    expect(answer.status).toBe(413)
    expect(opened.events).toHaveLength(0)
  })

  test('an upgrade is refused', async () => {
    await using opened = await openDoor(single, empty)
    const headers: [string, string][] = [
      ['connection', 'upgrade'],
      ['upgrade', 'websocket'],
    ]
    expect(await opened.door.send({ headers })).toMatchObject({ status: 400 })
    expect(opened.events).toHaveLength(0)
  })
})
