import { http, HttpError, type HttpDefinition } from '@isobar/core'

/** Fails as the path says. */
export const fail: HttpDefinition = http('/fail/:how', async (request, context) => {
  switch (context.params.how) {
    case 'reject':
      return Promise.reject(new TypeError('secret of the rejection', { cause: new Error('its cause') }))
    case 'string':
      throw 'secret that is a string'
    case 'undefined':
      throw undefined
    case 'response':
      throw new Response('thrown, not returned', { status: 418 })
    case 'circular': {
      const error = new Error('secret of a circle')
      error.cause = error
      throw error
    }
    case 'http-error':
      throw new HttpError(409, 'The order was already shipped.')
    case 'http-error-bare':
      throw new HttpError(403)
    case 'http-error-headers':
      throw new HttpError(503, 'Come back later.', { headers: { 'Retry-After': '30' } })
    case 'http-error-cause':
      throw new HttpError(502, 'The warehouse did not answer.', { cause: new Error('connect ECONNREFUSED') })
    case 'null-body-status':
      return new Response('a body', { status: 204 })
    case 'status-99':
      return new Response('a body', { status: 99 })
    case 'unread-body':
      throw new Error(`secret beside a body of ${request.headers.get('content-length')} bytes`)
    default:
      throw new Error('secret of the handler')
  }
})

/** Throws before there is any promise. */
export const failAtOnce: HttpDefinition = http('/fail-at-once', () => {
  throw new RangeError('secret without a promise')
})

/** Sends back what it reads, so that the limit may be found when the answer has begun. */
export const limitedEcho: HttpDefinition = http(
  { route: 'POST /limited-echo', maxBodyBytes: 16 },
  (request) => new Response(request.body, { headers: { 'content-type': 'text/plain' } }),
)

/** The handler has an answer of its own for a body that is too large. */
export const limitedCaught: HttpDefinition = http(
  { route: 'POST /limited-caught', maxBodyBytes: 16 },
  async (request) => {
    try {
      return new Response(await request.text())
    } catch (error) {
      return Response.json({ status: Reflect.get(Object(error), 'status') }, { status: 422 })
    }
  },
)

/** The body is read without a care for the limit: what reading throws goes up. */
export const limited: HttpDefinition = http({ route: 'POST /limited', maxBodyBytes: 16 }, async (request, context) => {
  context.log.info('the handler runs')
  const text = await request.text()
  return new Response(`${text.length} characters`)
})
