import { http, type HttpContext, type HttpDefinition } from '@isobar/core'

/** Answers with the function that was chosen and the parameters that it got. */
function chosen(_request: Request, context: HttpContext): Response {
  return Response.json({ function: context.function.name, params: context.params })
}

// The wildcards stand first: precedence must not come from the order in the file.
export const precedenceWildcard: HttpDefinition = http('/precedence/*', chosen)
export const precedenceMany: HttpDefinition = http('/precedence/:rest+', chosen)
export const precedenceParameter: HttpDefinition = http('/precedence/:id', chosen)
export const precedenceLiteral: HttpDefinition = http('/precedence/literal', chosen)
export const precedenceDeeper: HttpDefinition = http('/precedence/:id/deeper', chosen)

export const getItem: HttpDefinition = http('GET /items/:id', chosen)
export const putItem: HttpDefinition = http('PUT /items/:id', chosen)
export const changeItem: HttpDefinition = http({ route: '/items/:id', method: ['POST', 'DELETE'] }, chosen)

export const postOnly: HttpDefinition = http('POST /post-only', chosen)
export const optional: HttpDefinition = http('GET /optional/:id?', chosen)
export const many: HttpDefinition = http('GET /many/:path+', chosen)
export const any: HttpDefinition = http('GET /any/:path*', chosen)
export const nested: HttpDefinition = http('GET /shops/:shop/orders/:order', chosen)
export const purge: HttpDefinition = http('PURGE /cache/:key', chosen)

// GET stands first, which must not matter either.
export const getBesideHead: HttpDefinition = http(
  'GET /own-head',
  (_request, context) => new Response('body', { headers: { 'x-function': context.function.name } }),
)

export const head: HttpDefinition = http(
  'HEAD /own-head',
  (_request, context) => new Response(null, { headers: { 'x-function': context.function.name } }),
)
