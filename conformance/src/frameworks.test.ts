import { createApplication, runBuffered } from '@isobar/core/adapter'
import { H3 } from 'h3'
import { Hono } from 'hono'
import { AutoRouter, type IRequest } from 'itty-router'
import { describe, expect, test } from 'vitest'

/** Each as its own documentation writes it. */
const apps: Record<string, object> = {
  hono: new Hono()
    .get('/hello/:name', (c) => c.text(`hello ${c.req.param('name')}`))
    .post('/echo', async (c) => c.json(await c.req.json(), 201)),
  h3: new H3()
    .get('/hello/:name', (event) => `hello ${event.context.params?.['name']}`)
    .post('/echo', async (event) => {
      event.res.status = 201
      return (await event.req.json()) ?? null
    }),
  'itty-router': AutoRouter({ missing: () => new Response('not found', { status: 404 }) })
    .get('/hello/:name', ({ params }: IRequest) => new Response(`hello ${params['name']}`))
    .post('/echo', async (request: IRequest) => Response.json(await request.json(), { status: 201 })),
}

describe.each(Object.entries(apps))('an app of %s is a function as it is', (_, app) => {
  const application = createApplication({ target: 'test', functions: { app } })

  async function send(method: string, path: string, body?: string): Promise<{ status: number; text: string }> {
    const { answer } = await runBuffered(application, {
      request: {
        method,
        url: `https://shop.example${path}`,
        headers: [['content-type', 'application/json']],
        body: body === undefined ? null : new TextEncoder().encode(body),
      },
      native: {},
      env: {},
      client: {},
      sink: { write: () => undefined },
    })
    return { status: answer.status, text: new TextDecoder().decode(answer.body ?? undefined) }
  }

  test('its routes, its bodies and its own 404 answer', async () => {
    expect(await send('GET', '/hello/ada')).toEqual({ status: 200, text: 'hello ada' })
    const echoed = await send('POST', '/echo', '{"a":1}')
    expect([echoed.status, JSON.parse(echoed.text)]).toEqual([201, { a: 1 }])
    expect((await send('GET', '/nowhere')).status).toBe(404)
  })
})
