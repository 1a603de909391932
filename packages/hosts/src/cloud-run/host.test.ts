import { connect } from 'node:net'
import { networkInterfaces } from 'node:os'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { boot } from '../boot.ts'
import { folderWith, testManifest, until } from '../testing.ts'
import type { FrontDoor, RawRequest, RawResponse, Running } from '../types.ts'

/** The container under test: it answers with what it got. */
const server = `
import { createServer } from 'node:http'
const routes = {
  '/late': (request, response) => {
    setTimeout(() => console.log('late work done'), 200)
    response.end('ok')
  },
  '/stream': (request, response) => {
    response.write('first')
    console.log('written')
    process.once('SIGUSR2', () => response.end('last'))
  },
  '/cut': (request, response) => {
    response.write('a')
    setTimeout(() => response.destroy(), 20)
  },
  '/hang': (request, response) => {
    response.write('a')
    response.once('close', () => console.log('client gone'))
  },
  '/pour': (request, response) => {
    let poured = 0
    const pour = () => {
      do poured += 65536
      while (response.write(Buffer.alloc(65536)))
      console.log(JSON.stringify({ poured }))
    }
    response.on('drain', pour)
    pour()
  },
  '/exit': () => { console.log('exiting'); process.exit(3) },
  '/exit-after': (request, response) => {
    response.end('ok')
    setImmediate(() => setImmediate(() => process.exit(4)))
  },
  '/nonsense': (request, response) => response.socket.end('nonsense\\r\\n\\r\\n'),
  '/empty': (request, response) => { response.writeHead(304, { etag: '"1"' }); response.end() },
}
const listener = createServer((request, response) => {
  const route = routes[request.url]
  if (route) return route(request, response)
  const body = []
  request.on('data', (bytes) => body.push(bytes))
  request.on('end', () => {
    response.setHeader('X-Pid', process.pid)
    response.setHeader('Set-Cookie', ['a=1', 'B=2; Path=/'])
    response.end(JSON.stringify({
      method: request.method,
      url: request.url,
      headers: request.rawHeaders,
      body: Buffer.concat(body).toString('latin1'),
    }))
  })
})
listener.listen(process.env.PORT, '0.0.0.0')
console.log(JSON.stringify({ env: process.env, pid: process.pid }))
process.once('SIGTERM', () => { console.log('terminating'); process.exit(0) })
`

const folder = folderWith({
  'manifest.json': JSON.stringify(testManifest('cloud-run', 'server.mjs')),
  'server.mjs': server,
})
let running: Running
let door: FrontDoor

beforeAll(async () => {
  running = await boot('cloud-run', folder.path, { env: { GIVEN: 'yes' } })
  const [first] = running.doors
  if (first === undefined) throw new Error('There is no door.')
  door = first
})

afterAll(async () => {
  await running.stop()
  folder[Symbol.dispose]()
})

function text(answer: Pick<RawResponse, 'body'>): string {
  return Buffer.from(answer.body).toString('latin1')
}

async function seen(request: RawRequest): Promise<{ method: string; url: string; headers: string[]; body: string }> {
  const answer = await door.send(request)
  expect(answer.status).toBe(200)
  return JSON.parse(Buffer.from(answer.body).toString('utf8'))
}

function printed(line: string): number {
  return running.logs.filter((entry) => entry.line === line).length
}

describe('the Cloud Run host', () => {
  it('gives the container the environment of its contract and nothing of ours', () => {
    const env = running.logs[0]?.fields?.['env']
    expect(env).toMatchObject({
      K_SERVICE: 'shop',
      K_CONFIGURATION: 'shop',
      GIVEN: 'yes',
      PORT: expect.stringMatching(/^\d+$/),
    })
    expect(env).toHaveProperty('K_REVISION')
    expect(env).not.toHaveProperty('HOME')
  })

  it('names the door', () => {
    expect(door).toMatchObject({ id: 'cloud-run', front: 'emulated', runtime: { name: 'node' } })
    expect(door.origin).toMatch(/^https:\/\//)
  })

  it.each(['//evil.example/x', '/a/%2F/%25/../b/./c', '/?a=1&a=2&flag&c=+%%,', '*'])(
    'passes the target %s',
    async (target) => {
      expect(await seen({ target })).toMatchObject({ url: target })
    },
  )

  it.each(['PROPFIND', 'PURGE', 'OPTIONS', 'DELETE'])('passes the method %s', async (method) => {
    expect(await seen({ method })).toMatchObject({ method })
  })

  it.each([
    ['TRACE', '/'],
    ['CONNECT', 'example.test:80'],
  ])('refuses %s', async (method, target) => {
    expect((await door.send({ method, target })).status).toBe(405)
  })

  it('passes header bytes, and only the Host of the client', async () => {
    const headers: [string, string][] = [
      ['Host', 'client.test'],
      ['X-A', '1'],
      ['x-a', '\xe9'],
    ]
    const got = await seen({ headers })
    expect(got.headers.slice(0, 6)).toEqual(headers.flat())
    expect(got.headers.filter((name) => /^(x-forwarded-)?host$/i.test(name))).toEqual(['Host'])
  })

  it('passes a body with a length, in chunks, of a GET, and adds none to a POST without one', async () => {
    expect(await seen({ method: 'POST', body: '\x00\xff' })).toMatchObject({ body: '\x00\xc3\xbf' })
    const chunked: RawRequest = {
      method: 'PUT',
      headers: [['Transfer-Encoding', 'chunked']],
      body: '3;x=y\r\nabc\r\n1\r\nd\r\n0\r\n\r\n',
    }
    expect(await seen(chunked)).toMatchObject({ body: 'abcd' })
    expect(await seen({ body: 'of a GET' })).toMatchObject({ body: 'of a GET' })
    const bare = await seen({ method: 'POST' })
    expect(bare.headers.map((name) => name.toLowerCase())).not.toContain('content-length')
    expect(bare.headers.map((name) => name.toLowerCase())).not.toContain('transfer-encoding')
  })

  it('passes an answer with its cookies apart, and without a body where there is none', async () => {
    const answer = await door.send({})
    expect(answer.headers.filter(([name]) => name === 'Set-Cookie').map(([, value]) => value)).toEqual([
      'a=1',
      'B=2; Path=/',
    ])
    expect(answer.headers.filter(([name]) => name.toLowerCase() === 'content-length')).toHaveLength(1)
    expect(await door.send({ method: 'HEAD' })).toMatchObject({ status: 200, complete: true })
    expect(await door.send({ target: '/empty' })).toMatchObject({ status: 304, complete: true })
  })

  it('streams', async () => {
    const exchange = await door.open({ target: '/stream' })
    expect(text({ body: (await exchange.read()) ?? new Uint8Array() })).toBe('first')
    expect(printed('written')).toBe(1)
    process.kill(Number(running.logs[0]?.fields?.['pid']), 'SIGUSR2')
    expect(text({ body: (await exchange.read()) ?? new Uint8Array() })).toBe('last')
    expect(await exchange.read()).toBeUndefined()
    expect(exchange.complete).toBe(true)
  })

  it('does not complete an answer that the container breaks off', async () => {
    expect(await door.send({ target: '/cut' })).toMatchObject({ status: 200, complete: false })
  })

  it('lets the container know that the client is gone', async () => {
    const exchange = await door.open({ target: '/hang' })
    await exchange.read()
    exchange.destroy()
    await until(() => printed('client gone') === 1)
  })

  it('makes the container wait for a client that does not read', async () => {
    const exchange = await door.open({ target: '/pour' })
    await exchange.head
    const poured = (): number => Number(running.logs.findLast((entry) => entry.fields?.['poured'])?.fields?.['poured'])
    await new Promise((resolve) => setTimeout(resolve, 500))
    expect(poured()).toBeLessThan(16 * 1024 * 1024)
    exchange.destroy()
  })

  it('freezes the container between requests', async () => {
    expect(text(await door.send({ target: '/late' }))).toBe('ok')
    await new Promise((resolve) => setTimeout(resolve, 400))
    expect(printed('late work done')).toBe(0)
    // The timer fires when the container is thawed for the next request.
    await door.send({})
    await door.send({})
    await until(() => printed('late work done') === 1)
  })

  it('refuses a body over 32 MiB', async () => {
    const headers: [string, string][] = [['Content-Length', String(32 * 1024 * 1024 + 1)]]
    expect((await door.send({ method: 'POST', headers })).status).toBe(413)
    const body = Buffer.alloc(32 * 1024 * 1024 + 1)
    expect((await door.send({ method: 'POST', body })).status).toBe(413)
    const chunk = Buffer.concat([Buffer.from(`${body.length.toString(16)}\r\n`), body, Buffer.from('\r\n0\r\n\r\n')])
    const chunked: [string, string][] = [['Transfer-Encoding', 'chunked']]
    expect((await door.send({ method: 'POST', headers: chunked, body: chunk })).status).toBe(413)
    // Exactly the limit is let through.
    const most = await door.send({ method: 'POST', body: body.subarray(1) })
    expect(most.status).toBe(200)
  })

  it('answers 503 for a request that ends its container or gets no HTTP, and starts a new one', async () => {
    const pid = async (): Promise<string | undefined> =>
      (await door.send({})).headers.find(([name]) => name === 'X-Pid')?.[1]
    const first = await pid()
    expect((await door.send({ target: '/nonsense' })).status).toBe(503)
    expect(await pid()).toBe(first)
    expect((await door.send({ target: '/exit' })).status).toBe(503)
    // What the handler has seen is not given to another instance.
    expect(printed('exiting')).toBe(1)
    const second = await pid()
    expect(second).not.toBe(first)
    // It is frozen on its way to its end; the next request must not go down with it.
    expect((await door.send({ target: '/exit-after' })).status).toBe(200)
    expect(await pid()).toMatch(/^\d+$/)
    expect(await pid()).not.toBe(second)
  })

  it('is reachable on loopback only', async () => {
    const { port } = running.doors[0] ?? { port: 0 }
    const ports = [port, ...running.logs.flatMap((entry) => Number(Object(entry.fields?.['env'])['PORT']) || [])]
    const addresses = Object.values(networkInterfaces())
      .flatMap((list) => list ?? [])
      .filter(({ internal, family }) => !internal && family === 'IPv4')
      .map(({ address }) => address)
    const last = ports.at(-1) ?? 0
    expect(await reachable('127.0.0.1', port)).toBe(true)
    expect(await reachable('127.0.0.1', last)).toBe(true)
    for (const address of [...addresses, '127.0.0.2']) {
      expect(await reachable(address, port)).toBe(false)
      expect(await reachable(address, last)).toBe(false)
    }
  })

  it('ends the container by SIGTERM', async () => {
    await running.stop()
    expect(printed('terminating')).toBe(1)
    await expect(door.send({})).rejects.toThrow('refused')
    await running.stop()
  })
})

function reachable(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port })
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })
}
