import { request as httpRequest } from 'node:http'
import { describe, expect, test } from 'vitest'
import { start } from './testing/server.ts'

const body = `
  const orders = queue('orders', ({ id, data }) => {
    if (data.fail) throw new Error('as told')
    console.log('shipped ' + id + ' ' + data.n)
  })
  const every = http('/*', (request) => new Response('http ' + new URL(request.url).pathname))
  serve({
    target: 'cloud-run',
    functions: { every },
    events: eventFunctions({ ship: { definition: orders, source: pubsubPush('queue') } }),
  })
`

function push(data: object): string {
  const message = { data: btoa(JSON.stringify(data)), messageId: '7' }
  return JSON.stringify({ message, subscription: 'projects/p/subscriptions/shop-ship' })
}

function send(port: number, method: string, path: string, sent = ''): Promise<{ status?: number; text: string }> {
  return new Promise((resolve, reject) => {
    const request = httpRequest({ host: '127.0.0.1', port, method, path, agent: false }, async (response) => {
      let text = ''
      for await (const chunk of response) text += chunk
      resolve({ ...(response.statusCode !== undefined && { status: response.statusCode }), text })
    })
    request.on('error', reject)
    request.end(sent)
  })
}

describe('the service of the events', () => {
  test('answers what Pub/Sub pushes, each by its outcome, and nothing else', async () => {
    const { port, output, ready } = await start(body, { ISOBAR_ROLE: 'events' })
    await ready()
    expect(await send(port, 'POST', '/.isobar/ship', push({ n: 3 }))).toEqual({ status: 204, text: '' })
    expect(output()).toContain('shipped 7 3')
    expect(await send(port, 'POST', '/.isobar/ship?x', push({ fail: true }))).toEqual({ status: 503, text: '' })
    expect(await send(port, 'GET', '/.isobar/ship')).toEqual({ status: 404, text: '' })
    expect(await send(port, 'POST', '/.isobar/other', push({ n: 1 }))).toEqual({ status: 404, text: '' })
    expect(await send(port, 'GET', '/')).toEqual({ status: 404, text: '' })
  })

  test('goes on when a sender leaves in the middle of its request', async () => {
    const { port, ready, until } = await start(body, { ISOBAR_ROLE: 'events' })
    await ready()
    const half = httpRequest({ host: '127.0.0.1', port, method: 'POST', path: '/.isobar/ship', agent: false })
    half.on('error', () => {})
    half.setHeader('content-length', '100')
    half.write('{"message":', () => half.destroy())
    await until('aborted')
    expect((await send(port, 'POST', '/.isobar/ship', push({ n: 3 }))).status).toBe(204)
  })

  test('does not start with a definition of another kind', async () => {
    const { exit, output } = await start(
      `serve({ target: 'cloud-run', functions: {}, events: eventFunctions({ ship: { definition: http('/', () => new Response()), source: pubsubPush('queue') } }) })`,
      { ISOBAR_ROLE: 'events' },
    )
    expect((await exit)[0]).toBe(1)
    expect(output()).toContain("The function 'ship' must be a definition of queue()")
  })
})

test('the public service has no events: not even a route of the user’s answers there', async () => {
  const { port, output, ready } = await start(body)
  await ready()
  for (const path of ['/.isobar/ship', '/.isobar/', 'http://a/.isobar/ship?x']) {
    expect(await send(port, 'POST', path, push({ n: 3 }))).toEqual({ status: 404, text: '' })
  }
  expect(await send(port, 'GET', '/.isobars')).toEqual({ status: 200, text: 'http /.isobars' })
  expect(output()).not.toContain('shipped')
})
