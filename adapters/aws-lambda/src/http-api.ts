import { encodePath, runBuffered } from '@isobar/core/adapter'
import type { HttpApplication } from '@isobar/core/adapter'
import { clientOf, UnexpectedEventError } from './event.ts'
import { bind, invocation } from './invocation.ts'
import { decodePayload2, encodePayload2, isPayload2, type Payload2Result } from './payload-2.ts'
import type { LambdaContext } from './lambda-context.ts'

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html */
const integrationTimeoutMs = 30_000

/**
 * The handler of a function behind an HTTP API with payload format 2.0.
 *
 * @throws TypeError when a function of the application is no definition.
 */
export function httpApi(input: HttpApplication): (event: unknown, context: LambdaContext) => Promise<Payload2Result> {
  const app = bind(input)
  return async (event, context) => {
    if (!isPayload2(event)) throw new UnexpectedEventError('an HTTP API with payload format 2.0', event)
    const { stage, http } = event.requestContext
    const result = await runBuffered(app, {
      ...invocation({ frontDoor: 'http-api', event, context }, integrationTimeoutMs),
      request: decodePayload2(event, encodePath(withoutStage(event.rawPath, stage)), app.origin),
      client: clientOf(http.sourceIp),
    })
    await result.settle()
    return encodePayload2(result.answer)
  }
}

/** A named stage is the first segment of the path, behind a custom domain too; `$default` is not. */
function withoutStage(path: string, stage: string): string {
  if (stage === '$default') return path
  const prefix = `/${stage}`
  if (path === prefix) return '/'
  return path.startsWith(`${prefix}/`) ? path.slice(prefix.length) : path
}
