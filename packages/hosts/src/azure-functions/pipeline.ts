import type { IncomingMessage, ServerResponse } from 'node:http'

import type { LogEntry } from '../types.ts'
import { receive, type HostRequest, maxBodyBytes } from './front-end.ts'
import { matchRoute, type RouteMatch } from './routes.ts'
import { bufferedRequest, streamingRequest, writeBuffered } from './rpc-http.ts'
import { forward } from './streaming.ts'
import type { WorkerPool } from './worker-pool.ts'

export interface PipelineOptions {
  pool: WorkerPool
  app: { name: string; hostname: string }
  /** Is the start page shown at `/` when no function answers there? */
  homepage: boolean
  hangTimeoutMs: number
  answerTimeoutMs: number
  onLog(entry: LogEntry): void
  newInvocationId(): string
}

/** What Azure's host does with a request, from App Service's front end to the answer. */
export function createPipeline(
  options: PipelineOptions,
): (incoming: IncomingMessage, response: ServerResponse) => void {
  return (incoming, response) => {
    handle(options, incoming, response).catch((error: unknown) => {
      options.onLog({ line: `The local host failed: ${String(error)}`, stream: 'stderr' })
      fail(response)
    })
  }
}

async function handle(options: PipelineOptions, incoming: IncomingMessage, response: ServerResponse): Promise<void> {
  const request = receive(incoming, options.app)
  if ('refused' in request) {
    empty(response, request.refused)
    return
  }
  // The host keeps these for itself, whatever the functions' routes are:
  // https://github.com/Azure/azure-functions-host/blob/dev/src/WebJobs.Script.WebHost/Middleware/ReservedRouteGuardMiddleware.cs
  if (/^\/(?:admin|runtime)(?:\/|$)/i.test(request.url.path)) {
    empty(response, 404)
    return
  }
  const worker = await options.pool.get()
  const match = matchRoute(worker.functions, request.method, request.url.path)
  if (match === undefined) {
    noFunction(options, request, response)
    return
  }
  const exchange = { invocationId: options.newInvocationId(), request, match, incoming, response }
  const timer = setTimeout(() => answerTimedOut(options, exchange), options.answerTimeoutMs)
  try {
    if (worker.httpUri === undefined) await buffered(options, exchange)
    else await streaming(options, exchange)
  } finally {
    clearTimeout(timer)
  }
}

interface HostExchange {
  invocationId: string
  request: HostRequest
  match: RouteMatch
  incoming: IncomingMessage
  response: ServerResponse
}

async function buffered(options: PipelineOptions, exchange: HostExchange): Promise<void> {
  const { invocationId, request, match, incoming, response } = exchange
  const body = await readBody(incoming)
  if (body === undefined) {
    empty(response, 413)
    return
  }
  try {
    const begun = await options.pool.begin(bufferedRequest(invocationId, request, match, body))
    const result = await begun.response
    if (!response.headersSent) writeBuffered(response, result.returnValue)
  } catch (error) {
    invocationFailed(options, exchange, error)
    fail(response)
  }
}

async function streaming(options: PipelineOptions, exchange: HostExchange): Promise<void> {
  const { invocationId, request, match, incoming, response } = exchange
  // Azure's host forwards first, the library pairs the two in either order. Here the client's bytes must still be there when
  // another worker gets the invocation.
  const begun = await options.pool.begin(streamingRequest(invocationId, request, match)).catch((error: unknown) => {
    invocationFailed(options, exchange, error)
    fail(response)
  })
  if (begun === undefined) return
  const { worker } = begun
  if (worker.httpUri === undefined) throw new Error('The app has started anew without HTTP streaming.')
  const abort = new AbortController()
  const hang = hangTimer(options, exchange, () => abort.abort())
  const forwarded = forward({
    httpUri: worker.httpUri,
    invocationId,
    request,
    incoming,
    response,
    signal: abort.signal,
    onActivity: hang.touch,
  })
  const invoked = begun.response.catch((error: unknown) => {
    invocationFailed(options, exchange, error)
    if (!worker.running) abort.abort()
  })
  // From here on nobody writes to the client any more.
  void invoked.then(hang.start)
  const end = await forwarded
  hang.stop()
  // When the worker ends, its connection is the first to break; the client is told when the end of the worker is known.
  await invoked
  if (end === 'broken') fail(response)
}

/**
 * In streaming mode the library answers the client itself. When the function throws, returns nothing or fails midway the
 * library does not, and Azure lets the client wait for 240 s (ActivityTimeout of its proxy); a local loop says so sooner.
 */
function hangTimer(
  options: PipelineOptions,
  { match, invocationId, response }: HostExchange,
  onHang: () => void,
): { start(): void; touch(): void; stop(): void } {
  let timer: NodeJS.Timeout | undefined
  let finished = false
  const arm = (): void => {
    clearTimeout(timer)
    timer = setTimeout(() => {
      // A client that does not read is slow, not forgotten.
      if (response.writableNeedDrain) {
        arm()
        return
      }
      options.onLog({
        line: `Function "${match.function.metadata.name}" (${invocationId}) has ended and its answer has not: @azure/functions leaves the client waiting when a streaming function throws, returns nothing or fails midway. Azure would wait 240 s; the local host ends it after ${options.hangTimeoutMs} ms.`,
        stream: 'stderr',
      })
      onHang()
    }, options.hangTimeoutMs)
  }
  return {
    start() {
      if (finished || response.writableFinished) return
      arm()
    },
    touch() {
      if (timer !== undefined) arm()
    },
    stop() {
      finished = true
      clearTimeout(timer)
      timer = undefined
    },
  }
}

function invocationFailed(options: PipelineOptions, { match, invocationId }: HostExchange, error: unknown): void {
  const reason = error instanceof Error ? error.message : String(error)
  options.onLog({
    line: `Executed 'Functions.${match.function.metadata.name}' (Failed, Id=${invocationId}): ${reason}`,
    stream: 'stderr',
  })
}

// https://learn.microsoft.com/azure/azure-functions/functions-scale#timeout: whatever `functionTimeout` says. The function goes on.
function answerTimedOut(options: PipelineOptions, { match, invocationId, response }: HostExchange): void {
  if (response.headersSent || response.destroyed) return
  options.onLog({
    line: `Function "${match.function.metadata.name}" (${invocationId}) has not answered within ${options.answerTimeoutMs} ms, the time that Azure's load balancer gives an HTTP function.`,
    stream: 'stderr',
  })
  empty(response, 500)
}

/** The client's bytes, or undefined when there are more than the host takes. */
async function readBody(incoming: IncomingMessage): Promise<Uint8Array | undefined> {
  const pieces: Buffer[] = []
  let size = 0
  for await (const piece of incoming) {
    size += piece.length
    if (size > maxBodyBytes) return undefined
    pieces.push(piece)
  }
  return Buffer.concat(pieces)
}

// https://github.com/Azure/azure-functions-host/blob/dev/src/WebJobs.Script.WebHost/Middleware/HomepageMiddleware.cs
function noFunction(options: PipelineOptions, request: HostRequest, response: ServerResponse): void {
  if (request.url.path !== '/') empty(response, 404)
  else if (!options.homepage) response.writeHead(204).end()
  else {
    response.writeHead(200, { 'content-type': 'text/html' })
    response.end('<!DOCTYPE html><title>Your Azure Function App is up and running.</title>')
  }
}

/** An empty 500, or a cut connection once the answer has begun. */
function fail(response: ServerResponse): void {
  if (response.headersSent) response.destroy()
  else empty(response, 500)
}

function empty(response: ServerResponse, status: number): void {
  response.writeHead(status, { 'content-length': '0' }).end()
}
