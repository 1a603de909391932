import type { HttpContext, HttpHandler } from '@isobar/core'

/** Puts a mistake between an adapter and a handler: what goes in or comes out is spoilt. */
type Spoil = (handler: HttpHandler) => HttpHandler

export type Flaw =
  | 'loses-cookies'
  | 'joins-cookies'
  | 'decodes-the-query-twice'
  | 'swallows-errors'
  | 'shows-the-stack'
  | 'forgets-wait-until'
  | 'corrupts-answers'
  | 'corrupts-requests'
  | 'buffers-streams'
  | 'trusts-the-client'

/** Mistakes that adapters make, each in a line. */
export const flaws: Readonly<Record<Flaw, Spoil>> = {
  /** Copies headers into an object, where the last cookie wins. */
  'loses-cookies': answer((response) => {
    const cookies = response.headers.getSetCookie()
    return withCookies(response, cookies.slice(-1))
  }),
  /** Joins cookies as if they were any header. */
  'joins-cookies': answer((response) => {
    const cookies = response.headers.getSetCookie()
    return withCookies(response, cookies.length > 0 ? [cookies.join(', ')] : [])
  }),
  /** Reads the query into a map of decoded values, and decodes them once more. */
  'decodes-the-query-twice': (handler) => (request, context) => {
    const url = new URL(request.url)
    url.search = url.search.replace(/%[0-7][0-9a-f]/gi, (escape) => decodeURIComponent(escape))
    return handler(new Request(url, request), context)
  },
  /** Answers an error as if there had been none. */
  'swallows-errors': onError(() => new Response(null, { status: 200 })),
  /** Tells the client what is for the log. */
  'shows-the-stack': onError(
    (error) => new Response(error instanceof Error ? error.stack : String(error), { status: 500 }),
  ),
  /** Lets the platform freeze the process while work goes on. */
  'forgets-wait-until': (handler) => (request, context) =>
    handler(request, changed(context, { waitUntil: { value: () => {} } })),
  /** Takes every body that goes out for text. */
  'corrupts-answers': answer(async (response) => new Response(response.body && (await response.text()), response)),
  /** Takes every body that comes in for text. */
  'corrupts-requests': (handler) => async (request, context) =>
    handler(
      request.body ? new Request(request, { method: request.method, body: await request.text() }) : request,
      context,
    ),
  /** Waits for all of a body where it could stream. */
  'buffers-streams': answer(
    async (response) => new Response(response.body && (await response.arrayBuffer()), response),
  ),
  /** Believes what a client says of its address. */
  'trusts-the-client': (handler) => (request, context) => {
    const [address] = request.headers.get('x-forwarded-for')?.split(', ') ?? []
    return handler(request, address === undefined ? context : changed(context, { client: { value: { address } } }))
  },
}

/** Spoils the answers that are Responses; others are left to the adapter. */
function answer(spoil: (response: Response) => Response | Promise<Response>): Spoil {
  return (handler) => async (request, context) => {
    const response = await handler(request, context)
    return response instanceof Response ? spoil(response) : response
  }
}

function onError(spoil: (error: unknown) => Response): Spoil {
  return (handler) => async (request, context) => {
    try {
      return await handler(request, context)
    } catch (error) {
      return spoil(error)
    }
  }
}

function withCookies(response: Response, cookies: readonly string[]): Response {
  const headers = new Headers(response.headers)
  headers.delete('set-cookie')
  for (const cookie of cookies) headers.append('set-cookie', cookie)
  return new Response(response.body, { status: response.status, headers })
}

/** The same context but for some members; its getters (`signal`) stay what they are. */
function changed(context: HttpContext, members: PropertyDescriptorMap): HttpContext {
  return Object.create(context, members)
}
