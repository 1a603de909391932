import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { bootApp, eventually, header, text, type BootedApp } from './testing.ts'

const source = `
app.setup({ enableHttpStream: true })
let gate
const encoder = new TextEncoder()
const answers = {
  '/gated': () => ({ body: (async function* () { yield encoder.encode('first'); await new Promise((resolve) => { gate = resolve }); yield encoder.encode('last') })() }),
  '/open': () => { gate(); return { status: 204 } },
  '/cookies': () => ({ cookies: [{ name: 'a', value: 'b c' }, { name: 'd', value: '1', path: '/x' }] }),
  '/throw': () => { throw new Error('boom') },
  '/undefined': () => undefined,
  '/midway': () => ({ body: (async function* () { yield encoder.encode('first'); throw new Error('midway') })() }),
  '/unread': () => ({ status: 418, body: 'unread' }),
  '/exit': () => { setImmediate(() => { throw new Error('nobody catches this') }); return new Promise(() => {}) },
  '/own-headers': () => ({ headers: { connection: 'x-gone', 'x-gone': '1', 'x-kept': '1' } }),
}
app.http('all', {
  route: '{*path}',
  methods: ['GET', 'POST', 'PUT', 'HEAD'],
  async handler(request, context) {
    const answer = answers[new URL(request.url).pathname]
    if (answer) return answer()
    if (request.headers.get('x-copy')) return { body: request.body }
    return {
      jsonBody: {
        method: request.method, url: request.url, headers: Object.fromEntries(request.headers), query: [...request.query], params: request.params,
        body: await request.text(), trace: context.traceContext, id: context.invocationId,
      },
    }
  },
})`

interface Seen {
  url: string
  headers: Record<string, string>
  query: [string, string][]
  params: Record<string, string>
  body: string
  trace: { traceParent: string }
  id: string
}

let booted: BootedApp

beforeAll(async () => {
  booted = await bootApp(source, { frontDoor: 'streaming', settings: { hangTimeoutMs: 300 } })
})
afterAll(() => booted[Symbol.asyncDispose]())

async function seen(request: Parameters<BootedApp['door']['send']>[0]): Promise<Seen> {
  return JSON.parse(text(await booted.door.send(request)))
}

test('the door names the mode', () => {
  expect(booted.door.id).toBe('azure-functions/streaming')
})

describe('the request', () => {
  test('has its URL from the host, its headers from the metadata and its query apart', async () => {
    const got = await seen({
      target: '/a%2Fb/%41?d=1&d=2&e=&f',
      headers: [
        ['X-M', '1'],
        ['X-M', '2'],
        ['X-Forwarded-Host', 'evil.example'],
        ['X-MS-Invocation-Id', 'forged'],
        ['traceparent', '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'],
      ],
    })
    expect(got.url).toBe('https://shop.example.test/a/b/A?d=1&d=2&e=&f')
    expect(got.headers).toMatchObject({ 'x-m': '1,2', 'x-forwarded-proto': 'https' })
    expect(got.headers['client-ip']).toMatch(/^127\.0\.0\.1:\d+$/)
    expect(got.query).toEqual([
      ['d', '1'],
      ['d', '2'],
      ['e', ''],
      ['f', ''],
    ])
    expect(got.params).toEqual({ path: 'a/b/A' })
    expect(got.trace.traceParent).toMatch(/^00-0af7651916cd43dd8448eb211c80319c-(?!b7ad6b7169203331)/)
    expect(got.id).not.toBe('forged')
  })

  test('survives headers of a connection and bytes outside of ASCII', async () => {
    const { headers } = await seen({
      headers: [
        ['TE', 'trailers'],
        ['Trailer', 'x-checksum'],
        ['Proxy-Connection', 'keep-alive'],
        ['X-Name', 'caf\xe9 \xe3\x83\xa9'],
      ],
    })
    expect(headers['x-name']).toBe('caf\u00e9 \u00e3\u0083\u00a9')
    expect(headers).not.toHaveProperty('te')
  })

  test('keeps a chunked body', async () => {
    const { body } = await seen({
      method: 'POST',
      target: '/x',
      headers: [['Transfer-Encoding', 'chunked']],
      body: '5\r\nhello\r\n0\r\n\r\n',
    })
    expect(body).toBe('hello')
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
})

describe('the answer', () => {
  test('streams: its first piece is there before the last is made', async () => {
    const exchange = await booted.door.open({ target: '/gated' })
    expect(Buffer.from((await exchange.read()) ?? []).toString()).toBe('first')
    expect((await booted.door.send({ target: '/open' })).status).toBe(204)
    expect(Buffer.from((await exchange.read()) ?? []).toString()).toBe('last')
    expect(await exchange.read()).toBeUndefined()
    expect(exchange.complete).toBe(true)
  })

  test('arrives although the request was not read', async () => {
    for (let round = 0; round < 5; round += 1) {
      const answer = await booted.door.send({ method: 'POST', target: '/unread', body: new Uint8Array(2_000_000) })
      expect([answer.status, text(answer), answer.complete]).toEqual([418, 'unread', true])
    }
  })

  test('has cookies as the library renders them, and the id of the invocation', async () => {
    const answer = await booted.door.send({ target: '/cookies' })
    expect(header(answer, 'set-cookie')).toEqual(['a=b%20c', 'd=1; Path=/x'])
    expect(header(answer, 'x-ms-invocation-id')).toEqual([expect.stringMatching(/^[\da-f-]{36}$/)])
  })

  test('loses the headers that the connection names', async () => {
    const answer = await booted.door.send({ target: '/own-headers' })
    expect([header(answer, 'x-gone'), header(answer, 'x-kept')]).toEqual([[], ['1']])
  })

  test('that the library never gives is ended by the local host, loudly', async () => {
    for (const target of ['/throw', '/undefined']) {
      const before = booted.lines().length
      const answer = await booted.door.send({ target })
      expect([answer.status, text(answer)]).toEqual([500, ''])
      expect(booted.lines().slice(before).join('\n')).toContain(
        'has ended and its answer has not: @azure/functions leaves the client waiting',
      )
    }
  })

  test('that fails midway is cut', async () => {
    const answer = await booted.door.send({ target: '/midway' })
    expect([answer.status, text(answer), answer.complete]).toEqual([200, 'first', false])
    expect(booted.lines()).toContain('Error: midway')
  })
})

test('an answer that comes after the time of the load balancer goes nowhere', async () => {
  await using late = await bootApp(
    `app.setup({ enableHttpStream: true })
    let gate
    const opened = new Promise((resolve) => { gate = resolve })
    app.http('late', { async handler() { await opened; console.log('late'); return { body: 'late' } } })
    app.http('open', { handler() { gate(); return {} } })`,
    { settings: { answerTimeoutMs: 200 } },
  )
  const answer = await late.door.send({ target: '/late' })
  expect([answer.status, text(answer)]).toEqual([500, ''])
  expect(late.lines().join('\n')).toContain('has not answered within 200 ms')
  expect((await late.door.send({ target: '/open' })).status).toBe(200)
  await eventually(() => expect(late.lines()).toContain('late'))
  expect((await late.door.send({ target: '/open' })).status).toBe(200)
})

test('a worker that dies fails its invocation, and the next request gets a new one', async () => {
  const died = await booted.door.send({ target: '/exit' })
  expect([died.status, text(died)]).toEqual([500, ''])
  expect((await seen({ target: '/again' })).url).toBe('https://shop.example.test/again')
  await eventually(() => expect(booted.lines()).toContain('Error: nobody catches this'))
})
