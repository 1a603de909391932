import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { request as httpRequest } from 'node:http'
import { createServer, type AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'

/** The server is a process of its own: it listens, is told to stop, and ends. */
const children: ChildProcess[] = []

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
})

interface Running {
  child: ChildProcess
  port: number
  output: () => string
  until: (text: string) => Promise<string>
  exit: Promise<unknown[]>
}

/** Runs the sources with Node's own type stripping; `body` sees `load` and `serve`, and `http` of core. */
async function start(body: string): Promise<Running> {
  const port = await freePort()
  const source = `
    const { load, serve } = await import(${JSON.stringify(new URL('../dist/index.js', import.meta.url).href)})
    const { http } = await import(${JSON.stringify(new URL('../../../packages/core/dist/index.js', import.meta.url).href)})
    ${body}
  `
  const child = spawn(process.execPath, ['--input-type=module', '--eval', source], {
    env: { HOST: '127.0.0.1', PORT: String(port), K_REVISION: 'r-1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  children.push(child)
  let text = ''
  const more = new EventTarget()
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk) => {
      text += chunk
      more.dispatchEvent(new Event('text'))
    })
  }
  const until = async (wanted: string): Promise<string> => {
    while (!text.includes(wanted))
      await new Promise((resolve) => more.addEventListener('text', resolve, { once: true }))
    return text
  }
  return { child, port, output: () => text, until, exit: once(child, 'exit') }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo
  probe.close()
  await once(probe, 'close')
  return port
}

/** Asks until the server listens. */
async function get(port: number, path: string): Promise<{ status: number | undefined; text: string }> {
  for (;;) {
    try {
      return await new Promise((resolve, reject) => {
        const request = httpRequest({ host: '127.0.0.1', port, path, agent: false }, async (response) => {
          let text = ''
          for await (const chunk of response) text += chunk
          resolve({ status: response.statusCode, text })
        })
        request.on('error', reject)
        request.end()
      })
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ECONNREFUSED')) throw error
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
  }
}

test('listens on HOST and PORT, and has the revision and an id', async () => {
  const { port } = await start(`
    const show = http('GET /', (request, context) => Response.json([context.function.version, context.invocation.id.length]))
    serve({ target: 'cloud-run', functions: { show } })
  `)
  expect(await get(port, '/')).toEqual({ status: 200, text: '["r-1",36]' })
})

test('SIGTERM: the request in flight is answered, a connection kept open does not hold the process, which exits with 0', async () => {
  const { child, port, until, exit } = await start(`
    const slow = http('GET /slow', async () => {
      console.log('began')
      await new Promise((resolve) => process.once('SIGTERM', () => setTimeout(resolve, 200)))
      return new Response('done')
    })
    const quick = http('GET /quick', () => new Response('quick'))
    serve({ target: 'cloud-run', functions: { slow, quick } })
  `)
  await get(port, '/quick')
  const kept = new (await import('node:http')).Agent({ keepAlive: true })
  const answer = new Promise<string>((resolve, reject) => {
    const request = httpRequest({ host: '127.0.0.1', port, path: '/slow', agent: kept }, async (response) => {
      let text = ''
      for await (const chunk of response) text += chunk
      resolve(text)
    })
    request.on('error', reject)
    request.end()
  })
  await until('began')
  child.kill('SIGTERM')
  expect(await answer).toBe('done')
  expect(await exit).toEqual([0, null])
  kept.destroy()
  // Under the 10 s after which it gives up.
}, 8000)

test('a rejection that nobody handles is logged in one line and ends the process with 1 (C8)', async () => {
  const { port, output, exit } = await start(`
    const fault = http('GET /', () => {
      setImmediate(() => void Promise.reject(new Error('floating')))
      return new Promise(() => undefined)
    })
    serve({ target: 'cloud-run', functions: { fault } })
  `)
  await get(port, '/').catch(() => undefined)
  expect(await exit).toEqual([1, null])
  const line = output()
    .split('\n')
    .find((one) => one.includes('floating'))
  expect(JSON.parse(line ?? '')).toMatchObject({
    severity: 'ERROR',
    fault: 'uncaught',
    fields: { error: { message: 'floating' } },
  })
})

test('a module that throws is named in a line, and the server does not start (C9)', async () => {
  const { output, exit } = await start(`
    await load('functions/broken.ts', () => Promise.reject(new Error('no DATABASE_URL')))
    serve({ target: 'cloud-run', functions: {} })
  `)
  expect((await exit)[0]).toBe(1)
  const line = output().split('\n')[0] ?? ''
  expect(JSON.parse(line)).toMatchObject({
    severity: 'ERROR',
    fault: 'module',
    fields: { module: 'functions/broken.ts' },
  })
})
