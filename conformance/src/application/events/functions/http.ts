import { http, type HttpDefinition } from '@isobar/core'

/** Beside the events, so that one artifact holds both. */
export const hello: HttpDefinition = http('GET /hello', () => new Response('hello'))
