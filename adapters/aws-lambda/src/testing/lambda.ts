import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { HttpApplication } from '@isobar/core/adapter'
import { vi } from 'vitest'
import { http } from '@isobar/core'
import type { HttpContext } from '@isobar/core'
import type { LambdaContext } from '../lambda-context.ts'

const fixtureFolder = join(import.meta.dirname, '../../../../conformance/fixtures/aws')

/** The context of an invocation with ten seconds left. */
export function lambdaContext(overrides: Partial<LambdaContext> = {}): LambdaContext {
  return {
    functionName: 'shop-http',
    functionVersion: '7',
    invokedFunctionArn: 'arn:aws:lambda:eu-west-1:123456789012:function:shop-http',
    memoryLimitInMB: '512',
    awsRequestId: '8476a536-e9f4-11e8-9739-2dfe598c3fcd',
    logGroupName: '/aws/lambda/shop-http',
    logStreamName: '2026/11/23/[7]0123456789abcdef',
    getRemainingTimeInMillis: () => 10_000,
    ...overrides,
  }
}

/** An application with one function for every path. */
export function application(
  handler: (request: Request, context: HttpContext) => Response | Promise<Response>,
  more: Partial<HttpApplication> = {},
): HttpApplication {
  return { target: 'aws-lambda', functions: { all: http('/*', handler) }, ...more }
}

export interface Seen {
  request: Request
  context: HttpContext
  body: Uint8Array | null
}

/** What a handler sees of an event. */
export async function see<Result>(
  make: (input: HttpApplication) => (event: unknown, context: LambdaContext) => Promise<Result>,
  event: unknown,
  more: Partial<HttpApplication> = {},
): Promise<Seen> {
  let seen: Seen | undefined
  const handler = make(
    application(async (request, context) => {
      seen = { request, context, body: request.body === null ? null : new Uint8Array(await request.arrayBuffer()) }
      return new Response()
    }, more),
  )
  await handler(event, lambdaContext())
  if (!seen) throw new Error('The handler was not called.')
  return seen
}

/** An answer of an application to an event. */
export function answer<Result>(
  make: (input: HttpApplication) => (event: unknown, context: LambdaContext) => Promise<Result>,
  event: unknown,
  response: (request: Request, context: HttpContext) => Response | Promise<Response>,
): Promise<Result> {
  return make(application(response))(event, lambdaContext())
}

/** A recorded event; the vendor's templates have placeholders such as `{{{method}}}` in them. */
export function fixture(path: string, placeholders: Readonly<Record<string, string>> = {}): Record<string, unknown> {
  let text = readFileSync(join(fixtureFolder, path), 'utf8')
  for (const [name, value] of Object.entries(placeholders)) text = text.replaceAll(`{{{${name}}}}`, value)
  return JSON.parse(text)
}

export function fixtureNames(kind: string): string[] {
  return readdirSync(join(fixtureFolder, kind)).map((file) => `${kind}/${file}`)
}

/** Payload format 2.0 as an HTTP API and a function URL have it. */
export function payload2(overrides: Record<string, unknown> = {}, context: Record<string, unknown> = {}): unknown {
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath: '/',
    rawQueryString: '',
    headers: { host: 'abc123.execute-api.eu-west-1.amazonaws.com' },
    requestContext: {
      domainName: 'abc123.execute-api.eu-west-1.amazonaws.com',
      stage: '$default',
      http: { method: 'GET', path: '/', protocol: 'HTTP/1.1', sourceIp: '203.0.113.7', userAgent: 'test' },
      ...context,
    },
    isBase64Encoded: false,
    ...overrides,
  }
}

/** The same with another method. */
export function payload2With(method: string, overrides: Record<string, unknown> = {}): unknown {
  return payload2(overrides, {
    http: { method, path: '/', protocol: 'HTTP/1.1', sourceIp: '203.0.113.7', userAgent: 'test' },
  })
}

/** Payload format 1.0 as a REST API has it. */
export function payload1(overrides: Record<string, unknown> = {}, context: Record<string, unknown> = {}): unknown {
  return {
    resource: '/{proxy+}',
    path: '/',
    httpMethod: 'GET',
    headers: null,
    multiValueHeaders: null,
    queryStringParameters: null,
    multiValueQueryStringParameters: null,
    pathParameters: null,
    stageVariables: null,
    requestContext: {
      domainName: 'abc123.execute-api.eu-west-1.amazonaws.com',
      stage: 'prod',
      path: '/prod/',
      identity: { sourceIp: '203.0.113.7' },
      ...context,
    },
    body: null,
    isBase64Encoded: false,
    ...overrides,
  }
}

export function albEvent(overrides: Record<string, unknown>): unknown {
  return {
    requestContext: { elb: { targetGroupArn: 'arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/a/b' } },
    httpMethod: 'GET',
    path: '/',
    body: '',
    isBase64Encoded: false,
    ...overrides,
  }
}

/** Takes what is written to stdout until it is disposed of. */
export function captureLog(): Disposable & { lines(): unknown[]; text(): string } {
  const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true)
  const text = (): string => write.mock.calls.map(([chunk]) => String(chunk)).join('')
  return {
    text,
    lines: () =>
      text()
        .split('\n')
        .filter(Boolean)
        .map((line): unknown => JSON.parse(line)),
    [Symbol.dispose]: () => write.mockRestore(),
  }
}
