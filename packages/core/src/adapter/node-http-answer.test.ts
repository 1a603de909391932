import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { http } from '../definitions/http.ts'
import { HttpError } from '../errors.ts'
import { serveNodeExchange } from './node-http.ts'
import { createApplication, run } from './run.ts'
import { chunks, closeAll, get, nextTurns, open, raw, send, serve, standstill } from '../testing/node-server.ts'

afterEach(closeAll)

describe('the answer', () => {
  test('has every Set-Cookie on a line of its own, in order (S2)', async () => {
    const port = await serve(() => {
      const headers = new Headers({ 'x-a': 'Wed, 21 Oct' })
      headers.append('set-cookie', 'a=1; Expires=Wed, 21 Oct 2026 07:28:00 GMT')
      headers.append('set-cookie', 'b=c=d')
      return new Response('x', { headers })
    })
    const lines = (await send(port, get('/'))).split('\r\n')
    expect(lines.filter((line) => /^(?:set-cookie|x-a)/i.test(line))).toEqual([
      'x-a: Wed, 21 Oct',
      'set-cookie: a=1; Expires=Wed, 21 Oct 2026 07:28:00 GMT',
      'set-cookie: b=c=d',
    ])
  })

  test('of a body that is there at once has its length, a streamed one is chunked', async () => {
    const port = await serve(({ url }) => new Response(url.endsWith('/once') ? 'héllo' : chunks('a', 'b')))
    expect(await send(port, get('/once'))).toMatch(/content-length: 6\r\n[^]*\r\n\r\nh\xc3\xa9llo$/)
    expect(await send(port, get('/stream'))).toMatch(/Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n1\r\nb\r\n0\r\n\r\n$/)
  })

  test('to HEAD and with 204, 205 and 304 has no body (S5, S6)', async () => {
    const port = await serve(({ url }) => {
      const status = Number(new URL(url).pathname.slice(1))
      return status === 200
        ? new Response('12345', { headers: { 'content-length': '5' } })
        : new Response(null, { status })
    })
    const head = await send(port, get('/200').replace('GET', 'HEAD'))
    expect(head).toMatch(/content-length: 5\r\n/)
    expect(head.endsWith('\r\n\r\n')).toBe(true)
    for (const status of [204, 205, 304]) {
      const answer = await send(port, get(`/${status}`))
      expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
      expect(answer.endsWith('\r\n\r\n')).toBe(true)
      expect(answer).not.toMatch(/transfer-encoding/i)
    }
  })

  test('without a body loses a content-length that promises one (S7)', async () => {
    const port = await serve(() => new Response(null, { headers: { 'content-length': '5' } }))
    expect(await send(port, get('/'))).toMatch(/content-length: 0\r\n/i)
  })

  test('sends a chunk before the next is there (S9)', async () => {
    let more: () => void = () => undefined
    const gate = new Promise<void>((resolve) => (more = resolve))
    const port = await serve(() => {
      let first = true
      return new Response(
        new ReadableStream<Uint8Array>({
          async pull(controller) {
            if (!first) await gate
            controller.enqueue(new TextEncoder().encode(first ? 'one' : 'two'))
            if (!first) controller.close()
            first = false
          },
        }),
      )
    })
    const { socket, until } = raw(port)
    socket.write(get('/'))
    expect(await until('one')).not.toContain('two')
    more()
    await until('two')
  })

  test('breaks the connection and logs when its body fails midway (S9)', async () => {
    const port = await serve(() => {
      let count = 0
      return new Response(
        new ReadableStream<Uint8Array>({
          async pull(controller) {
            await new Promise((resolve) => setImmediate(resolve))
            if (count++ > 1) throw new Error('midway')
            controller.enqueue(new TextEncoder().encode('part'))
          },
        }),
      )
    })
    const answer = await send(port, get('/'))
    expect(answer).toContain('part')
    expect(answer).not.toMatch(/0\r\n\r\n$/)
    expect(open.lines.join('\n')).toContain('midway')
  })

  test('reaches the client as far as it came before the failure, in the same turn too', async () => {
    const port = await serve(() => {
      const list = ['one', 'two']
      return new Response(
        new ReadableStream({
          pull(controller) {
            const next = list.shift()
            if (next === undefined) throw new Error('midway')
            controller.enqueue(new TextEncoder().encode(next))
          },
        }),
      )
    })
    expect(await send(port, get('/'))).toMatch(/one[^]*two/)
  })

  test.each([
    [500, () => new Error('at once')],
    [413, () => new HttpError(413)],
  ])('is a %i when its body fails before anything was sent (S8, R9)', async (status, error) => {
    const port = await serve(() => {
      const body = new ReadableStream({ pull: () => Promise.reject(error()) })
      return new Response(body, { headers: { 'x-a': '1' } })
    })
    const answer = await send(port, get('/'))
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} [^]*"instance":"inv-1"}$`))
    expect(answer).not.toContain('x-a')
    expect(open.lines.join('\n')).toContain('"fault":"handler"')
  })

  test('gives way to one that a server around it has sent', async () => {
    let cancelled: (reason: unknown) => void = () => undefined
    const told = new Promise((resolve) => (cancelled = resolve))
    const answered = new Response(new ReadableStream({ cancel: cancelled }))
    const app = createApplication({ target: 'test', functions: { it: http('/*', () => answered) } })
    const sink = { write: (line: string) => void open.lines.push(line) }
    open.server = createServer((request, response) => {
      response.end('crash')
      void serveNodeExchange(request, response, undefined, (parts) =>
        run(app, { native: {}, env: {}, client: {}, sink, request: parts }),
      )
    })
    open.server.listen(0, '127.0.0.1')
    await once(open.server, 'listening')
    expect(await send((open.server.address() as AddressInfo).port, get('/'))).toContain('crash')
    expect(await told).toMatchObject({ name: 'AbortError' })
    expect(open.lines).toEqual([])
  })

  test('cancels its source when the client leaves, also while the client does not read (S11)', async () => {
    let cancelled: (reason: unknown) => void = () => undefined
    const told = new Promise((resolve) => (cancelled = resolve))
    let produced = 0
    const port = await serve(
      () =>
        new Response(
          new ReadableStream<Uint8Array>({
            pull(controller) {
              produced++
              controller.enqueue(new Uint8Array(64 * 1024))
            },
            cancel: cancelled,
          }),
        ),
    )
    const { socket } = raw(port)
    socket.pause()
    socket.write(get('/'))
    await standstill(() => produced)
    // Node and the kernel hold some megabytes at most; without back-pressure it would never stand still.
    expect(produced * 64 * 1024).toBeLessThan(16 * 1024 * 1024)
    socket.destroy()
    expect(await told).toMatchObject({ name: 'AbortError' })
    expect(open.lines).toEqual([])
  })

  test('sends its head before the first chunk is there', async () => {
    const port = await serve(() => new Response(new ReadableStream({ pull: () => new Promise(() => undefined) })))
    const { socket, until } = raw(port)
    socket.write(get('/'))
    expect(await until('\r\n\r\n')).toMatch(/^HTTP\/1.1 200 /)
  })

  test.each([
    ['of a known length', () => new Response('text'), 'text'],
    ['that is streamed', () => new Response(chunks('a', 'b')), '0\r\n\r\n'],
    ['with a promised length', () => new Response(chunks('a', 'b'), { headers: { 'content-length': '2' } }), 'ab'],
    ['without a body', () => new Response(null, { status: 204 }), '\r\n\r\n'],
  ])('%s is complete for the client only when waitUntil work is done (C1)', async (_, respond, end) => {
    let finish: () => void = () => undefined
    const port = await serve((_request, context) => {
      context.waitUntil(new Promise<void>((resolve) => (finish = resolve)))
      return respond()
    })
    const { socket, received, until } = raw(port)
    socket.write(get('/'))
    await nextTurns(200)
    expect(received()).not.toContain(end)
    finish()
    expect(await until(end)).toMatch(/^HTTP\/1.1 20[04] /)
  })

  test('is a 500 when a header of it cannot be sent, and says so in the log (S12)', async () => {
    // What another package's Response may hold and the platform's own would refuse.
    const headers = new Map([['x-a', 'caf\u0301']])
    const port = await serve(() => Object.defineProperty(new Response(), 'headers', { value: headers }))
    expect(await send(port, get('/'))).toMatch(/^HTTP\/1.1 500 [^]*"instance":"inv-1"}$/)
    expect(open.lines.join('')).toContain('x-a')
  })
})
