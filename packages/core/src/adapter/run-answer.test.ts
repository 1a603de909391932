import { describe, expect, test, vi } from 'vitest'

import { http, type HttpDefinition } from '../definitions/http.ts'
import { collect, setUp, untyped, type Overrides } from '../testing/calls.ts'
import { run } from './run.ts'
import type { Answer } from './types.ts'

describe('the answer', () => {
  async function answered(
    response: HttpDefinition | (() => Response),
    method = 'GET',
    rest: Overrides = {},
  ): Promise<Answer<Uint8Array | ReadableStream<Uint8Array>>> {
    const { app, call } = setUp(typeof response === 'function' ? http('/', response) : response)
    return (await run(app, call({ method, ...rest }))).answer
  }

  test('cookies stay apart and whole, connection headers go, a type is given (S2, S7, S14)', async () => {
    const headers = new Headers([['Set-Cookie', 'a=1; Expires=Wed, 21 Oct 2026 07:28:00 GMT'], ['set-cookie', 'b=c=d'], ['Connection', 'close'], ['Transfer-Encoding', 'chunked'], ['date', 'Wed, 21 Oct 2026 07:28:00 GMT']]) // prettier-ignore
    const answer = await answered(() => new Response(new Uint8Array([1]), { headers }))
    expect(answer.cookies).toEqual(['a=1; Expires=Wed, 21 Oct 2026 07:28:00 GMT', 'b=c=d'])
    expect(answer.headers).toEqual([
      ['date', 'Wed, 21 Oct 2026 07:28:00 GMT'],
      ['content-type', 'application/octet-stream'],
    ])
  })

  test('HEAD keeps the headers, cancels the body and never pumps it (S6)', async () => {
    const cancel = vi.fn()
    const pull = vi.fn()
    const body = new ReadableStream({ pull, cancel }, { highWaterMark: 0 })
    const answer = await answered(
      () => new Response(body, { headers: { 'content-length': '7', 'content-type': 'a/b' } }),
      'HEAD',
    )
    expect(answer).toMatchObject({
      body: null,
      headers: [
        ['content-length', '7'],
        ['content-type', 'a/b'],
      ],
    })
    expect([cancel.mock.calls.length, pull.mock.calls.length]).toEqual([1, 0])
  })

  test.each([204, 205, 304])('%i has no body and no length, also from a foreign Response (S5)', async (status) => {
    const foreign = {
      status,
      headers: new Headers({ 'content-length': '3', 'x-a': '1' }),
      body: new Blob(['abc']).stream(),
      arrayBuffer: () => Promise.resolve(new ArrayBuffer(3)),
    }
    const answer = await answered(untyped(foreign))
    expect(answer).toMatchObject({ status, body: null, headers: [['x-a', '1']] })
  })

  test('a wrong content-length of a short body is taken away, of a long one it breaks the body (S7)', async () => {
    const short = await answered(() => new Response('hello', { headers: { 'content-length': '99' } }))
    expect(short.headers.some(([name]) => name === 'content-length')).toBe(false)
    expect(await collect(short.body)).toBe('hello')
    const chunks = (...parts: string[]): ReadableStream => {
      const rest = parts.map((part) => new TextEncoder().encode(part))
      return new ReadableStream({
        pull(controller) {
          const next = rest.shift()
          if (next) controller.enqueue(next)
          else controller.close()
        },
      })
    }
    const right = await answered(() => new Response(chunks('ab', 'cd'), { headers: { 'content-length': '4' } }))
    expect(right.headers).toContainEqual(['content-length', '4'])
    expect(await collect(right.body)).toBe('abcd')
    for (const wrong of ['3', '9']) {
      const answer = await answered(() => new Response(chunks('ab', 'cd'), { headers: { 'content-length': wrong } }))
      await expect(collect(answer.body)).rejects.toThrow(/content-length/)
    }
  })

  const fetched = (body: BodyInit, headers: Record<string, string>): Response => {
    const response = new Response(body, { headers })
    return Object.defineProperty(response, 'url', { value: 'https://upstream.example/' })
  }

  test('what fetch cannot decode keeps its content-encoding (S13)', async () => {
    for (const [coding, kept] of [
      ['x-own', true],
      ['gzip, x-own', true],
      ['gzip, br', false],
    ] as const) {
      // prettier-ignore
      const answer = await answered(() => fetched('bytes', { 'content-encoding': coding }), 'GET', {
        fetchDecodes: true,
      })
      expect(answer.headers.some(([name]) => name === 'content-encoding')).toBe(kept)
    }
  })

  test('what is passed on from fetch keeps the rules of headers too (S7, S14)', async () => {
    const bytes = new Uint8Array([1])
    const wrong = await answered(() => fetched(bytes, { 'keep-alive': 'x', 'x-own': '1' }))
    expect([...(wrong.untouched?.headers ?? [])]).toEqual([
      ['content-type', 'application/octet-stream'],
      ['x-own', '1'],
    ])
    const right = fetched(bytes, { 'content-type': 'image/png' })
    expect((await answered(() => right)).untouched).toBe(right)
  })

  test('what fetch decoded loses its content-encoding and length, what the handler encoded keeps it (S13)', async () => {
    const fetched = Object.defineProperty(
      new Response('plain', { headers: { 'content-encoding': 'gzip', 'content-length': '3' } }),
      'url',
      { value: 'https://origin.example/' },
    )
    const answer = await answered(() => fetched, 'GET', { fetchDecodes: true })
    expect(answer.headers.map(([name]) => name)).toEqual(['content-type'])
    const own = await answered(() => new Response('zip', { headers: { 'content-encoding': 'gzip' } }), 'GET', {
      fetchDecodes: true,
    })
    expect(own.headers).toContainEqual(['content-encoding', 'gzip'])
  })
})
