import { request as httpRequest } from 'node:http'
import { expect, test } from 'vitest'
import { get, start } from './testing/server.ts'

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
