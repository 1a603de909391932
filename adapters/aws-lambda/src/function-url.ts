import { runBuffered } from '@isobar/core/adapter'
import type { HttpApplication } from '@isobar/core/adapter'
import { clientOf, UnexpectedEventError } from './event.ts'
import { bind, invocation } from './invocation.ts'
import { decodePayload2, encodePayload2, isPayload2, type Payload2Result } from './payload-2.ts'
import type { LambdaContext } from './lambda-context.ts'

/**
 * The handler of a function behind a function URL whose invoke mode is BUFFERED.
 *
 * @throws TypeError when a function of the application is no definition.
 */
export function functionUrl(
  input: HttpApplication,
): (event: unknown, context: LambdaContext) => Promise<Payload2Result> {
  const app = bind(input)
  return async (event, context) => {
    if (!isPayload2(event)) throw new UnexpectedEventError('a function URL', event)
    const result = await runBuffered(app, {
      ...invocation({ frontDoor: 'function-url', event, context }, Infinity),
      request: decodePayload2(event, event.rawPath, app.origin),
      client: clientOf(event.requestContext.http.sourceIp),
    })
    await result.settle()
    return encodePayload2(result.answer)
  }
}
