import { http, type HttpDefinition } from '@isobar/core'

export const never: HttpDefinition = http('/*', () => new Response('this module never loads'))

throw new Error('DATABASE_URL is not set')
