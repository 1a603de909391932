import { createServer, type Server, type Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'

import { createFrontDoor } from './front-door.ts'
import { listenOnLoopback } from './running.ts'
import type { FrontDoor } from './types.ts'

const servers: Server[] = []

afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})

/** A door to a server that gives each connection to `serve`, with what has come of the request when its head is complete. */
async function door(serve: (socket: Socket, request: string) => void): Promise<FrontDoor> {
  const server = createServer((socket) => {
    let received = ''
    socket.on('error', () => {})
    socket.on('data', (bytes: Buffer) => {
      const before = received.includes('\r\n\r\n')
      received += bytes.toString('latin1')
      if (!before && received.includes('\r\n\r\n')) serve(socket, received)
    })
  })
  servers.push(server)
  return doorAt(await listenOnLoopback(server))
}

function doorAt(port: number): FrontDoor {
  return createFrontDoor({ id: 'test/door', port, runtime: { name: 'none', version: '0' }, front: 'emulated' })
}

async function closedPort(): Promise<number> {
  const server = createServer()
  const port = await listenOnLoopback(server)
  await new Promise((resolve) => server.close(resolve))
  return port
}

describe('send', () => {
  it('gives what came, as it came', async () => {
    const { send, origin } = await door((socket, request) => {
      const host = /^host: (.*)\r$/m.exec(request)?.[1] ?? 'none'
      socket.end(`HTTP/1.1 200 OK\r\nX-Host: ${host}\r\nx-a: 1\r\nX-A: 2\r\nContent-Length: 2\r\n\r\nok`)
    })
    const answer = await send({})
    expect(answer).toMatchObject({ status: 200, complete: true })
    expect(answer.headers.slice(1, 3)).toEqual([
      ['x-a', '1'],
      ['X-A', '2'],
    ])
    expect(Buffer.from(answer.body).toString()).toBe('ok')
    expect(`https://${answer.headers[0]?.[1]}`).toBe(origin)
  })

  it('expects no body when ready-made bytes are a HEAD request', async () => {
    const { send } = await door((socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n'))
    expect(await send(Buffer.from('HEAD / HTTP/1.1\r\nhost: x\r\n\r\n'))).toMatchObject({ status: 200, complete: true })
  })

  it('tells when an answer breaks off', async () => {
    const { send } = await door((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc', () => socket.end())
    })
    const answer = await send({})
    expect(answer.complete).toBe(false)
    expect(Buffer.from(answer.body).toString()).toBe('abc')
  })

  it('tells when an answer is reset', async () => {
    const { open } = await door((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc', () =>
        setTimeout(() => socket.resetAndDestroy(), 50),
      )
    })
    const exchange = await open({})
    await exchange.head
    while ((await exchange.read()) !== undefined);
    expect(exchange.complete).toBe(false)
  })

  it('rejects when the connection is refused, closed or reset before a head, and names the door', async () => {
    await expect(doorAt(await closedPort()).send({})).rejects.toThrow(
      /front door test\/door on .* refused the connection/,
    )
    const closing = await door((socket) => socket.end())
    await expect(closing.send({})).rejects.toThrow(/test\/door .* closed the connection before the head/)
    const resetting = await door((socket) => socket.resetAndDestroy())
    await expect(resetting.send({})).rejects.toThrow(/test\/door .* broke the connection before the head.*ECONNRESET/)
  })

  it('rejects an answer that is not HTTP', async () => {
    const { send } = await door((socket) => socket.end('nonsense\r\n\r\n'))
    await expect(send({})).rejects.toThrow('Malformed HTTP answer')
  })
})

describe('open', () => {
  it('reads nothing from the socket unless asked', async () => {
    const piece = Buffer.alloc(64 * 1024)
    let sent = 0
    const { open } = await door((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n')
      const fill = (): void => {
        do sent += piece.length
        while (socket.write(piece))
      }
      socket.on('drain', fill)
      fill()
    })
    const exchange = await open({})
    expect((await exchange.head).status).toBe(200)
    await new Promise((resolve) => setTimeout(resolve, 300))
    const stalled = sent
    await new Promise((resolve) => setTimeout(resolve, 300))
    // The system's own buffers are full, and nothing takes from them.
    expect(sent).toBe(stalled)
    let read = 0
    while (read < stalled + 32 * 1024 * 1024) read += (await exchange.read())?.length ?? Number.NaN
    expect(sent).toBeGreaterThan(stalled)
    exchange.destroy()
  })

  it('writes more of the request later', async () => {
    const { open } = await door((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n')
      socket.on('data', (more: Buffer) => socket.end(more))
    })
    const exchange = await open({ method: 'POST', headers: [['content-length', '4']] })
    await exchange.head
    await exchange.write(Buffer.from('late'))
    expect(Buffer.from((await exchange.read()) ?? []).toString()).toBe('late')
    expect(await exchange.read()).toBeUndefined()
    expect(exchange.complete).toBe(true)
  })

  it('destroy resets the connection', async () => {
    const failed = Promise.withResolvers<string>()
    const { open } = await door((socket) => {
      socket.on('error', (error) => failed.resolve(error.message))
      socket.write('HTTP/1.1 200 OK\r\n\r\nx')
    })
    const exchange = await open({})
    await exchange.read()
    exchange.destroy()
    expect(await failed.promise).toContain('ECONNRESET')
  })
})
