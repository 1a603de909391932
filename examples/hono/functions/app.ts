import { Hono } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import { stream } from 'hono/streaming'

/** A Hono app as its own documentation would write it: a default export with a `fetch` is a function as it is. */
const app = new Hono()

app.get('/', (c) => c.text('Hello from Hono'))
app.get('/books/:id', (c) => c.json({ id: c.req.param('id'), pages: c.req.queries('page') ?? [] }))
app.post('/echo', async (c) => c.body(await c.req.arrayBuffer(), 200, { 'content-type': 'application/octet-stream' }))
app.get('/visits', (c) => {
  const visits = Number(getCookie(c, 'visits') ?? 0) + 1
  setCookie(c, 'visits', String(visits), { path: '/', httpOnly: true })
  setCookie(c, 'seen', 'yes', { path: '/' })
  return c.json({ visits })
})
app.delete('/visits', (c) => {
  deleteCookie(c, 'visits')
  return c.body(null, 204)
})
app.get('/count', (c) =>
  stream(c, async (out) => {
    for (const number of [1, 2, 3]) await out.write(`${number}\n`)
  }),
)
app.get('/later', (c) => {
  c.executionCtx.waitUntil(Promise.resolve())
  return c.redirect('/', 302)
})
app.notFound((c) => c.json({ error: 'not found' }, 404))

export default app
