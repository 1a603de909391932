import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { request as httpRequest } from 'node:http'
import { createServer, type AddressInfo } from 'node:net'
import { afterEach } from 'vitest'

/** The server is a process of its own: it listens, is told to stop, and ends. */
const children: ChildProcess[] = []

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
})

export interface Running {
  child: ChildProcess
  port: number
  output: () => string
  until: (text: string) => Promise<string>
  exit: Promise<unknown[]>
  /** Resolves when it listens. */
  ready: () => Promise<unknown>
}

/** Runs the sources with Node's own type stripping; `body` sees what the adapter exports, and `http` and `queue` of core. */
export async function start(body: string, env: NodeJS.ProcessEnv = {}): Promise<Running> {
  const port = await freePort()
  const source = `
    const { eventFunctions, load, pubsubPush, serve } = await import(${JSON.stringify(new URL('../../dist/index.js', import.meta.url).href)})
    const { http, queue } = await import(${JSON.stringify(new URL('../../../../packages/core/dist/index.js', import.meta.url).href)})
    ${body}
  `
  const child = spawn(process.execPath, ['--input-type=module', '--eval', source], {
    env: { HOST: '127.0.0.1', PORT: String(port), K_REVISION: 'r-1', ...env },
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
  return { child, port, output: () => text, until, exit: once(child, 'exit'), ready: () => get(port, '/') }
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
export async function get(port: number, path: string): Promise<{ status: number | undefined; text: string }> {
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
