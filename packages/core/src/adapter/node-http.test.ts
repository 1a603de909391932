import { afterEach, describe, expect, test } from 'vitest'
import { closeAll, get, open, raw, send, serve, standstill } from '../testing/node-server.ts'

afterEach(closeAll)

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
