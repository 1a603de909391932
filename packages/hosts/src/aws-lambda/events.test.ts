import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { describe, expect, test } from 'vitest'

import { albEvent } from './alb.ts'
import type { DoorRequest, Header } from './door.ts'
import { functionUrlEvent } from './function-url.ts'
import { httpApiEvent } from './http-api.ts'
import { restApiEvent } from './rest-api.ts'

/**
 * The events that the modelled doors make are held against recorded ones: from each recording the client's request is made
 * again, and the event for it must have the members of the recorded one, of the same types, and the same values wherever
 * the client determines them.
 */
const fixtures = join(import.meta.dirname, '../../../../conformance/fixtures/aws')

type Json = Record<string, unknown>

function recordings(kind: string): [name: string, event: Json][] {
  return readdirSync(join(fixtures, kind)).map((name) => [
    name,
    // Some recordings begin with a byte order mark.
    JSON.parse(readFileSync(join(fixtures, kind, name), 'utf8').replace(/^\uFEFF/, '')),
  ])
}

/** Added by what stands before the function, not by the client. */
const added = /^(x-forwarded-|x-amzn-trace-id$|cloudfront-|via$|x-amz-cf-id$|x-amzn-tls-|x-imforwards$)/i

function request(event: Json, parts: { path: string; query: string | undefined; headers: Header[] }): DoorRequest {
  const text = typeof event['body'] === 'string' ? event['body'] : ''
  const context = event['requestContext'] as { http?: { method: string } }
  return {
    method: context.http?.method ?? String(event['httpMethod']),
    body: Buffer.from(text),
    protocol: 'HTTP/1.1',
    sourceIp: '203.0.113.9',
    time: 1_583_348_638_390,
    ...parts,
    headers: parts.headers.filter(([name]) => !added.test(name)),
  }
}

/** Members by path, with the type of each; members of maps that the client fills are left out. */
function shape(value: unknown, path = '', into = new Map<string, string>()): Map<string, string> {
  into.set(path, value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value)
  if (typeof value !== 'object' || value === null || Array.isArray(value) || filledByClient.has(path)) return into
  for (const [name, member] of Object.entries(value)) shape(member, `${path}/${name}`, into)
  return into
}

const filledByClient = new Set([
  '/headers',
  '/multiValueHeaders',
  '/queryStringParameters',
  '/multiValueQueryStringParameters',
  '/pathParameters',
  '/stageVariables',
])

function expectSameShape(ours: unknown, recorded: Json, optional: RegExp): void {
  const mine = shape(ours)
  const theirs = shape(recorded)
  const names = new Set([...mine.keys(), ...theirs.keys()])
  const differences = [...names].flatMap((name) => {
    if (optional.test(name)) return []
    const [mineIs, theirsIs] = [mine.get(name), theirs.get(name)]
    // A member that may be null is either in a recording.
    if (
      mineIs === theirsIs ||
      (mineIs !== undefined && theirsIs === 'null') ||
      (theirsIs !== undefined && mineIs === 'null')
    )
      return []
    return [`${name}: ours ${mineIs}, recorded ${theirsIs}`]
  })
  expect(differences).toEqual([])
}

function clientHeaders(headers: unknown): Record<string, unknown> {
  const entries = Object.entries((headers ?? {}) as Record<string, unknown>)
  return Object.fromEntries(
    entries.filter(([name]) => !added.test(name)).map(([name, value]) => [name.toLowerCase(), value]),
  )
}

describe('payload 2.0', () => {
  const v2Request = (event: Json): DoorRequest => {
    const cookies = (event['cookies'] ?? []) as string[]
    const headers = Object.entries(event['headers'] as Record<string, string>)
    return request(event, {
      path: String(event['rawPath']),
      query: event['rawQueryString'] === '' ? undefined : String(event['rawQueryString']),
      headers: [...headers, ...(cookies.length > 0 ? [['cookie', cookies.join('; ')] satisfies Header] : [])],
    })
  }
  // Of routes with variables, stages with variables, and callers that are authorized: the door has none of them.
  const optional = /^\/(pathParameters|stageVariables|requestContext\/(authorizer|authentication))/

  test.each(recordings('apigw-v2'))('an HTTP API makes an event like %s', (_name, recorded) => {
    const { event } = httpApiEvent(v2Request(recorded))
    expectSameShape(event, recorded, optional)
    const { rawQueryString, queryStringParameters, cookies, rawPath } = recorded
    expect(event).toMatchObject({ rawQueryString, rawPath, version: '2.0' })
    expect(event.queryStringParameters).toEqual(queryStringParameters)
    expect(event.cookies).toEqual(cookies)
    const { 'content-length': length, ...ours } = clientHeaders(event.headers)
    const { 'content-length': recordedLength = length, ...theirs } = clientHeaders(recorded['headers'])
    expect(ours).toEqual(theirs)
    expect(length).toBe(recordedLength)
  })

  test.each(recordings('function-url'))('a function URL makes an event like %s', (name, recorded) => {
    const { event } = functionUrlEvent(v2Request(recorded))
    // The recording of powertools has parameters beside an empty rawQueryString: put in by hand.
    const byHand = name.startsWith('aws-powertools') ? /^\/queryStringParameters/ : /^\b$/
    expectSameShape(event, recorded, new RegExp(`${optional.source}|${byHand.source}`))
    expect(clientHeaders(event.headers)).toEqual(clientHeaders(recorded['headers']))
    expect(event.requestContext.domainName).toMatch(/^[a-z0-9]+\.lambda-url\.us-east-1\.on\.aws$/)
    expect(event.requestContext.domainPrefix).toBe(event.requestContext.domainName.split('.')[0])
  })
})

describe('payload 1.0', () => {
  test.each(recordings('apigw-v1'))('a REST API makes an event like %s', (_name, recorded) => {
    const pairs = (map: unknown): Header[] =>
      Object.entries((map ?? {}) as Record<string, string[]>).flatMap(([name, values]) =>
        values.map((value): Header => [name, value]),
      )
    const query = pairs(recorded['multiValueQueryStringParameters'])
      .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
      .join('&')
    const { event } = restApiEvent(
      request(recorded, {
        path: String(recorded['path']),
        query: query === '' ? undefined : query,
        headers: pairs(recorded['multiValueHeaders']),
      }),
    )
    // Callers that are authorized or have an API key or certificate; `version` is of HTTP APIs with this format;
    // deploymentId is in newer recordings only, and one recording was made before isBase64Encoded and principalOrgId.
    const optional =
      /^\/(version|isBase64Encoded|requestContext\/(authorizer|deploymentId|identity\/(apiKey|apiKeyId|clientCert|principalOrgId)))/
    expectSameShape(event, recorded, optional)
    expect(event.multiValueQueryStringParameters).toEqual(recorded['multiValueQueryStringParameters'])
    const single = recorded['queryStringParameters']
    const names = Object.keys(single ?? {})
    expect(Object.keys(event.queryStringParameters ?? {})).toEqual(names)
    // Where a name has one value. Of several, the vendor's written example shows the first; recorded requests have the last
    // (https://github.com/glassechidna/serverlessish/pull/4).
    const once = names.filter((name) => event.multiValueQueryStringParameters?.[name]?.length === 1)
    expect(once.map((name) => event.queryStringParameters?.[name])).toEqual(once.map((name) => (single as Json)[name]))
    // Names keep their case; what the recorded stage in front added is not the client's.
    const own = (map: unknown): Json =>
      Object.fromEntries(Object.entries((map ?? {}) as Json).filter(([name]) => !added.test(name)))
    expect(own(event.multiValueHeaders)).toEqual(own(recorded['multiValueHeaders']))
    expect(event.path).toBe(recorded['path'])
  })

  test('names of added headers are spelled as recorded', () => {
    const [, recorded] = recordings('apigw-v1').find(([name]) => name.includes('no-auth')) ?? ['', {}]
    const { event } = restApiEvent(request(recorded, { path: '/', query: undefined, headers: [] }))
    const names = Object.keys(recorded['headers'] as Json).filter((name) => /^x-(forwarded|amzn-trace)/i.test(name))
    expect(Object.keys(event.headers ?? {}).toSorted()).toEqual(names.toSorted())
  })
})

describe('load balancer', () => {
  test.each(recordings('alb'))('makes an event like %s', (name, recorded) => {
    const mode = 'multiValueHeaders' in recorded ? 'multi-value' : 'single-value'
    const pairs = (map: unknown): Header[] =>
      Object.entries((map ?? {}) as Record<string, string | string[]>).flatMap(([key, values]) =>
        [values].flat().map((value): Header => [key, value]),
      )
    const parameters = recorded['multiValueQueryStringParameters'] ?? recorded['queryStringParameters']
    const query = pairs(parameters)
      .map((pair) => pair.join('='))
      .join('&')
    const { event } = albEvent(
      request(recorded, {
        path: String(recorded['path']),
        query: query === '' ? undefined : query,
        headers: pairs(recorded['multiValueHeaders'] ?? recorded['headers']),
      }),
      mode,
    )
    // One recording mixes both modes, which the vendor's guide excludes: put together by hand.
    const byHand = name.startsWith('DataDog') ? /QueryStringParameters$|^\/queryStringParameters$/ : /^\b$/
    expectSameShape(event, recorded, byHand)
    expect(clientHeaders(event.headers ?? event.multiValueHeaders)).toEqual(
      clientHeaders(recorded['headers'] ?? recorded['multiValueHeaders']),
    )
    expect(event.queryStringParameters ?? event.multiValueQueryStringParameters).toEqual(parameters)
    expect(event.path).toBe(recorded['path'])
  })
})
