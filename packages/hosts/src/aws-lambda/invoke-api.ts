import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'

import { listenOnLoopback } from '../running.ts'
import type { DoorServer } from './door.ts'
import { encodeEvent } from './event-stream.ts'
import { collectOutcome, maxRequestBytes, RequestTooLarge, StreamFailure, type Outcome } from './invocation.ts'
import { accountId, region, type LambdaFunction } from './lambda-function.ts'

/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const maxEventBytes = 1024 * 1024
const logTailBytes = 4096

/** An answer of the API itself: status, type and message, as the vendor's SDKs read them. */
type Refusal = [status: number, type: string, message: string]

interface Call {
  kind: 'Invoke' | 'InvokeWithResponseStream'
  functionName: string
}

/**
 * The calls of Lambda's API that run a function, for the vendor's SDKs. Signatures are not checked.
 * https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
 *
 * @param functions by every name that they may be called by.
 */
export async function listenAsInvokeApi(functions: ReadonlyMap<string, LambdaFunction>): Promise<DoorServer> {
  const server = createServer((request, response) => {
    serve(functions, request, response).catch((error: unknown) => {
      if (response.headersSent) response.destroy()
      else refuse(response, [500, 'ServiceException', String(error)])
    })
  })
  const port = await listenOnLoopback(server)
  return {
    port,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function serve(
  functions: ReadonlyMap<string, LambdaFunction>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const requestId = randomUUID()
  response.setHeader('x-amzn-RequestId', requestId)
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  const call = callOf(request)
  if (call === undefined) return refuse(response, [404, 'UnknownOperationException', 'No such operation.'])
  const lambda = functions.get(call.functionName)
  if (lambda === undefined) {
    const arn = `arn:aws:lambda:${region}:${accountId}:function:${call.functionName}`
    return refuse(response, [404, 'ResourceNotFoundException', `Function not found: ${arn}`])
  }
  // A call without a payload gives the function an empty object.
  const event = chunks.length === 0 ? Buffer.from('{}') : Buffer.concat(chunks)
  const type = String(request.headers['x-amz-invocation-type'] ?? 'RequestResponse')
  const refusal = checkEvent(event, type, call.kind)
  if (refusal !== undefined) return refuse(response, refusal)
  if (type === 'DryRun') return void response.writeHead(204).end()

  const context = request.headers['x-amz-client-context']
  const clientContext = typeof context === 'string' ? Buffer.from(context, 'base64').toString() : undefined
  const lines: string[] = [`START RequestId: ${requestId} Version: $LATEST`]
  const invoked = lambda.invoke(event, { requestId, clientContext, onLine: (line) => lines.push(line) })
  if (type === 'Event') {
    // Nobody waits for it; how it comes out shows in the log.
    invoked.then(collectOutcome).catch(() => {})
    return void response.writeHead(202).end()
  }
  response.setHeader('X-Amz-Executed-Version', '$LATEST')
  const wantsLog = request.headers['x-amz-log-type'] === 'Tail'
  const started = performance.now()
  const tail = async (): Promise<string> => {
    // What the function has printed is in the pipe already, and read at the next turn.
    await new Promise((resolve) => setImmediate(resolve))
    return logTail(lines, requestId, performance.now() - started)
  }
  const outcome = await invoked
  await (call.kind === 'Invoke'
    ? answer(response, outcome, wantsLog ? tail : undefined)
    : answerStream(response, outcome, wantsLog ? tail : undefined))
}

type LogTail = (() => Promise<string>) | undefined

async function answer(response: ServerResponse, outcome: Outcome, tail: LogTail): Promise<void> {
  const whole = await collectOutcome(outcome)
  if (tail !== undefined) response.setHeader('X-Amz-Log-Result', await tail())
  // A function that fails is a call that succeeds.
  if (whole.kind === 'error') response.setHeader('X-Amz-Function-Error', 'Unhandled')
  const contentType = whole.kind === 'error' ? 'application/json' : whole.contentType
  response.writeHead(200, { 'content-type': contentType }).end(whole.kind === 'error' ? whole.payload : whole.body)
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_InvokeWithResponseStream.html */
async function answerStream(response: ServerResponse, outcome: Outcome, tail: LogTail): Promise<void> {
  response.writeHead(200, { 'content-type': 'application/vnd.amazon.eventstream' })
  const complete: Record<string, string> = {}
  const fail = (payload: Uint8Array): void => {
    const details = Buffer.from(payload).toString()
    complete['ErrorCode'] = 'Unhandled'
    complete['ErrorDetails'] = details
  }
  const send = (chunk: Uint8Array): void => {
    response.write(encodeEvent('PayloadChunk', 'application/octet-stream', chunk))
  }
  if (outcome.kind === 'error') fail(outcome.payload)
  if (outcome.kind === 'buffered') send(outcome.body)
  if (outcome.kind === 'stream') {
    try {
      for await (const chunk of outcome.body) send(chunk)
    } catch (error) {
      if (!(error instanceof StreamFailure)) throw error
      fail(error.payload)
    }
  }
  if (tail !== undefined) complete['LogResult'] = await tail()
  response.end(encodeEvent('InvokeComplete', 'application/json', Buffer.from(JSON.stringify(complete))))
}

function callOf(request: IncomingMessage): Call | undefined {
  const path = (request.url ?? '').split('?')[0] ?? ''
  const match =
    /^\/(?:2015-03-31\/functions\/([^/]+)\/invocations|2021-11-15\/functions\/([^/]+)\/response-streaming-invocations)$/.exec(
      path,
    )
  if (match === null || request.method !== 'POST') return undefined
  const [, plain, streaming] = match
  return {
    kind: plain === undefined ? 'InvokeWithResponseStream' : 'Invoke',
    functionName: functionNameOf(decodeURIComponent(plain ?? streaming ?? '')),
  }
}

/** A name, a partial or a full ARN, each with or without a qualifier. */
function functionNameOf(reference: string): string {
  const match = /^(?:arn:aws:lambda:[^:]*:)?(?:\d{12}:)?(?:function:)?([^:]+)/.exec(reference)
  return match?.[1] ?? reference
}

function checkEvent(event: Buffer, type: string, kind: Call['kind']): Refusal | undefined {
  if (!['RequestResponse', 'Event', 'DryRun'].includes(type)) {
    return [400, 'InvalidParameterValueException', `${type} is no invocation type: RequestResponse, Event or DryRun.`]
  }
  if (event.length > maxRequestBytes) return [413, 'RequestTooLargeException', new RequestTooLarge(kind).message]
  if (type === 'Event' && event.length > maxEventBytes) {
    const message = `${event.length} byte payload is too large for the Event invocation type (limit ${maxEventBytes} bytes)`
    return [413, 'RequestTooLargeException', message]
  }
  try {
    JSON.parse(event.toString())
    return undefined
  } catch (error) {
    return [400, 'InvalidRequestContentException', `Could not parse request body into json: ${String(error)}`]
  }
}

/** The last 4 KB, base64. */
function logTail(lines: string[], requestId: string, ms: number): string {
  const duration = `Duration: ${ms.toFixed(2)} ms\tBilled Duration: ${Math.ceil(ms)} ms\tMemory Size: 128 MB`
  const text = [...lines, `END RequestId: ${requestId}`, `REPORT RequestId: ${requestId}\t${duration}`, ''].join('\n')
  return Buffer.from(text).subarray(-logTailBytes).toString('base64')
}

function refuse(response: ServerResponse, [status, type, message]: Refusal): void {
  const body = JSON.stringify({ Type: status < 500 ? 'User' : 'Service', Message: message })
  response.writeHead(status, { 'content-type': 'application/json', 'x-amzn-ErrorType': type }).end(body)
}
