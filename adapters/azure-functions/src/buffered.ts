import type { Cookie, HttpHandler, HttpResponseInit } from '@azure/functions'
import { runBuffered, type Answer, type HttpApplication, type HttpResult } from '@isobar/core/adapter'
import { describeCall } from './call.ts'
import { parseCookie } from './cookie.ts'
import { bind } from './faults.ts'

/** The handler of an http function in an app without `enableHttpStream`: the answer goes to the host in one message. */
export function buffered(application: HttpApplication): HttpHandler {
  const app = bind(application)
  return async (request, context) => {
    const result = await runBuffered(app, describeCall(request, context, process.env, Date.now()))
    return encodeBuffered(result)
  }
}

/** The host takes the answer when the handler returns, so waitUntil work is waited for before (C1). */
export async function encodeBuffered(result: HttpResult<Uint8Array>): Promise<HttpResponseInit> {
  await result.settle()
  return encodeAnswer(result.answer)
}

/**
 * One cookie goes through the headers as it is; of several, the library would keep the last, so they go as cookies,
 * whose values the host encodes: https://github.com/Azure/azure-functions-nodejs-library, src/converters/toRpcHttp.ts
 */
function encodeAnswer({ status, headers, cookies, body }: Answer<Uint8Array>): HttpResponseInit {
  const [first, second] = cookies
  const list: [string, string][] =
    first !== undefined && second === undefined ? [...headers, ['set-cookie', first]] : headers
  const parsed: Cookie[] = second === undefined ? [] : cookies.map(parseCookie)
  return { status, headers: list, cookies: parsed, ...(body && { body }) }
}
