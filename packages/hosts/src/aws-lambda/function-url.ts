import { randomUUID } from 'node:crypto'

import { MalformedResult, type DoorAnswer, type DoorModel, type DoorRequest, type Header } from './door.ts'
import { valuesOf } from './door-parts.ts'
import { collectOutcome, maxRequestBytes, RequestTooLarge, type Outcome } from './invocation.ts'
import { region, type LambdaFunction } from './lambda-function.ts'
import { answerV2, eventV2, headV2, type EventV2 } from './payload-v2.ts'
import { begun, integrationType, readPrelude } from './prelude.ts'
import { remapHeaders } from './response-headers.ts'

const urlId = 'isobarhostisobarhostisobarhost00'

/** The host of the function's URL. */
export const functionUrlDomain: string = `${urlId}.lambda-url.${region}.on.aws`

const maxHeadBytes = 64 * 1024

/**
 * A function URL without authorization.
 * https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html
 * @param mode the invoke mode: BUFFERED, or RESPONSE_STREAM, which passes chunks on as the function writes them.
 */
export function functionUrl(lambda: LambdaFunction, mode: 'BUFFERED' | 'RESPONSE_STREAM'): DoorModel {
  const encode = mode === 'BUFFERED' ? buffered : streamed
  const tooLarge = tooLargeAnswer(new RequestTooLarge('InvokeFunction').message)
  return {
    // The limit is that of the event, which holds the body; what is over it for sure is not even read.
    maxBodyBytes: maxRequestBytes,
    maxHeadBytes,
    tooLarge,
    async handle(request) {
      const { event, traceRoot } = functionUrlEvent(request)
      const { requestId } = event.requestContext
      const answer = await respond(lambda, event, traceRoot, encode)
      return {
        ...answer,
        headers: [...answer.headers, ['x-amzn-requestid', requestId], ['x-amzn-trace-id', traceRoot]],
      }
    },
  }
}

export function functionUrlEvent(request: DoorRequest): { event: EventV2; traceRoot: string } {
  const requestId = randomUUID()
  // Unlike an HTTP API, a function URL keeps the bytes of the path: https://github.com/honojs/hono/issues/2156
  return eventV2(request, {
    accountId: 'anonymous',
    apiId: urlId,
    domainName: functionUrlDomain,
    requestId,
    rawPath: request.path,
  })
}

async function respond(
  lambda: LambdaFunction,
  event: EventV2,
  traceRoot: string,
  encode: (outcome: Outcome) => Promise<DoorAnswer>,
): Promise<DoorAnswer> {
  try {
    // The id of the invocation is the one in the event: it is what a user looks for in the function's logs.
    const { requestId } = event.requestContext
    const answer = await encode(await lambda.invoke(Buffer.from(JSON.stringify(event)), { requestId, traceRoot }))
    return { ...answer, headers: withType(remapHeaders(answer.headers)) }
  } catch (error) {
    if (error instanceof MalformedResult) return badGateway
    if (error instanceof RequestTooLarge) return tooLargeAnswer(error.message)
    throw error
  }
}

async function buffered(outcome: Outcome): Promise<DoorAnswer> {
  const whole = await collectOutcome(outcome)
  if (whole.kind === 'error') return badGateway
  return whole.contentType === integrationType
    ? streamed({ ...whole, kind: 'stream', body: once(whole.body) })
    : answerV2(whole.body)
}

async function streamed(outcome: Outcome): Promise<DoorAnswer> {
  if (outcome.kind === 'error') return badGateway
  const { contentType } = outcome
  // A result that is not streamed is not read as a response in this mode, the client gets its JSON:
  // https://github.com/aws/aws-lambda-go/issues/565
  if (outcome.kind === 'buffered' || contentType !== integrationType) {
    const body = outcome.kind === 'buffered' ? outcome.body : await begun(outcome.body)
    return body === 'failed' ? badGateway : { status: 200, headers: [['content-type', contentType]], body }
  }
  const { prelude, body } = await readPrelude(outcome.body)
  if (body === 'failed') return badGateway
  // Only `end()` was called: the runtime writes the prelude with the first write, so there is none.
  if (prelude === undefined) return { status: 200, headers: [], body }
  return { ...headV2(prelude), body }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}

function withType(headers: Header[]): Header[] {
  const typed = valuesOf(headers, 'content-type').length > 0
  return typed ? headers : [...headers, ['content-type', 'application/octet-stream']]
}

/** A failed function: https://docs.aws.amazon.com/lambda/latest/dg/urls-monitoring.html */
const badGateway: DoorAnswer = {
  status: 502,
  headers: [['content-type', 'application/json']],
  body: Buffer.from('Internal Server Error'),
}

function tooLargeAnswer(text: string): DoorAnswer {
  return {
    status: 413,
    headers: [
      ['content-type', 'application/json'],
      ['x-amzn-errortype', 'RequestTooLargeException'],
    ],
    body: Buffer.from(JSON.stringify({ Type: 'User', message: text })),
  }
}
