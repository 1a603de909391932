import { http } from 'isobar'

export const hello = http('GET /hello/:name', (_, context) =>
  Response.json({ hello: context.params.name, on: context.target }),
)
