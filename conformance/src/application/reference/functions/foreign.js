// In JavaScript, since a compiler would keep these out of a handler that is written in TypeScript.
import { http } from '@isobar/core'

/** What node-fetch and test doubles return: the members of a Response, without being one. */
export const foreign = http('/foreign/:what', (_request, context) => {
  const bytes = new TextEncoder().encode('foreign body')
  const response = {
    status: 201,
    headers: new Map([['content-type', 'text/plain']]),
    body: new Blob([bytes]).stream(),
    arrayBuffer: () => Promise.resolve(bytes.buffer),
  }
  switch (context.params.what) {
    case 'no-content':
      return { ...response, status: 204, headers: new Map([['x-kind', 'foreign']]) }
    case 'reset-content':
      return { ...response, status: 205, headers: new Map([['x-kind', 'foreign']]) }
    case 'not-modified':
      return {
        ...response,
        status: 304,
        headers: new Map([
          ['etag', '"v1"'],
          ['content-length', '12'],
        ]),
      }
    case 'number-header':
      return {
        ...response,
        headers: new Map([
          ['content-type', 'text/plain'],
          ['x-count', 42],
        ]),
      }
    default:
      return response
  }
})

/** What a handler may return by mistake. */
export const wrong = http('/wrong/:what', async (_request, context) => {
  switch (context.params.what) {
    case 'string':
      return 'a string is no Response'
    case 'object':
      return { statusCode: 200, body: 'the shape of another platform' }
    case 'null':
      return null
    case 'used': {
      const response = new Response('read already')
      await response.text()
      return response
    }
    case 'error':
      return Response.error()
    default:
      return undefined
  }
})

/** What `new HttpError(410, …)` of another copy of the package is: no `instanceof` knows it. */
export const failAsACopy = http('/fail-as-a-copy', () => {
  const error = new Error('It was removed.')
  throw Object.assign(error, { 'isobar.http-error': true, status: 410, detail: error.message, headers: {} })
})
