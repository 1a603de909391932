import type { HttpCall } from '@isobar/core/adapter'
import { strings } from './env.ts'
import type { WorkersExecutionContext, WorkersNative } from './native.ts'

/** What a fetch event tells. Pure; the platform's own Request is passed on as it is. */
export function describeCall(request: Request, env: object, ctx: WorkersExecutionContext): Omit<HttpCall, 'sink'> {
  const native: WorkersNative<object> = { request, env, ctx }
  // https://developers.cloudflare.com/fundamentals/reference/http-headers/: the edge sets both and no client can.
  const address = request.headers.get('cf-connecting-ip')
  return {
    request,
    id: request.headers.get('cf-ray') ?? undefined,
    native,
    env: strings(env),
    client: address === null ? {} : { address },
    waitUntil: (work) => ctx.waitUntil(work),
  }
}
