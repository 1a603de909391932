import { describe, expect, test } from 'vitest'

import type { DoorModel } from './door.ts'
import { functionUrl } from './function-url.ts'
import { StreamFailure, type Outcome } from './invocation.ts'
import type { LambdaFunction } from './lambda-function.ts'
import { buffered, failed, header, openDoor, text } from './testing.ts'

const whole = (lambda: LambdaFunction): DoorModel => functionUrl(lambda, 'BUFFERED')
const streaming = (lambda: LambdaFunction): DoorModel => functionUrl(lambda, 'RESPONSE_STREAM')
const integration = 'application/vnd.awslambda.http-integration-response'
const nul = '\0'.repeat(8)

function stream(contentType: string, pieces: (string | Error | Promise<void>)[]): Outcome {
  const body = async function* (): AsyncGenerator<Uint8Array> {
    for (const piece of pieces) {
      if (piece instanceof Error) throw piece
      if (typeof piece === 'string') yield Buffer.from(piece)
      else await piece
    }
  }
  return { kind: 'stream', contentType, body: body() }
}

const failure = new StreamFailure(Buffer.from('{}'))

describe('the event', () => {
  test('keeps the bytes of the path and names the invocation', async () => {
    await using opened = await openDoor(whole, { statusCode: 200 })
    await opened.door.send({ target: '/a%2Fb%3F?x=%zz', headers: [['x-forwarded-for', '198.51.100.1']] })
    expect(opened.events[0]).toMatchObject({
      rawPath: '/a%2Fb%3F',
      rawQueryString: 'x=%zz',
      headers: { 'x-forwarded-for': '198.51.100.1, 127.0.0.1' },
      requestContext: { http: { sourceIp: '127.0.0.1', path: '/a%2Fb%3F' }, stage: '$default' },
    })
  })
})

describe('BUFFERED', () => {
  test('a response object, with renamed headers', async () => {
    const headers = { 'WWW-Authenticate': 'Basic', 'Content-Length': '9', 'x-a': 'b' }
    await using opened = await openDoor(whole, { statusCode: 401, headers, cookies: ['a=1', 'b=2'], body: 'no' })
    const answer = await opened.door.send({})
    expect(answer.status).toBe(401)
    expect(header(answer, 'x-amzn-remapped-www-authenticate')).toEqual(['Basic'])
    expect(header(answer, 'x-amzn-remapped-content-length')).toEqual(['9'])
    expect(header(answer, 'content-length')).toEqual(['2'])
    expect(header(answer, 'set-cookie')).toEqual(['a=1', 'b=2'])
  })

  test('a result without statusCode is the body', async () => {
    await using opened = await openDoor(whole, 'Hello, world!')
    const answer = await opened.door.send({})
    expect(answer.status).toBe(200)
    expect(text(answer.body)).toBe('"Hello, world!"')
  })

  test('a streamed answer arrives as a whole', async () => {
    await using opened = await openDoor(whole, stream(integration, [`{"statusCode":203}${nul}a`, 'b']))
    const answer = await opened.door.send({})
    expect(answer.status).toBe(203)
    expect(text(answer.body)).toBe('ab')
  })

  test.each([
    ['a failed function', failed],
    ['a body that is an object', buffered({ statusCode: 200, body: {} })],
    ['a stream that fails after its head', stream(integration, [`{"statusCode":200}${nul}a`, failure])],
  ])('%s is 502', async (_name, respond) => {
    await using opened = await openDoor(whole, respond)
    expect(await opened.door.send({})).toMatchObject({ status: 502, complete: true })
  })

  test('a body over 6 MB is 413', async () => {
    await using opened = await openDoor(whole, { statusCode: 200 })
    const answer = await opened.door.send({ method: 'POST', body: new Uint8Array(6 * 1024 * 1024 + 1) })
    expect(answer.status).toBe(413)
    expect(text(answer.body)).toContain('Request must be smaller than 6291456 bytes')
    expect(opened.events).toHaveLength(0)
  })
})

describe('RESPONSE_STREAM', () => {
  test('chunks go out as they come', async () => {
    const gate = Promise.withResolvers<void>()
    const prelude = `{"statusCode":201,"headers":{"Content-Type":"text/plain"},"cookies":["a=1","b=2"]}`
    await using opened = await openDoor(streaming, stream(integration, [prelude, `${nul}first`, gate.promise, 'last']))
    const exchange = await opened.door.open({})
    const head = await exchange.head
    expect(head.status).toBe(201)
    expect(header(head, 'set-cookie')).toEqual(['a=1', 'b=2'])
    expect(header(head, 'content-length')).toEqual([])
    // The function writes the rest only after the client has this.
    expect(text((await exchange.read()) ?? new Uint8Array())).toBe('first')
    gate.resolve()
    expect(text((await exchange.read()) ?? new Uint8Array())).toBe('last')
    expect(await exchange.read()).toBeUndefined()
    expect(exchange.complete).toBe(true)
  })

  test('the delimiter may be split over chunks', async () => {
    const pieces = ['{"statusCode":', '202}\0\0\0', '\0\0\0\0', '\0body\0\0\0\0\0\0\0\0tail']
    await using opened = await openDoor(streaming, stream(integration, pieces))
    const answer = await opened.door.send({})
    expect(answer.status).toBe(202)
    expect(text(answer.body)).toBe('body\0\0\0\0\0\0\0\0tail')
  })

  test('an error after the head breaks the connection after what was sent', async () => {
    await using opened = await openDoor(streaming, stream(integration, [`{"statusCode":200}${nul}part`, failure]))
    const answer = await opened.door.send({})
    expect(text(answer.body)).toBe('part')
    expect(answer).toMatchObject({ status: 200, complete: false })
  })

  test.each([
    ['an error before the head', stream(integration, [failure])],
    ['an error in the prelude', stream(integration, ['{"statusCode"', failure])],
    ['a prelude that is no JSON', stream(integration, [`{${nul}`, 'rest'])],
    ['an error before anything', stream('application/octet-stream', [failure])],
    ['a failed function', failed],
  ])('%s is 502', async (_name, respond) => {
    await using opened = await openDoor(streaming, respond)
    expect(await opened.door.send({})).toMatchObject({ status: 502, complete: true })
  })

  test('a stream that is only ended has lost its head', async () => {
    await using opened = await openDoor(streaming, stream(integration, []))
    const answer = await opened.door.send({})
    expect(answer).toMatchObject({ status: 200, complete: true })
    expect(header(answer, 'content-type')).toEqual(['application/octet-stream'])
  })

  test('a prelude alone is an answer without a body', async () => {
    await using opened = await openDoor(streaming, stream(integration, [`{"statusCode":204,"cookies":["a=1"]}${nul}`]))
    const answer = await opened.door.send({})
    expect(answer).toMatchObject({ status: 204, complete: true })
    expect(header(answer, 'set-cookie')).toEqual(['a=1'])
  })

  test('without a prelude the content type is that of the stream', async () => {
    await using opened = await openDoor(streaming, stream('text/html', ['<p>']))
    const answer = await opened.door.send({})
    expect(answer.status).toBe(200)
    expect(header(answer, 'content-type')).toEqual(['text/html'])
    expect(text(answer.body)).toBe('<p>')
  })

  test('a result that is not streamed is not read as a response', async () => {
    await using opened = await openDoor(streaming, { statusCode: 201, body: 'x' })
    const answer = await opened.door.send({})
    expect(answer.status).toBe(200)
    expect(JSON.parse(text(answer.body))).toEqual({ statusCode: 201, body: 'x' })
  })

  test('the function is read to its end when the client goes away', async () => {
    const gate = Promise.withResolvers<void>()
    const ended = Promise.withResolvers<string>()
    const body = (async function* () {
      yield Buffer.from(`{"statusCode":200}${nul}first`)
      await gate.promise
      yield Buffer.from('more')
      yield Buffer.from('last')
      ended.resolve('read to its end')
    })()
    await using opened = await openDoor(streaming, { kind: 'stream', contentType: integration, body })
    const exchange = await opened.door.open({})
    await exchange.read()
    exchange.destroy()
    gate.resolve()
    expect(await ended.promise).toBe('read to its end')
  })
})
