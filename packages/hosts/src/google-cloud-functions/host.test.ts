import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { boot } from '../boot.ts'
import { folderWith, testManifest, until } from '../testing.ts'
import type { FrontDoor, Running } from '../types.ts'

const entry = `
import { http } from '@google-cloud/functions-framework'
console.log(JSON.stringify({ env: process.env }))
http('http', (request, response) => {
  if (request.url === '/reject') void Promise.reject(new Error('after the answer'))
  if (request.url === '/exit-after') setImmediate(() => setImmediate(() => process.exit(16)))
  if (request.url === '/throw') throw new Error('broken')
  if (request.url === '/late') setTimeout(() => console.log('late work done'), 200)
  response.setHeader('X-Pid', process.pid)
  response.end(JSON.stringify({ url: request.url, headers: request.rawHeaders, raw: request.rawBody?.toString('latin1'), ip: request.ip }))
})
`

const folder = folderWith({
  'manifest.json': JSON.stringify(testManifest('google-cloud-functions', 'http/index.mjs', 'http')),
  'http/index.mjs': entry,
  'http/package.json': JSON.stringify({ main: 'index.mjs' }),
})
let running: Running
let door: FrontDoor

beforeAll(async () => {
  running = await boot('google-cloud-functions', folder.path)
  const [first] = running.doors
  if (first === undefined) throw new Error('There is no door.')
  door = first
})

afterAll(async () => {
  await running.stop()
  folder[Symbol.dispose]()
})

async function send(target: string) {
  const answer = await door.send({ target, method: 'POST', headers: [['content-type', 'text/plain']], body: 'x' })
  const pid = answer.headers.find(([name]) => name === 'X-Pid')?.[1]
  return { answer, pid, text: Buffer.from(answer.body).toString() }
}

describe('the Google Cloud Functions host', () => {
  it("is the vendor's framework behind a front end of ours", () => {
    expect(door).toMatchObject({
      id: 'google-cloud-functions',
      front: 'emulated',
      runtime: { name: '@google-cloud/functions-framework', version: '5.0.5' },
    })
  })

  it('gives the function the environment of the second generation', () => {
    expect(running.logs[0]?.fields?.['env']).toMatchObject({
      K_SERVICE: 'shop',
      K_CONFIGURATION: 'shop',
      K_REVISION: expect.stringMatching(/^shop-/),
      FUNCTION_TARGET: 'http',
      FUNCTION_SIGNATURE_TYPE: 'http',
      NODE_ENV: 'production',
      PORT: expect.stringMatching(/^\d+$/),
    })
  })

  it.each(['/favicon.ico', '/robots.txt', '//a/%2F?b&b'])('calls the function for %s', async (target) => {
    const { answer, text } = await send(target)
    expect(answer.status).toBe(200)
    expect(JSON.parse(text)).toMatchObject({ url: target, raw: 'x' })
  })

  it("gives the client's address as the platform does", async () => {
    const { text } = await send('/')
    const { headers } = JSON.parse(text)
    expect(headers[headers.indexOf('x-forwarded-for') + 1]).toBe('127.0.0.1')
    expect(headers[headers.indexOf('x-forwarded-proto') + 1]).toBe('https')
  })

  it("passes the framework's own answer to a function that throws", async () => {
    const { answer, text } = await send('/throw')
    expect(answer.status).toBe(500)
    expect(answer.headers).toContainEqual(['X-Google-Status', 'crash'])
    expect(text).toBe('Internal Server Error')
  })

  it('freezes the function between requests', async () => {
    await send('/late')
    await new Promise((resolve) => setTimeout(resolve, 400))
    const done = (): boolean => running.logs.some(({ line }) => line === 'late work done')
    expect(done()).toBe(false)
    await send('/')
    await send('/')
    await until(done)
  })

  it("keeps the process after a rejection that nobody handles, by the framework's own domain", async () => {
    const { pid: before } = await send('/')
    await send('/reject')
    const { pid: after } = await send('/')
    expect(after).toBe(before)
    await until(() => running.logs.some(({ line }) => line.startsWith('Exception from a finished function')))
  })

  it('starts a new process for the request after the one that ended it', async () => {
    const { pid: before } = await send('/')
    await send('/exit-after')
    const { pid: after, answer } = await send('/')
    expect(answer.status).toBe(200)
    expect(after).not.toBe(before)
  })
})
