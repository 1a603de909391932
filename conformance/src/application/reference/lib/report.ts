import type { HttpContext } from '@isobar/core'
import { toHex } from '../../shared/bytes.ts'

/** Answers with all that the handler sees, so that a case can compare it with what the client sent. */
export async function report(request: Request, context: HttpContext): Promise<Response> {
  const hasBody = request.body !== null
  const body = new Uint8Array(await request.arrayBuffer())
  return Response.json({
    method: request.method,
    url: request.url,
    headers: [...request.headers],
    body: { present: hasBody, hex: toHex(body) },
    params: context.params,
    client: context.client,
    invocation: context.invocation,
    target: context.target,
    function: context.function,
    trace: context.trace,
  })
}
