import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'

import { listenOnLoopback } from '../running.ts'
import {
  errorPayload,
  maxResponseBytes,
  StreamFailure,
  type FunctionError,
  type Invocation,
  type Outcome,
} from './invocation.ts'

/** What the Runtime API tells the environment that it belongs to. */
export interface RuntimeApiListener {
  /** The runtime asks for the next invocation: it is initialized, or done with the last one. */
  onNext(): void
  /** The function could not be loaded; the runtime exits next. */
  onInitError(payload: Uint8Array): void
}

/**
 * The Runtime API of one execution environment, for one runtime that is called once at a time. Custom runtimes and the
 * vendor's clients alike: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
 */
export interface RuntimeApi {
  /** Value of `AWS_LAMBDA_RUNTIME_API`. */
  readonly address: string
  /** Answers the waiting `next`; resolves when the head of the runtime's answer is there. @throws Error when no `next` waits */
  hand(invocation: Invocation): Promise<Outcome>
  /** Ends the invocation that is under way, if it has no answer yet. */
  fail(error: FunctionError): void
  close(): Promise<void>
}

interface Current {
  invocation: Invocation
  answered: boolean
  /** Resolves when the answer has begun. */
  seen: PromiseWithResolvers<void>
  /** Resolves when the answer is complete. */
  complete: PromiseWithResolvers<void>
  /** Why the environment is ended while the answer is being streamed. */
  failure?: FunctionError
  settle(outcome: Outcome): void
}

/** An error answer of the Runtime API itself, with the texts of the vendor's emulator (rapi/rendering/render_error.go). */
type Refusal = [status: number, errorType: string, errorMessage: string]

/** How long a request may overtake another one of the same runtime. */
const overtakeMs = 500

const prefix = '/2018-06-01/runtime'
const invalidRequestId: Refusal = [400, 'InvalidRequestID', 'Invalid request ID']
const invalidMode: Refusal = [400, 'InvalidFunctionResponseMode', 'Invalid function response mode']
const truncated: Refusal = [400, 'TruncatedHTTPRequest', 'HTTP request detected as truncated']
const tooLarge: Refusal = [
  413,
  'RequestEntityTooLarge',
  `Exceeded maximum allowed payload size (${maxResponseBytes} bytes).`,
]
const invalidTransition = (from: string, to: string): Refusal => [
  403,
  'InvalidStateTransition',
  `Transition from ${from} to ${to} is not allowed.`,
]

/** Starts the Runtime API on a free port of loopback. */
export async function createRuntimeApi(listener: RuntimeApiListener): Promise<RuntimeApi> {
  let initialized = false
  let waiting: ServerResponse | undefined
  let current: Current | undefined

  const next = async (response: ServerResponse): Promise<void> => {
    // A streamed answer comes on another connection, and the client does not wait for it to be accepted when the function
    // failed: what it sent before may be read after this.
    if (current?.answered === false) await Promise.race([current.seen.promise, passed(overtakeMs)])
    if (current?.answered === false) return refuse(response, invalidTransition('Running', 'Ready'))
    // The rest of it may still be in the runtime's process, which is frozen once it waits for the next invocation.
    await current?.complete.promise
    if (waiting !== undefined) return refuse(response, invalidTransition('Ready', 'Ready'))
    initialized = true
    current = undefined
    waiting = response
    response.once('close', () => {
      if (waiting === response) waiting = undefined
    })
    listener.onNext()
  }

  const answer = async (request: IncomingMessage, response: ServerResponse, id: string): Promise<void> => {
    // Validation comes before the state transition (rapi/handler/invocationresponse.go).
    const { headers } = request
    if (current?.invocation.id !== id || current.answered) return refuse(response, invalidRequestId)
    const mode = headers['lambda-runtime-function-response-mode']
    if (mode !== undefined && mode !== 'streaming') return refuse(response, invalidMode)
    const call = current
    const contentType = headers['content-type'] ?? 'application/octet-stream'
    if (mode === 'streaming') {
      call.answered = true
      call.seen.resolve()
      call.settle({ kind: 'stream', contentType, body: streamedBody(request, response, call) })
      return
    }
    const body = await readBody(request, maxResponseBytes)
    // Somebody else (the deadline) may have ended the invocation while its answer was read.
    if (call.answered) return refuse(response, invalidRequestId)
    if (body === 'truncated') return refuse(response, truncated)
    markAnswered(call)
    if (body === 'too large') {
      const errorMessage = `Response payload size exceeded maximum allowed payload size (${maxResponseBytes} bytes).`
      call.settle({
        kind: 'error',
        payload: errorPayload({ errorType: 'Function.ResponseSizeTooLarge', errorMessage }),
      })
      return refuse(response, tooLarge)
    }
    accept(response)
    call.settle({ kind: 'buffered', contentType, body })
  }

  const fault = async (request: IncomingMessage, response: ServerResponse, id: string): Promise<void> => {
    if (current?.invocation.id !== id || current.answered) return refuse(response, invalidRequestId)
    const call = current
    const payload = await readBody(request, maxResponseBytes)
    if (call.answered) return refuse(response, invalidRequestId)
    markAnswered(call)
    accept(response)
    call.settle({ kind: 'error', payload: faultPayload(request, payload) })
  }

  const initFault = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (initialized) return refuse(response, invalidTransition('Ready', 'InitError'))
    const payload = await readBody(request, maxResponseBytes)
    accept(response)
    listener.onInitError(faultPayload(request, payload))
  }

  // The X-Ray cause of an error and the error in a stream's trailers are headers, with whole stack traces in them.
  const server = createServer({ maxHeaderSize: 4 * 1024 * 1024 }, (request, response) => {
    const { method, url = '' } = request
    const id = decodeURIComponent(url.split('/')[4] ?? '')
    if (method === 'GET' && url === `${prefix}/invocation/next`) void next(response)
    else if (method === 'POST' && url === `${prefix}/invocation/${encodeURIComponent(id)}/response`)
      void answer(request, response, id)
    else if (method === 'POST' && url === `${prefix}/invocation/${encodeURIComponent(id)}/error`)
      void fault(request, response, id)
    else if (method === 'POST' && url === `${prefix}/init/error`) void initFault(request, response)
    else if (method === 'GET' && url === '/ping') response.end('pong')
    else response.writeHead(404, { 'content-type': 'text/plain' }).end('404 page not found')
  })
  // A frozen runtime keeps its connections for as long as it is frozen.
  server.keepAliveTimeout = 0
  server.requestTimeout = 0
  const port = await listenOnLoopback(server)

  return {
    address: `127.0.0.1:${port}`,
    hand(invocation) {
      const response = waiting
      if (response === undefined) throw new Error('The runtime has not asked for an invocation.')
      waiting = undefined
      return new Promise((settle) => {
        current = {
          invocation,
          answered: false,
          seen: Promise.withResolvers(),
          complete: Promise.withResolvers(),
          settle,
        }
        response.writeHead(200, nextHeaders(invocation)).end(invocation.event)
      })
    },
    fail(error) {
      if (current === undefined) return
      if (current.answered) {
        current.failure ??= error
        return
      }
      markAnswered(current)
      current.settle({ kind: 'error', payload: errorPayload(error) })
    },
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function markAnswered(call: Current): void {
  call.answered = true
  call.seen.resolve()
  call.complete.resolve()
}

function passed(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref()
  })
}

function nextHeaders(invocation: Invocation): Record<string, string> {
  const { id, deadline, functionArn, traceId, clientContext } = invocation
  return {
    'Content-Type': 'application/json',
    'Lambda-Runtime-Aws-Request-Id': id,
    'Lambda-Runtime-Deadline-Ms': String(deadline),
    'Lambda-Runtime-Invoked-Function-Arn': functionArn,
    'Lambda-Runtime-Trace-Id': traceId,
    ...(clientContext === undefined ? {} : { 'Lambda-Runtime-Client-Context': clientContext }),
  }
}

async function* streamedBody(
  request: IncomingMessage,
  response: ServerResponse,
  call: Current,
): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of request) yield chunk
    call.complete.resolve()
  } catch {
    call.complete.resolve()
    // The connection broke: the environment has ended in the middle of its answer.
    const { id } = call.invocation
    const exit = { errorType: 'Runtime.ExitError', errorMessage: `RequestId: ${id} Error: Runtime exited` }
    throw new StreamFailure(errorPayload(call.failure ?? exit))
  }
  accept(response)
  // Errors of a streamed answer come as trailers, never to /error:
  // https://docs.aws.amazon.com/lambda/latest/dg/runtimes-custom.html#runtimes-custom-response-streaming
  const error = request.trailers['lambda-runtime-function-error-type']
  if (error === undefined) return
  const body = request.trailers['lambda-runtime-function-error-body'] ?? ''
  throw new StreamFailure(Buffer.from(body, 'base64'))
}

async function readBody(request: IncomingMessage, limit: number): Promise<Uint8Array | 'truncated' | 'too large'> {
  const chunks: Uint8Array[] = []
  let size = 0
  try {
    for await (const chunk of request) {
      size += chunk.length
      if (size <= limit) chunks.push(chunk)
    }
  } catch {
    return 'truncated'
  }
  return size > limit ? 'too large' : Buffer.concat(chunks)
}

/** What the runtime posted, or, when it posted nothing usable, what its error type header says of it. */
function faultPayload(request: IncomingMessage, payload: Awaited<ReturnType<typeof readBody>>): Uint8Array {
  if (payload instanceof Uint8Array && payload.length > 0) return payload
  const type = request.headers['lambda-runtime-function-error-type']
  // Names that are none of the platform's are not shown (rapi/handler, fatalerror.GetValidRuntimeOrFunctionErrorType).
  const errorType =
    typeof type === 'string' && /^(Runtime|Function)\.[A-Z][A-Za-z]+$/.test(type) ? type : 'Runtime.Unknown'
  return errorPayload({ errorType, errorMessage: 'The runtime reported an error without a description.' })
}

function accept(response: ServerResponse): void {
  response.writeHead(202, { 'Content-Type': 'application/json' }).end('{"status":"OK"}\n')
}

function refuse(response: ServerResponse, [status, errorType, errorMessage]: Refusal): void {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify({ errorMessage, errorType }))
}
