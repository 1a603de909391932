import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import type { HttpContext } from '../context.ts'
import { http } from '../definition.ts'
import { HttpError } from '../errors.ts'
import { serveNodeExchange } from './node-http.ts'
import { createApplication, run } from './run.ts'

type Handler = (request: Request, context: HttpContext) => Response | Promise<Response>

const open: { server?: Server; lines: string[]; sockets: Socket[] } = { lines: [], sockets: [] }

afterEach(async () => {
  for (const socket of open.sockets.splice(0)) socket.destroy()
  open.server?.closeAllConnections()
  await new Promise((resolve) => open.server?.close(resolve))
  open.lines.length = 0
})

/** Serves one handler on loopback; gives the port. */
async function serve(handler: Handler, origin?: string): Promise<number> {
  const app = createApplication({ target: 'test', functions: { it: http('/*', handler) } })
  const sink = { write: (line: string) => void open.lines.push(line) }
  open.server = createServer({ requireHostHeader: false }, (request, response) => {
    const call = { id: 'inv-1', native: {}, env: {}, client: {}, sink }
    void serveNodeExchange(request, response, origin, (parts) => run(app, { ...call, request: parts }))
  })
  open.server.keepAliveTimeout = 0
  open.server.listen(0, '127.0.0.1')
  await once(open.server, 'listening')
  return (open.server.address() as AddressInfo).port
}

/** A connection that is written to and read from as it stands. */
function raw(port: number): {
  socket: Socket
  received: () => string
  until: (text: string) => Promise<string>
  closed: Promise<unknown>
} {
  const socket = connect(port, '127.0.0.1')
  open.sockets.push(socket)
  let text = ''
  socket.on('data', (chunk) => (text += chunk.toString('latin1')))
  socket.on('error', () => undefined)
  const closed = once(socket, 'close')
  const until = async (wanted: string): Promise<string> => {
    while (!text.includes(wanted)) await once(socket, 'data')
    return text
  }
  return { socket, received: () => text, until, closed }
}

async function send(port: number, text: string): Promise<string> {
  const { socket, closed, received } = raw(port)
  socket.write(text, 'latin1')
  await closed
  return received()
}

function chunks(...texts: string[]): ReadableStream<Uint8Array> {
  const list = texts.map((text) => new TextEncoder().encode(text))
  return new ReadableStream({
    // Each in a turn of its own, as from a network.
    async pull(controller) {
      await new Promise((resolve) => setImmediate(resolve))
      const chunk = list.shift()
      if (chunk) controller.enqueue(chunk)
      else controller.close()
    },
  })
}

const get = (path: string, ...headers: string[]): string =>
  [`GET ${path} HTTP/1.1`, 'host: shop.example', 'connection: close', ...headers, '', ''].join('\r\n')

describe('the request', () => {
  test('has the scheme https and the host of the client; a fixed origin wins (R2)', async () => {
    const port = await serve((request) => new Response(request.url))
    expect(await send(port, get('/a?b=1'))).toContain('https://shop.example/a?b=1')
    open.server?.close()
    const fixed = await serve((request) => new Response(request.url), 'http://api.example:8443')
    expect(await send(fixed, get('/a?b=1'))).toContain('http://api.example:8443/a?b=1')
  })

  test('keeps the bytes of the target: // is no host, absolute form loses its authority (R3)', async () => {
    const port = await serve((request) => new Response(request.url))
    expect(await send(port, get('//evil.example/x%2F%25'))).toContain('https://shop.example//evil.example/x%2F%25')
    expect(await send(port, get('http://evil.example/y?z=%%'))).toContain('https://shop.example/y?z=%%')
  })

  test('has a sentinel host when the client gives none or an invalid one (R2)', async () => {
    const port = await serve((request) => new Response(request.url))
    expect(await send(port, 'GET /a HTTP/1.1\r\nconnection: close\r\n\r\n')).toContain('https://host.invalid/a')
    expect(await send(port, 'GET /a HTTP/1.1\r\nhost: x/y\r\nconnection: close\r\n\r\n')).toContain(
      'https://host.invalid/a',
    )
  })

  test('joins repeated headers in order, cookies with a semicolon (R6)', async () => {
    const port = await serve(({ headers }) => Response.json([headers.get('x-a'), headers.get('cookie')]))
    const answer = await send(port, get('/', 'X-A: 1', 'Cookie: a=1', 'x-a: 12', 'cookie: b=2'))
    expect(answer).toContain('["1, 12","a=1; b=2"]')
  })

  test('has the bytes of its body, chunked too, and null without one (R7)', async () => {
    const port = await serve(async (request) => {
      if (request.body === null) return new Response('none')
      return new Response([...new Uint8Array(await request.arrayBuffer())].join(' '))
    })
    expect(await send(port, get('/'))).toContain('none')
    const post = 'POST / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n'
    expect(await send(port, `${post}content-length: 3\r\n\r\n\x00\xff\x80`)).toContain('0 255 128')
    expect(
      await send(port, `${post}transfer-encoding: chunked\r\n\r\n1\r\n\xff\r\n2\r\n\x01\x02\r\n0\r\n\r\n`),
    ).toContain('255 1 2')
    expect(await send(port, `${post}content-length: 0\r\n\r\n`)).toContain('none')
  })

  test('rejects reading when the client leaves midway', async () => {
    let seen: (error: unknown) => void
    const failed = new Promise((resolve) => (seen = resolve))
    const port = await serve(async (request) => {
      await request.text().catch((error: unknown) => seen(error))
      return new Response()
    })
    const { socket } = raw(port)
    socket.write('POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 10\r\n\r\nhalf')
    socket.once('ready', () => setImmediate(() => socket.destroy()))
    expect(await failed).toBeInstanceOf(Error)
  })

  test('makes the sender wait while nobody reads the body', async () => {
    let go: () => void = () => undefined
    const gate = new Promise<void>((resolve) => (go = resolve))
    const port = await serve(async (request) => {
      const reader = request.body?.getReader()
      let size = (await reader?.read())?.value?.byteLength ?? 0
      await gate
      for (let read = await reader?.read(); read && !read.done; read = await reader?.read())
        size += read.value.byteLength
      return new Response(`${size} bytes`)
    })
    const { socket, until } = raw(port)
    const total = 64 * 1024 * 1024
    socket.write(`POST / HTTP/1.1\r\nhost: a\r\ncontent-length: ${total}\r\n\r\n`)
    socket.write(Buffer.alloc(total))
    const taken = await standstill(() => socket.bytesWritten - socket.writableLength)
    // The kernel's buffers and the parser hold some megabytes; a server that read on would take everything.
    expect(taken).toBeLessThan(16 * 1024 * 1024)
    go()
    await until(`${total} bytes`)
  })
})

/** What a figure is when it has stopped to change. */
async function standstill(figure: () => number): Promise<number> {
  for (let before = -1; before !== figure() || before <= 0; await nextTurns(200)) before = figure()
  return figure()
}

async function nextTurns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve))
}

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

describe('the connection', () => {
  test('carries the next request although the body of the one before was left unread, or read in part', async () => {
    for (const reads of [0, 1]) {
      let count = 0
      const port = await serve(async (request) => {
        if (reads > 0) await request.body?.getReader().read()
        return new Response(`answer ${++count}`)
      })
      const { socket, until } = raw(port)
      const size = 1024 * 1024
      const head = `POST / HTTP/1.1\r\nhost: a\r\ncontent-length: ${size}\r\n\r\n`
      socket.write(head)
      socket.write(Buffer.alloc(size))
      await until('answer 1')
      socket.write(head)
      socket.write(Buffer.alloc(size))
      expect(await until('answer 2')).toMatch(/^HTTP\/1.1 200 [^]*HTTP\/1.1 200 /)
      socket.destroy()
      open.server?.close()
    }
  })

  test('carries the next request when a handler cancelled the body', async () => {
    let count = 0
    const port = await serve(async (request) => {
      const reader = request.body?.getReader()
      await reader?.read()
      await reader?.cancel()
      return new Response(`answer ${++count}`)
    })
    const { socket, until } = raw(port)
    for (const wanted of ['answer 1', 'answer 2']) {
      socket.write('POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 200000\r\n\r\n')
      socket.write(Buffer.alloc(200_000))
      expect(await until(wanted)).toMatch(/^HTTP\/1.1 200 /)
    }
  })
})
