import { run } from '@isobar/core/adapter'
import type { Answer, Body, HttpApplication } from '@isobar/core/adapter'
import { clientOf, member, UnexpectedEventError } from './event.ts'
import { bind, invocation } from './invocation.ts'
import { decodePayload2, isPayload2 } from './payload-2.ts'
import type { LambdaContext } from './lambda-context.ts'

/** What the runtime gives a streaming handler: no Writable, but an object with some of its methods. */
export interface ResponseStream {
  write(chunk: Uint8Array | string): boolean
  end(): unknown
  once(event: string, listener: () => void): unknown
  off(event: string, listener: () => void): unknown
}

type StreamingHandler = (event: unknown, stream: ResponseStream, context: LambdaContext) => Promise<void>

/** The runtime's global: https://docs.aws.amazon.com/lambda/latest/dg/config-rs-write-functions.html */
interface LambdaGlobal {
  streamifyResponse(handler: StreamingHandler): StreamingHandler
  HttpResponseStream: { from(stream: ResponseStream, head: object): ResponseStream }
}

/**
 * The handler of a function behind a function URL whose invoke mode is RESPONSE_STREAM.
 *
 * @throws TypeError when a function of the application is no definition.
 */
export function functionUrlStreaming(input: HttpApplication): StreamingHandler {
  const app = bind(input)
  const handler: StreamingHandler = async (event, stream, context) => {
    if (!isPayload2(event)) throw new UnexpectedEventError('a function URL', event)
    const result = await run(app, {
      ...invocation({ frontDoor: 'function-url-streaming', event, context }, Infinity),
      request: decodePayload2(event, event.rawPath, app.origin),
      client: clientOf(event.requestContext.http.sourceIp),
    })
    try {
      await send(result.answer, stream)
    } catch (error) {
      result.failed(error)
      await result.settle()
      // Neither end(), with which a part would look like the whole answer (S9), nor destroy(): the runtime has no
      // listener for what that rejects, and the process ends with the work of other invocations in it (its source,
      // createResponseStream). A rejection it reports to Lambda behind the part that was sent.
      throw error
    }
    await result.settle()
  }
  // Only the runtime has the global, and the module shall load without it: in tests, in a local tool.
  return lambdaGlobal()?.streamifyResponse(handler) ?? handler
}

async function send(answer: Answer<Body>, stream: ResponseStream): Promise<void> {
  const lambda = lambdaGlobal()
  if (!lambda) {
    throw new TypeError(
      'Response streaming needs the global `awslambda`, which the Node.js runtime of Lambda provides.',
    )
  }
  const out = lambda.HttpResponseStream.from(stream, {
    statusCode: answer.status,
    headers: Object.fromEntries(answer.headers),
    ...(answer.cookies.length > 0 && { cookies: answer.cookies }),
  })
  // The runtime sends the head with the first write; without one, status, headers and cookies are lost (S10):
  // https://github.com/aws/aws-lambda-nodejs-runtime-interface-client/issues/95
  out.write('')
  if (answer.body instanceof Uint8Array) out.write(answer.body)
  else if (answer.body !== null && !(await pump(answer.body, out))) return
  out.end()
}

/**
 * Sends chunk by chunk at the pace of the runtime. Lets the source go when the connection is lost (S11), and gives
 * false then: there is nothing left to end.
 */
async function pump(body: ReadableStream<Uint8Array>, out: ResponseStream): Promise<boolean> {
  const reader = body.getReader()
  let open = true
  const stop = (): void => {
    open = false
    reader.cancel().catch(() => undefined)
  }
  out.once('close', stop)
  out.once('error', stop)
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return open
    if (!(value instanceof Uint8Array))
      throw new TypeError(`A chunk of the body is no Uint8Array but a ${typeof value}.`)
    if (!out.write(value)) await drained(out)
  }
}

/** A stream that was closed never drains, so close and error end the wait too. */
function drained(out: ResponseStream): Promise<void> {
  const events = ['drain', 'close', 'error']
  return new Promise((resolve) => {
    const done = (): void => {
      for (const event of events) out.off(event, done)
      resolve()
    }
    for (const event of events) out.once(event, done)
  })
}

/** Looked up when it is needed, and on globalThis, because bundlers may rename a free `awslambda`. */
function lambdaGlobal(): LambdaGlobal | undefined {
  const value: unknown = Reflect.get(globalThis, 'awslambda')
  return isLambdaGlobal(value) ? value : undefined
}

function isLambdaGlobal(value: unknown): value is LambdaGlobal {
  const from = member(member(value, 'HttpResponseStream'), 'from')
  return typeof member(value, 'streamifyResponse') === 'function' && typeof from === 'function'
}
