import type { Body } from './answer.ts'
import { readNodeBody, type NodeReadable } from './node-body.ts'
import type { Answer, HttpResult, RequestParts } from './types.ts'

/** What the bridge needs of Node's IncomingMessage: https://nodejs.org/api/http.html#class-httpincomingmessage */
export interface NodeRequest extends NodeReadable {
  method?: string | undefined
  /** Path and query as they were sent, or the absolute form. */
  url?: string | undefined
  /** Name, value, name, value: in the client's order and case, repeated ones apart. */
  rawHeaders: string[]
  headers: Record<string, string | string[] | undefined>
}

/** What the bridge needs of Node's ServerResponse: https://nodejs.org/api/http.html#class-httpserverresponse */
export interface NodeResponse {
  statusCode: number
  readonly destroyed: boolean
  readonly writableFinished: boolean
  setHeader(name: string, value: string | string[]): unknown
  flushHeaders(): void
  write(chunk: Uint8Array): boolean
  end(chunk?: Uint8Array): unknown
  destroy(): unknown
  on(event: 'close' | 'drain', listener: () => void): unknown
  off(event: 'close' | 'drain', listener: () => void): unknown
}

/**
 * The parts of a request that Node's HTTP server received. The body is a stream that reads from the connection only
 * when it is read itself, and is null when the request has none.
 *
 * @param url absolute; made by `absoluteUrl`.
 */
export function nodeRequestParts(request: NodeRequest, url: string): RequestParts {
  const { headers } = request
  // RFC 9112, section 6.3: one of the two announces a body.
  const hasBody = headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
  return {
    method: request.method ?? 'GET',
    url,
    headers: pairs(request.rawHeaders),
    body: hasBody ? readNodeBody(request) : null,
  }
}

/** Name and value pairs of Node's flat list. */
export function pairs(rawHeaders: readonly string[]): [name: string, value: string][] {
  const list: [string, string][] = []
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    list.push([rawHeaders[index] ?? '', rawHeaders[index + 1] ?? ''])
  }
  return list
}

/**
 * Sends an answer through Node's HTTP server and ends the invocation. The last byte waits for `settle()`: where a
 * platform takes the CPU away once the answer is complete, work given to waitUntil would stand still (C1).
 *
 * Never rejects. An answer that fails after its head drops the connection, so that it cannot look complete (S9).
 */
export async function sendNodeAnswer(result: HttpResult<Body>, request: NodeRequest, response: NodeResponse): Promise<void> {
  const { answer } = result
  try {
    writeHead(answer, response)
  } catch (error) {
    await sendRefusal(result, response, `A response header cannot be sent: ${String(error)}`)
    return
  }
  if (answer.body === null || answer.body instanceof Uint8Array) {
    if (answer.body) response.setHeader('content-length', String(answer.body.byteLength))
    await result.settle()
    response.end(answer.body ?? undefined)
  } else {
    await pump(answer.body, promisedLength(answer), result, response)
  }
  letGo(request)
}

function writeHead(answer: Answer<unknown>, response: NodeResponse): void {
  response.statusCode = answer.status
  for (const [name, value] of answer.headers) response.setHeader(name, value)
  if (answer.cookies.length > 0) response.setHeader('set-cookie', answer.cookies)
}
