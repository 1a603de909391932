import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'

import { describe, expect, test } from 'vitest'

import { createFrontDoor } from '../front-door.ts'
import { listenOnLoopback } from '../running.ts'
import type { RawResponse } from '../types.ts'
import { parseTarget } from './asp-net-url.ts'
import type { HostRequest } from './front-end.ts'
import type { RpcHttp, TypedData } from './protocol.ts'
import { httpFunctions, type RouteMatch } from './routes.ts'
import { bufferedRequest, streamingRequest, writeBuffered } from './rpc-http.ts'
import { header, text } from './testing.ts'

const fixtures = join(import.meta.dirname, '../../../../conformance/fixtures/azure')

interface Recording {
  request: { inputData: [{ name: string; data: { http: RpcHttp } }] }
  response: { returnValue?: { http: RpcHttp } | null }
}

function recording(name: string): Recording {
  return read(`invocation-observed/recorded_azure-functions-nodejs-library__${name}.json`)
}

/** Recordings write bytes as `{ "base64": … }`. */
function read<T>(file: string): T {
  return JSON.parse(readFileSync(join(fixtures, file), 'utf8'), (_, value: unknown) =>
    typeof value === 'object' && value !== null && 'base64' in value && typeof value.base64 === 'string'
      ? new Uint8Array(Buffer.from(value.base64, 'base64'))
      : value,
  )
}

const match: RouteMatch = {
  function: {
    metadata: { name: 'see', functionId: 'see', bindings: {} },
    trigger: 'httpTrigger210a257c4c',
    segments: [],
    methods: [],
  },
  params: {},
}

function hostRequest(method: string, target: string, headers: Record<string, string[]>, length = 0): HostRequest {
  const url = parseTarget(target)
  if (url === undefined) throw new Error(`${target} is no target`)
  return { method, url, host: 'localhost:7071', headers: new Map(Object.entries(headers)), contentLength: length }
}

describe('the message of a buffered invocation is that of a recorded one', () => {
  test.each([
    {
      name: 'http-request-repeated-query-and-header',
      headers: { 'x-m': ['1', '2'], 'x-empty': [''], cookie: ['a=1; b=2'] },
    },
    { name: 'http-request-post-bytes', headers: { 'content-type': ['application/octet-stream'] } },
    { name: 'http-request-post-utf8', headers: undefined },
  ])('$name', ({ name, headers }) => {
    const [recorded] = recording(name).request.inputData
    const { http } = recorded.data
    const given = Object.entries(http.nullableHeaders ?? {}).map(([key, { value }]) => [key, [value]])
    const body = http.body?.bytes ?? new Uint8Array()
    const request = hostRequest(
      http.method ?? '',
      (http.url ?? '').replace('http://localhost:7071', ''),
      headers ?? Object.fromEntries(given),
      body.length,
    )
    const message = bufferedRequest('id', request, match, body)
    // App Service speaks TLS with the client; the recording was made on a developer's machine.
    const url = http.url?.replace('http:', 'https:')
    expect(message.inputData).toEqual([{ name: recorded.name, data: { http: { ...http, url } } }])
    expect(message).toMatchObject({ invocationId: 'id', functionId: 'see', triggerMetadata: {}, retryContext: null })
    expect(message.traceContext).toEqual({
      traceParent: expect.stringMatching(/^00-[\da-f]{32}-[\da-f]{16}-00$/),
      traceState: '',
      attributes: {},
    })
  })
})

test('the message of a streaming invocation has the request in the metadata of its trigger', () => {
  const request = hostRequest('GET', '/x?d=1&d=2&e', { 'x-m': ['1', '2'], traceparent: ['malformed'] })
  const message = streamingRequest('id', request, { ...match, params: { path: 'x' } })
  expect(message.inputData).toEqual([{ name: 'httpTrigger210a257c4c', data: { http: {} } }])
  expect(message.triggerMetadata).toEqual({
    Query: { json: '{"d":"1,2","e":""}' },
    Headers: { json: '{"x-m":"1,2","traceparent":"malformed"}' },
    path: { string: 'x' },
  })
})

describe('the answer to a recorded result', () => {
  test('of bytes', async () => {
    const answer = await written(recording('http-return-bytes').response.returnValue)
    const recorded = recording('http-return-bytes').response.returnValue?.http
    expect([...answer.body]).toEqual([...(recorded?.body?.bytes ?? [])])
    expect(answer.body.length).toBeGreaterThan(0)
  })

  test('of JSON and of a repeated header', async () => {
    const json = await written(recording('http-return-jsonbody').response.returnValue)
    expect(header(json, 'content-type')).toEqual(['application/json'])
    const repeated = await written(recording('http-return-repeated-header').response.returnValue)
    expect([header(repeated, 'x-m'), text(repeated)]).toEqual([['1, 2'], 'ok'])
  })

  test('of cookies', async () => {
    const answer = await written(recording('http-return-cookies-array').response.returnValue)
    expect(header(answer, 'set-cookie')).toEqual([
      'a=1; max-age=60; path=/; secure; samesite=lax; httponly',
      'b=2; path=/; samesite=none',
      'c=3; path=/',
    ])
  })

  test('of nothing', async () => {
    for (const name of ['http-return-undefined', 'http-return-null']) {
      const answer = await written(recording(name).response.returnValue)
      expect([answer.status, answer.body.length]).toEqual([204, 0])
    }
  })
})

test('recorded registrations are routed: those with an HTTP trigger, by name', () => {
  const registered = read<Record<string, { name: string; bindings: HttpFunctionBindings }>>(
    'rpc-function-metadata/recorded_azure-functions-nodejs-library__registrations.json',
  )
  const metadata = Object.values(registered).map((entry) => ({ ...entry, functionId: entry.name }))
  const http = metadata.filter(({ bindings }) => Object.values(bindings).some(({ type }) => type === 'httpTrigger'))
  const routed = httpFunctions(metadata, 'api')
  expect(routed.map(({ metadata }) => metadata.name).sort()).toEqual(http.map(({ name }) => name).sort())
  expect(routed.find(({ metadata }) => metadata.name === 'see')).toMatchObject({
    trigger: 'httpTrigger210a257c4c',
    methods: ['GET', 'POST', 'HEAD'],
  })
})

type HttpFunctionBindings = Record<string, { type: string; direction: string; name: string }>

async function written(returnValue: TypedData | null | undefined): Promise<RawResponse> {
  const server = createServer((_, response) => writeBuffered(response, returnValue))
  const port = await listenOnLoopback(server)
  try {
    const runtime = { name: 'none', version: '0' }
    return await createFrontDoor({ id: 'test', port, runtime, front: 'emulated' }).send({})
  } finally {
    server.close()
  }
}
