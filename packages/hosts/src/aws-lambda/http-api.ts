import { randomBytes } from 'node:crypto'

import { MalformedResult, type DoorAnswer, type DoorModel, type DoorRequest, type Header } from './door.ts'
import { decodeEscapes, valuesOf } from './door-parts.ts'
import { collectOutcome, RequestTooLarge } from './invocation.ts'
import { accountId, region, type LambdaFunction } from './lambda-function.ts'
import { answerV2, eventV2, type EventV2 } from './payload-v2.ts'
import { withoutFraming } from './response-headers.ts'
import { inTime } from './timeout.ts'

const apiId = 'isobarh0st'

/** The host of the API's default endpoint. */
export const httpApiDomain: string = `${apiId}.execute-api.${region}.amazonaws.com`

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html */
const maxBodyBytes = 10 * 1024 * 1024
const maxHeadBytes = 10_240
const timeoutMs = 30_000

/** An HTTP API with a `$default` route and stage and a Lambda proxy integration, payload format 2.0. */
export function httpApi(lambda: LambdaFunction): DoorModel {
  const tooLarge = message(413, 'Request Entity Too Large')
  return {
    maxBodyBytes,
    maxHeadBytes,
    tooLarge,
    async handle(request) {
      const { event, traceRoot } = httpApiEvent(request)
      const { requestId } = event.requestContext
      const answer = await inTime(timeoutMs, message(503, 'Service Unavailable'), async () => {
        try {
          const outcome = await collectOutcome(await lambda.invoke(Buffer.from(JSON.stringify(event)), { traceRoot }))
          return outcome.kind === 'error' ? internal : answerV2(outcome.body)
        } catch (error) {
          if (error instanceof MalformedResult) return internal
          if (error instanceof RequestTooLarge) return tooLarge
          throw error
        }
      })
      const headers = withoutFraming(answer.headers)
      return { ...answer, headers: [...withType(headers), ['apigw-requestid', requestId]] }
    },
  }
}

export function httpApiEvent(request: DoorRequest): { event: EventV2; traceRoot: string } {
  // A content-length always comes with the event: the gateway has read the whole body before it calls the function.
  const length = String(request.body.length)
  const headers = request.headers.filter(([name]) => name.toLowerCase() !== 'content-length')
  return eventV2(
    { ...request, headers: [...headers, ['content-length', length]] },
    {
      accountId,
      apiId,
      domainName: httpApiDomain,
      requestId: randomBytes(11).toString('base64'),
      rawPath: decodedPath(request.path),
    },
  )
}

/**
 * HTTP APIs hand the path over decoded, and a question mark that was escaped in it ends it:
 * https://github.com/honojs/hono/issues/2156, https://github.com/middleapi/standard-server/issues/93
 */
function decodedPath(path: string): string {
  return decodeEscapes(path).split('?')[0] ?? ''
}

function withType(headers: Header[]): Header[] {
  const typed = valuesOf(headers, 'content-type').length > 0
  return typed ? headers : [...headers, ['content-type', 'text/plain;charset=UTF-8']]
}

function message(status: number, text: string): DoorAnswer {
  return {
    status,
    headers: [['content-type', 'application/json']],
    body: Buffer.from(JSON.stringify({ message: text })),
  }
}

const internal: DoorAnswer = message(500, 'Internal Server Error')
