import { readFileSync } from 'node:fs'
import { join } from 'node:path'

import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { bootApp, eventually, header, text, type BootedApp } from './testing.ts'

const fixtures = join(import.meta.dirname, '../../../../conformance/fixtures/azure/invocation-observed')

function recording(name: string): { handlerObserved: Record<string, unknown> } {
  return JSON.parse(readFileSync(join(fixtures, `recorded_azure-functions-nodejs-library__${name}.json`), 'utf8'))
}

const source = `
const answers = {
  '/json': () => ({ status: 201, jsonBody: { a: 1 }, headers: { 'x-m': '1, 2' } }),
  '/bytes': () => ({ body: Uint8Array.of(0, 255, 10) }),
  '/cookies': () => ({ cookies: [{ name: 'a', value: 'b=c', httpOnly: true }, { name: 'd', value: '1', path: '/x', sameSite: 'None' }] }),
  '/cookie-header': () => ({ headers: [['set-cookie', 'a=1; Path=/A'], ['set-cookie', 'b=c, d; Path=/B']] }),
  '/undefined': () => undefined,
  '/null': () => null,
  '/string': () => 'no object',
  '/throw': () => { throw new Error('boom') },
  '/status': () => ({ status: 99 }),
  '/stream': () => ({ body: (async function* () { yield 'a'; yield 'b' })() }),
  '/exit': () => { setImmediate(() => { throw new Error('nobody catches this') }); return new Promise(() => {}) },
  '/slow': () => new Promise(() => {}),
}
app.http('all', {
  route: '{*path}',
  methods: ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS'],
  async handler(request, context) {
    const answer = answers[new URL(request.url).pathname]
    if (answer) return answer()
    context.log(JSON.stringify({ message: 'a line', id: context.invocationId }))
    context.error('two\\nlines')
    console.log('printed')
    return {
      headers: { 'content-type': 'application/json', 'x-invocation': context.invocationId },
      body: JSON.stringify({
        method: request.method, url: request.url, headers: [...request.headers], query: [...request.query], params: request.params,
        user: request.user, bodyText: await request.text(), trace: context.traceContext, metadata: context.triggerMetadata,
        environment: [process.env.WEBSITE_SITE_NAME, process.env.EXTRA, process.env.HOME],
      }),
    }
  },
})`

interface Seen {
  method: string
  url: string
  headers: [string, string][]
  query: [string, string][]
  params: Record<string, string>
  user: unknown
  bodyText: string
  trace: { traceParent: string; traceState: string; attributes: object }
  metadata?: unknown
  environment: (string | null)[]
}

let booted: BootedApp

beforeAll(async () => {
  booted = await bootApp(source, { frontDoor: 'buffered', env: { EXTRA: 'yes' }, settings: { answerTimeoutMs: 1500 } })
})
afterAll(() => booted[Symbol.asyncDispose]())

async function seen(request: Parameters<BootedApp['door']['send']>[0]): Promise<Seen> {
  return JSON.parse(text(await booted.door.send(request)))
}

test('the door names the mode and the library', () => {
  expect(booted.door).toMatchObject({
    id: 'azure-functions/buffered',
    origin: 'https://shop.example.test',
    runtime: { name: '@azure/functions', version: '4.16.5' },
    front: 'emulated',
  })
})

describe('the request', () => {
  test('has the shape of a recorded one', async () => {
    const { handlerObserved: recorded } = recording('http-request-repeated-query-and-header')
    const got = await seen({
      target: '/x?d=1&d=2&e=&f',
      headers: [
        ['X-M', '1'],
        ['X-M', '2'],
        ['X-Empty', ''],
        ['Cookie', 'a=1; b=2'],
      ],
    })
    expect(got.query).toEqual(recorded['query'])
    expect(got.headers).toEqual(expect.arrayContaining(recorded['headers'] as [string, string][]))
    expect(got.method).toBe(recorded['method'])
    expect(got.user).toBe(recorded['user'])
    expect(got.bodyText).toBe(recorded['bodyText'])
    expect(got.url).toBe('https://shop.example.test/x?d=1&d=2&e=&f')
    expect(got.metadata).toBeUndefined()
  })

  test('carries what App Service adds, with the port of the client', async () => {
    const { headers } = await seen({
      target: '/a%2Fb?c=%20',
      headers: [
        ['X-Forwarded-For', '6.6.6.6'],
        ['X-Forwarded-Proto', 'gopher'],
      ],
    })
    const values = Object.fromEntries(headers)
    expect(values).toMatchObject({
      'x-forwarded-proto': 'https',
      'disguised-host': 'shop.example.test',
      'was-default-hostname': 'shop.azurewebsites.net',
      'x-site-deployment-id': 'shop',
      'x-original-url': '/a/b?c=%20',
      'max-forwards': '10',
    })
    expect(values['client-ip']).toMatch(/^127\.0\.0\.1:\d+$/)
    expect(values['x-forwarded-for']).toMatch(/^6\.6\.6\.6, 127\.0\.0\.1:\d+$/)
  })

  test('loses the bytes of its path', async () => {
    const { url, params } = await seen({ target: '/a%2Fb/%41%20c' })
    expect(url).toBe('https://shop.example.test/a/b/A%20c')
    expect(params).toEqual({ path: 'a/b/A c' })
  })

  test('keeps a body of known length and loses a chunked one', async () => {
    expect((await seen({ method: 'POST', target: '/x', body: 'hällo' })).bodyText).toBe('hällo')
    const chunked = await seen({
      method: 'POST',
      target: '/x',
      headers: [['Transfer-Encoding', 'chunked']],
      body: '5\r\nhello\r\n0\r\n\r\n',
    })
    expect(chunked.bodyText).toBe('')
  })

  test('joins cookie headers as a cookie, and drops hop-by-hop headers', async () => {
    const { headers } = await seen({
      headers: [
        ['Cookie', 'a=1'],
        ['Cookie', 'b=2'],
        ['TE', 'trailers'],
        ['Keep-Alive', '5'],
      ],
    })
    const values = Object.fromEntries(headers)
    expect(values['cookie']).toBe('a=1; b=2')
    expect(values).not.toHaveProperty('te')
    expect(values).not.toHaveProperty('keep-alive')
    expect(values).not.toHaveProperty('connection')
  })

  test('has header bytes as latin-1', async () => {
    const { headers } = await seen({ headers: [['X-Name', 'caf\xe9 \xe3\x83\xa9']] })
    expect(Object.fromEntries(headers)['x-name']).toBe('caf\u00e9 \u00e3\u0083\u00a9')
  })

  test('is traced by the host: the same trace, another span', async () => {
    const { trace } = await seen({
      headers: [
        ['traceparent', '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'],
        ['tracestate', 'a=b'],
      ],
    })
    expect(trace.traceParent).toMatch(/^00-0af7651916cd43dd8448eb211c80319c-(?!b7ad6b7169203331)[\da-f]{16}-01$/)
    expect(trace.traceState).toBe('a=b')
    for (const malformed of [
      'ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
      `00-${'0'.repeat(32)}-b7ad6b7169203331-01`,
    ]) {
      const other = await seen({ headers: [['traceparent', malformed]] })
      expect(other.trace.traceParent).not.toContain(malformed.slice(3, 35))
    }
  })

  test('runs in the environment of an app and not in that of the host', async () => {
    const { environment } = await seen({})
    expect(environment).toEqual(['shop', 'yes', null])
  })
})

describe('the answer', () => {
  test('keeps status, headers and bytes', async () => {
    const json = await booted.door.send({ target: '/json' })
    expect([json.status, header(json, 'content-type'), header(json, 'x-m'), text(json)]).toEqual([
      201,
      ['application/json'],
      ['1, 2'],
      '{"a":1}',
    ])
    expect([...(await booted.door.send({ target: '/bytes' })).body]).toEqual([0, 255, 10])
  })

  test('has cookies as the host renders them', async () => {
    const answer = await booted.door.send({ target: '/cookies' })
    expect(header(answer, 'set-cookie')).toEqual(['a=b%3Dc; path=/; httponly', 'd=1; path=/x; samesite=none'])
  })

  test('keeps only the last of several set-cookie headers, unchanged', async () => {
    const answer = await booted.door.send({ target: '/cookie-header' })
    expect(header(answer, 'set-cookie')).toEqual(['b=c, d; Path=/B'])
  })

  test('of nothing is 204', async () => {
    for (const target of ['/undefined', '/null']) {
      const answer = await booted.door.send({ target })
      expect([answer.status, answer.body.length]).toEqual([204, 0])
    }
  })

  test('of a failure is an empty 500, and the log tells why', async () => {
    for (const target of ['/throw', '/string', '/status']) {
      const answer = await booted.door.send({ target })
      expect([answer.status, text(answer)]).toEqual([500, ''])
    }
    expect(booted.lines()).toContain('Error: boom')
    expect(booted.lines().join('\n')).toMatch(/Executed 'Functions\.all' \(Failed, Id=[\da-f-]{36}\): boom/)
  })

  test('that streams is buffered', async () => {
    const answer = await booted.door.send({ target: '/stream' })
    expect([text(answer), answer.chunks.length]).toEqual(['ab', 1])
  })

  test('is given up after the time of the load balancer', async () => {
    const answer = await booted.door.send({ target: '/slow' })
    expect(answer.status).toBe(500)
    expect(booted.lines().join('\n')).toContain('has not answered within 1500 ms')
  })
})

test('every line of output is a log entry, structured ones are parsed', async () => {
  const id = header(await booted.door.send({}), 'x-invocation')[0]
  const entry = booted.running.logs.find(({ fields }) => fields?.['id'] === id)
  expect(entry).toEqual({
    line: `{"message":"a line","id":"${id}"}`,
    stream: 'stdout',
    fields: { message: 'a line', id },
  })
  expect(booted.running.logs).toEqual(
    expect.arrayContaining([
      { line: 'two', stream: 'stderr' },
      { line: 'lines', stream: 'stderr' },
    ]),
  )
  await eventually(() => expect(booted.lines()).toContain('printed'))
})

describe('the platform itself answers', () => {
  test('404 for a method that no function takes and for reserved paths', async () => {
    for (const request of [
      { method: 'PURGE', target: '/x' },
      { target: '/admin' },
      { target: '/Admin/x' },
      { target: '/runtime/x' },
    ]) {
      const answer = await booted.door.send(request)
      expect([answer.status, text(answer)]).toEqual([404, ''])
    }
  })

  test('405 for TRACE and CONNECT', async () => {
    expect((await booted.door.send({ method: 'TRACE' })).status).toBe(405)
    expect((await booted.door.send({ method: 'CONNECT', target: 'example.test:443' })).status).toBe(405)
  })

  test('400 for a host that is none', async () => {
    for (const host of ['a b', 'user@evil.example', 'x:99999', '[::1', '%']) {
      expect((await booted.door.send({ headers: [['Host', host]] })).status).toBe(400)
    }
  })

  test('404 for a name that is not the app, and not for a browser on this machine', async () => {
    expect((await booted.door.send({ headers: [['Host', 'other.example:8080']] })).status).toBe(404)
    expect((await seen({ headers: [['Host', 'shop.azurewebsites.net']] })).url).toBe('https://shop.azurewebsites.net/')
    expect((await seen({ headers: [['Host', 'localhost:7071']] })).url).toBe('https://localhost:7071/')
  })

  test('413 for a body over 100 MB', async () => {
    const exchange = await booted.door.open({ method: 'POST', headers: [['Content-Length', '104857601']] })
    expect((await exchange.head).status).toBe(413)
    exchange.destroy()
  })
})

test('a worker that dies fails its invocation, and the next request gets a new one', async () => {
  const died = await booted.door.send({ target: '/exit' })
  expect([died.status, text(died)]).toEqual([500, ''])
  expect(booted.lines().join('\n')).toMatch(/Failed, Id=[\da-f-]{36}\): The worker process ended with code 1\./)
  expect(booted.lines()).toContain('Error: nobody catches this')
  expect((await booted.door.send({ target: '/json' })).status).toBe(201)
})
