import type { HttpHandler, HttpResponse, HttpResponseInit } from '@azure/functions'
import {
  run,
  sendNodeAnswer,
  type Body,
  type HttpApplication,
  type HttpResult,
  type NodeRequest,
  type NodeResponse,
} from '@isobar/core/adapter'
import { encodeBuffered } from './buffered.ts'
import { announcesBody, describeCall } from './call.ts'
import { bind } from './faults.ts'

/** The library's class, which the shim hands over: an import of it here would tie every target to the library. */
type HttpResponseClass = new (init: HttpResponseInit) => HttpResponse

/**
 * The handler of an http function in an app with `enableHttpStream`.
 *
 * The library sends an answer over its own HTTP server without a look at what comes back: it does not wait for a slow
 * client, does not stop when the client leaves, and leaves the client hanging when the body fails. So the answer is
 * sent here, on the same connection; the library gets a response whose body is the sending.
 * https://github.com/Azure/azure-functions-nodejs-library/blob/v4.x/src/http/httpProxy.ts
 *
 * @param Response the library's `HttpResponse`; it takes an object of any other class for the parts of a response.
 */
export function streaming(application: HttpApplication, Response: HttpResponseClass): HttpHandler {
  const app = bind(application)
  const connections = watchConnections()
  return async (request, context) => {
    const call = describeCall(request, context, process.env, Date.now(), announcesBody(request))
    const result = await run(app, call)
    const connection = connections.get(context.invocationId)
    connections.delete(context.invocationId)
    if (!connection) {
      const reason = "The library's HTTP proxy was not seen to get this request; build with frontDoor: 'buffered'."
      return encodeBuffered({ ...result, answer: result.refuse(reason) })
    }
    return responseThatSends(result, connection, Response)
  }
}

/** The body is iterated once, after the library has set the head; what it yields would be written after the answer. */
function responseThatSends(
  result: HttpResult<Body>,
  connection: NodeResponse,
  Response: HttpResponseClass,
): HttpResponse {
  const body = {
    // oxlint-disable-next-line require-yield -- everything is sent when the iteration ends
    async *values(): AsyncGenerator<never> {
      // The platform lets the process run on after an answer, so the client need not wait for waitUntil work (C1).
      await sendNodeAnswer(result, connection, false)
    },
  }
  return Object.defineProperties(new Response({ status: result.answer.status }), { body: { value: body } })
}

/**
 * The answers of the library's HTTP server by invocation id, from the moment a request comes in until it is taken or
 * the connection ends: https://nodejs.org/api/diagnostics_channel.html#http
 */
function watchConnections(): Map<string, NodeResponse> {
  const connections = new Map<string, NodeResponse>()
  process.getBuiltinModule('node:diagnostics_channel').subscribe('http.server.request.start', (message) => {
    if (!isExchange(message)) return
    const { request, response } = message
    // https://github.com/Azure/azure-functions-host: ScriptConstants.HttpProxyCorrelationHeader
    const id = request.headers['x-ms-invocation-id']
    if (typeof id !== 'string') return
    connections.set(id, response)
    response.on('close', () => connections.delete(id))
  })
  return connections
}

function isExchange(message: unknown): message is { request: NodeRequest; response: NodeResponse } {
  return typeof message === 'object' && message !== null && 'request' in message && 'response' in message
}
