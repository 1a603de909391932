import './testing/library.ts'
import { http, type HttpContext } from '@isobar/core'
import { app, HttpResponse } from '@azure/functions'
import { once } from 'node:events'
import type { Server } from 'node:http'
import { connect, type Socket } from 'node:net'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { streaming } from './streaming.ts'
import { logged, openDoor } from './testing/library.ts'

let handle: (request: Request, context: HttpContext) => Response | Promise<Response>
let door: { server: Server; port: number }
const sockets: Socket[] = []

beforeAll(async () => {
  app.setup({ enableHttpStream: true })
  app.http('streaming', {
    route: '{*path}',
    handler: streaming(
      {
        target: 'azure',
        functions: { it: http('/*', (request, context) => handle(request, context)) },
      },
      HttpResponse,
    ),
  })
  door = await openDoor('streaming')
})

afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy()
  logged.splice(0)
})

afterAll(() => {
  door.server.closeAllConnections()
  door.server.close()
})

/** A connection to the door, and what it has received. */
function raw(...lines: string[]): {
  socket: Socket
  received: () => string
  until: (text: string) => Promise<string>
  closed: Promise<unknown>
} {
  const socket = connect(door.port, '127.0.0.1')
  sockets.push(socket)
  let text = ''
  socket.on('data', (chunk) => (text += chunk.toString('latin1')))
  socket.write([...lines, 'host: client.example', 'connection: close', '', ''].join('\r\n'))
  const until = async (wanted: string): Promise<string> => {
    while (!text.includes(wanted)) await once(socket, 'data')
    return text
  }
  return { socket, received: () => text, until, closed: once(socket, 'close') }
}

async function send(...lines: string[]): Promise<string> {
  const { closed, received } = raw(...lines)
  await closed
  return received()
}

function chunk(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

async function nextTurns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve))
}

test('the URL is the public one, its query as the client sent it (R2, R4)', async () => {
  handle = (request) => new Response(request.url)
  expect(await send('GET /a%20b?d=1&d=2&f HTTP/1.1')).toContain('https://app.example/a%20b?d=1&d=2&f')
})

test('a chunked request keeps its body (R7)', async () => {
  handle = async (request) => new Response(`got ${await request.text()}`)
  const { socket, until } = raw('POST / HTTP/1.1', 'transfer-encoding: chunked')
  socket.write('3\r\nabc\r\n3\r\ndef\r\n0\r\n\r\n')
  expect(await until('got abcdef')).toMatch(/^HTTP\/1.1 200 /)
})

test('every cookie has a line of its own, byte for byte (S2)', async () => {
  handle = () => {
    const headers = new Headers({ 'x-a': 'Wed, 21 Oct' })
    headers.append('set-cookie', 'a=1; Expires=Wed, 21 Oct 2026 07:28:00 GMT')
    headers.append('set-cookie', 'b=c=%20d; secure')
    return new Response('x', { headers })
  }
  const lines = (await send('GET / HTTP/1.1')).split('\r\n')
  expect(lines.filter((line) => /^(?:set-cookie|x-a)/i.test(line))).toEqual([
    'x-a: Wed, 21 Oct',
    'set-cookie: a=1; Expires=Wed, 21 Oct 2026 07:28:00 GMT',
    'set-cookie: b=c=%20d; secure',
  ])
})

test.each([
  ['throws', () => Promise.reject(new Error('no'))],
  ['returns undefined', () => Reflect.get({}, 'nothing')],
  ['returns a string', () => Reflect.get({ text: 'text' }, 'text')],
])('a handler that %s is a 500, and the client does not hang (S8)', async (_, respond) => {
  handle = respond
  expect(await send('GET / HTTP/1.1')).toMatch(/^HTTP\/1.1 500 [^]*"title":"Internal Server Error"/)
})

test('HEAD and 204 have no body', async () => {
  handle = (request) =>
    request.method === 'HEAD'
      ? new Response('12345', { headers: { 'content-length': '5' } })
      : new Response(null, { status: 204 })
  expect(await send('HEAD / HTTP/1.1')).toMatch(/content-length: 5\r\n[^]*\r\n\r\n$/)
  expect(await send('GET / HTTP/1.1')).toMatch(/^HTTP\/1.1 204 [^]*\r\n\r\n$/)
})

test('a chunk goes out before the next is there (S9)', async () => {
  let more: () => void = () => undefined
  const gate = new Promise<void>((resolve) => (more = resolve))
  handle = () => {
    const list = ['one', 'two']
    return new Response(
      new ReadableStream({
        async pull(controller) {
          if (list.length === 1) await gate
          const next = list.shift()
          if (next === undefined) controller.close()
          else controller.enqueue(chunk(next))
        },
      }),
    )
  }
  const { until } = raw('GET / HTTP/1.1')
  expect(await until('one')).not.toContain('two')
  more()
  expect(await until('two')).toContain('one')
})

test('a body that fails midway breaks the connection instead of leaving the client hanging (S9)', async () => {
  let count = 0
  handle = () =>
    new Response(
      new ReadableStream({
        async pull(controller) {
          await new Promise((resolve) => setImmediate(resolve))
          if (count++ > 1) throw new Error('midway')
          controller.enqueue(chunk('part'))
        },
      }),
    )
  const answer = await send('GET / HTTP/1.1')
  expect(answer).toContain('part')
  expect(answer).not.toMatch(/0\r\n\r\n$/)
  expect(logged.map(({ message }) => message).join('\n')).toContain('midway')
})

test('a client that does not read makes the source wait, one that leaves cancels it (S11)', async () => {
  let cancelled: (reason: unknown) => void = () => undefined
  const told = new Promise((resolve) => (cancelled = resolve))
  let produced = 0
  handle = () =>
    new Response(
      new ReadableStream({
        pull(controller) {
          produced++
          controller.enqueue(new Uint8Array(64 * 1024))
        },
        cancel: cancelled,
      }),
    )
  const { socket } = raw('GET / HTTP/1.1')
  socket.pause()
  for (let before = -1; before !== produced || before <= 0; await nextTurns(300)) before = produced
  // The library by itself pulls until the memory is full.
  expect(produced * 64 * 1024).toBeLessThan(32 * 1024 * 1024)
  socket.destroy()
  expect(await told).toMatchObject({ name: 'AbortError' })
})

test('the client has its answer while waitUntil work goes on, and the invocation ends after it (C1)', async () => {
  let finish: () => void = () => undefined
  let worked = false
  handle = (_request, context) => {
    context.waitUntil(new Promise<void>((resolve) => (finish = resolve)).then(() => (worked = true)))
    return new Response('answer')
  }
  expect(await send('GET / HTTP/1.1')).toContain('answer')
  expect(worked).toBe(false)
  finish()
  await nextTurns(5)
  expect(worked).toBe(true)
})
