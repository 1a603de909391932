import { toDefinition } from '../definitions/definition.ts'
import { HttpError, isHttpError, problem } from '../errors.ts'
import { buffer, discard, holdToLength, sendable, toAnswer, type Body, type Draft } from './answer.ts'
import { beforeDeadline, DeadlineError } from './deadline.ts'
import { createInvocation, type Invocation } from './invocation.ts'
import { writeLine } from './log.ts'
import { forbiddenMethods, adaptRequest, normalizeMethod, toRequest } from './request.ts'
import { allowFor, createRouter, parseRoute, type Match, type Route } from './router.ts'
import type { Answer, HttpApplication, HttpCall, HttpResult } from './types.ts'
import { parseOrigin, type Origin } from './url.ts'

/** The functions of one deployable behind their router; made once, at start. */
export interface Application {
  target: string
  /** Parsed once; absent where the platform's own word counts. */
  origin: Origin | undefined
  routes: readonly Route[]
  match(method: string, pathname: string): Match
}

/** @throws TypeError naming the function that is no definition or whose route is not supported, or the wrong origin. */
export function createApplication(input: HttpApplication): Application {
  const routes = Object.entries(input.functions).map(([name, value]) => {
    const definition = toDefinition(value)
    if (definition?.kind !== 'http') {
      throw new TypeError(`The function '${name}' is not an http definition: export what http() returns.`)
    }
    return { name, definition, pattern: parseRoute(definition.route) }
  })
  const origin = input.origin === undefined ? undefined : parseOrigin(input.origin)
  return { target: input.target, origin, routes, match: createRouter(routes) }
}

/** Runs one invocation for a front door that streams. Never rejects: whatever fails is an answer. */
export async function run(app: Application, call: HttpCall): Promise<HttpResult<Body>> {
  return execute(app, call, holdToLength)
}

/** The same for a front door that takes the body in one piece; a body that fails midway is a 500 (S9). */
export async function runBuffered(app: Application, call: HttpCall): Promise<HttpResult<Uint8Array>> {
  return execute(app, call, buffer)
}

async function execute<Result extends Body>(
  app: Application,
  call: HttpCall,
  complete: (draft: Draft) => Promise<Answer<Result>>,
): Promise<HttpResult<Result | Uint8Array>> {
  const method = normalizeMethod(call.request.method)
  const url = new URL(call.request.url)
  const match = forbiddenMethods.has(method) ? undefined : app.match(method, url.pathname)
  const route = match?.kind === 'found' ? match.route : undefined
  const limits = route?.definition
  const invocation = createInvocation(call, {
    target: app.target,
    functionName: route?.name,
    traceparent: call.traceparent ?? headerReader(call)('traceparent'),
    timeoutMs: limits?.timeoutMs,
  })

  let answer: Answer<Result | Uint8Array>
  try {
    if (match?.kind !== 'found') throw refusal(match, () => allowFor(app.routes, url.pathname))
    const request = makeRequest(call, method, url.href, limits?.maxBodyBytes, invocation)
    const context = invocation.context({ params: match.params, client: call.client })
    const work = async (): Promise<Answer<Result>> => {
      const response = await match.route.definition.handler(request, context)
      return complete(toAnswer(response, method, call.fetchDecodes ?? false))
    }
    answer = await beforeDeadline(work(), invocation, ({ body }) => discard(body))
  } catch (error) {
    answer = errorAnswer(error, invocation)
  }
  if (method === 'HEAD') answer = { ...answer, body: null }
  return {
    answer,
    settle: invocation.settle,
    failed: (error) => {
      invocation.fault('handler', 'The body of the answer failed.', error)
      return answerOf(error, invocation)
    },
    refuse: (reason) => {
      const refusal = errorAnswer(new Error(reason), invocation)
      return method === 'HEAD' ? { ...refusal, body: null } : refusal
    },
  }
}

function headerReader(call: HttpCall): (name: string) => string | null {
  const { headers } = call.request
  if (headers instanceof Headers) return (name) => headers.get(name)
  return (name) => {
    for (const [other, value] of headers) if (other.toLowerCase() === name) return value
    return null
  }
}

function makeRequest(
  call: HttpCall,
  method: string,
  url: string,
  limit: number | undefined,
  invocation: Invocation,
): Request {
  if (call.request instanceof Request) return adaptRequest(call.request, url, limit)
  const dropped: string[] = []
  const request = toRequest(call.request, method, url, limit, dropped)
  if (dropped.length > 0) {
    writeLine(call.sink, 'warn', 'Request headers that no Headers object can hold were dropped.', invocation.scope, {
      dropped,
    })
  }
  return request
}

/** What the router says when it has no function for a request (R1, R5, R10). */
function refusal(match: Exclude<Match, { kind: 'found' }> | undefined, allowed: () => string): HttpError {
  switch (match?.kind) {
    case undefined:
      return new HttpError(405, undefined, { headers: { allow: allowed() } })
    case 'wrong-method':
      return new HttpError(405, undefined, { headers: { allow: match.allow } })
    case 'malformed':
      return new HttpError(400, 'A parameter in the path has a malformed percent-escape.')
    case 'missing':
      return new HttpError(404)
  }
}

/** S8: what the client may know of an error. The rest is logged. */
function errorAnswer(error: unknown, invocation: Invocation): Answer<Uint8Array> {
  if (error instanceof DeadlineError) {
    invocation.fault('deadline', error.message, error)
    return problemAnswer(504, invocation.id)
  }
  if (!isHttpError(error) || error.status >= 500) invocation.fault('handler', 'The handler failed.', error)
  return answerOf(error, invocation)
}

function answerOf(error: unknown, invocation: Invocation): Answer<Uint8Array> {
  if (!isHttpError(error)) return problemAnswer(500, invocation.id)
  const headers = new Headers()
  for (const [name, value] of Object.entries(error.headers)) {
    try {
      headers.append(name, value)
    } catch (reason) {
      // The client is told more by the status than by the header, so the answer goes out without it.
      invocation.fault('handler', `The header '${name}' of an HttpError cannot be sent.`, reason)
    }
  }
  return problemAnswer(error.status, invocation.id, error.detail, headers)
}

function problemAnswer(
  status: number,
  instance: string,
  detail?: string,
  extra: Headers = new Headers(),
): Answer<Uint8Array> {
  // They keep the rules of every other answer (S2, S7).
  const { headers, cookies } = sendable({ headers: extra }, true, false)
  const others = headers.filter(([name]) => name !== 'content-type' && name !== 'content-encoding')
  const body = new TextEncoder().encode(problem(status, instance, detail))
  return { status, headers: [...others, ['content-type', 'application/problem+json']], cookies, body }
}
