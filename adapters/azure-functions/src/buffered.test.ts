import './testing/library.ts'
import { http, type HttpContext } from '@isobar/core'
import { app } from '@azure/functions'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { buffered } from './buffered.ts'
import { native } from './native.ts'
import { invoke, logged } from './testing/library.ts'

const fixtures = join(import.meta.dirname, '../../../conformance/fixtures/azure/invocation-observed')
const prefix = 'recorded_azure-functions-nodejs-library__http-'

interface Fixture {
  request: { inputData: { data: object }[] }
  response: { returnValue: { http: { cookies: object[]; body: { bytes: unknown } } } }
  handlerObserved: { method: string; url: string; headers: [string, string][]; bodyText: string }
}

function fixture(name: string): Fixture {
  const text = readFileSync(join(fixtures, `${prefix}${name}.json`), 'utf8')
  return JSON.parse(text, (_, value) =>
    typeof value?.base64 === 'string' ? Uint8Array.from(Buffer.from(value.base64, 'base64')) : value,
  )
}

const requests = readdirSync(fixtures)
  .filter((file) => file.startsWith(`${prefix}request-`))
  .map((file) => file.slice(prefix.length, -'.json'.length))

let handle: (request: Request, context: HttpContext) => Response | Promise<Response>
app.http('buffered', {
  route: '{*path}',
  handler: buffered({ target: 'azure', functions: { it: http('/*', (request, context) => handle(request, context)) } }),
})
const get = {
  http: { method: 'GET', url: 'https://app.example/x', nullableHeaders: {}, nullableQuery: {}, nullableParams: {} },
}

afterEach(() => void logged.splice(0))

describe('a request in one message', () => {
  test('there are recordings', () => expect(requests.length).toBeGreaterThan(5))

  test.each(requests)('%s is what the vendor’s own handler saw', async (name) => {
    const { request, handlerObserved: expected } = fixture(name)
    let seen: object = {}
    handle = async (request) => {
      const { method, url, headers } = request
      seen = { method, url, headers: [...headers], bodyText: await request.text() }
      return new Response()
    }
    await invoke('buffered', request.inputData[0]?.data ?? {})
    const { method, url, headers, bodyText } = expected
    expect(seen).toEqual({ method, url, headers, bodyText })
  })

  test('has the bytes of its body (R7)', async () => {
    handle = async (request) => new Response(new Uint8Array(await request.arrayBuffer()))
    const { request } = fixture('request-post-bytes')
    const { returnValue } = await invoke('buffered', request.inputData[0]?.data ?? {})
    expect([...(returnValue?.http?.body.bytes ?? [])]).toEqual([0, 255])
  })

  test('has the id, the span of the host, the client’s address without its port, and 230 s', async () => {
    let seen: unknown
    handle = (_request, context) => {
      const { invocation, trace, client } = context
      const left = context.remainingMs() ?? 0
      seen = { invocation, traceId: trace?.traceId, client, left: left > 229_000 && left <= 230_000 }
      return new Response()
    }
    const nullableHeaders = { 'x-forwarded-for': { value: '198.51.100.1, 203.0.113.7:41000' } }
    await invoke('buffered', { http: { ...get.http, nullableHeaders } }, {}, 'the-id')
    expect(seen).toEqual({
      invocation: { id: 'the-id' },
      traceId: '0af7651916cd43dd8448eb211c80319c',
      client: { address: '203.0.113.7' },
      left: true,
    })
  })

  test('has the library’s objects behind native()', async () => {
    let seen: unknown
    handle = (_request, context) => {
      const { request, context: invocation } = native(context)
      seen = [request.url, invocation.functionName, invocation.invocationId]
      return new Response()
    }
    await invoke('buffered', get, {}, 'the-id')
    expect(seen).toEqual(['https://app.example/x', 'buffered', 'the-id'])
  })
})

describe('an answer in one message', () => {
  test('has exact bytes (S4)', async () => {
    const expected = fixture('return-bytes').response.returnValue.http.body.bytes
    handle = () => new Response(new Uint8Array([0, 255, 254]))
    expect((await invoke('buffered', get)).returnValue?.http?.body.bytes).toEqual(expected)
  })

  test('keeps one cookie as it is', async () => {
    handle = () => new Response(null, { headers: { 'set-cookie': 'b=c=d; Path=/x; priority=High' } })
    const answer = (await invoke('buffered', get)).returnValue?.http
    expect(answer?.headers['set-cookie']).toBe('b=c=d; Path=/x; priority=High')
    expect(answer?.cookies).toEqual([])
  })

  test('hands several over apart, with what the library makes of the same attributes (S2)', async () => {
    const expected = fixture('return-cookies-array').response.returnValue.http.cookies
    handle = () => {
      const headers = new Headers()
      headers.append('set-cookie', 'a=1; path=/; SECURE; HttpOnly; SameSite=lax; Max-Age=60')
      headers.append('set-cookie', 'b=2; samesite=NONE')
      headers.append('set-cookie', 'c=3')
      return new Response(null, { headers })
    }
    const answer = (await invoke('buffered', get)).returnValue?.http
    expect(answer?.cookies).toEqual(expected)
    expect(answer?.headers['set-cookie']).toBeUndefined()
  })

  test('is a 500 with the id when the body fails midway (S9), and the error is logged under the invocation', async () => {
    handle = () => new Response(new ReadableStream({ pull: () => Promise.reject(new Error('midway')) }))
    const answer = (await invoke('buffered', get, {}, 'the-id')).returnValue?.http
    expect(answer?.statusCode).toBe('500')
    expect(JSON.parse(new TextDecoder().decode(answer?.body.bytes))).toEqual({
      type: 'about:blank',
      title: 'Internal Server Error',
      status: 500,
      instance: 'the-id',
    })
    expect(logged).toMatchObject([{ level: 'error', category: 'user' }])
    expect(JSON.parse(logged[0]?.message ?? '')).toMatchObject({
      level: 'ERROR',
      fault: 'handler',
      invocationId: 'the-id',
    })
  })

  test('waits for waitUntil work (C1)', async () => {
    const order: string[] = []
    handle = (_request, context) => {
      context.waitUntil(new Promise<void>((resolve) => setImmediate(resolve)).then(() => order.push('work')))
      return new Response()
    }
    await invoke('buffered', get).then(() => order.push('answer'))
    expect(order).toEqual(['work', 'answer'])
  })
})
