import type { NodeResponse } from '@isobar/core/adapter'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { describeCall, withRawBody } from './call.ts'
import { native, type CloudFunctionsRequest } from './native.ts'

/** What a function of the framework saw. */
interface Fixture {
  method: string
  url: string
  headers: Record<string, string>
  rawBody: string | null
}

function fixture(name: string): Fixture {
  const folder = join(import.meta.dirname, '../../../conformance/fixtures/gcp/http')
  return JSON.parse(readFileSync(join(folder, `recorded_functions-framework-nodejs__${name}-observed.json`), 'utf8'))
}

function requestOf({ method, url, headers, rawBody }: Partial<Fixture>): CloudFunctionsRequest {
  return {
    method,
    url,
    headers: headers ?? {},
    rawHeaders: Object.entries(headers ?? {}).flat(),
    ...(typeof rawBody === 'string' && { rawBody: Buffer.from(rawBody, 'base64') }),
    executionId: 'execution-1',
    on: () => undefined,
    off: () => undefined,
    pause: () => undefined,
    resume: () => undefined,
  }
}

const res: NodeResponse = {
  statusCode: 200,
  destroyed: false,
  headersSent: false,
  writableFinished: false,
  setHeader: () => undefined,
  getHeaderNames: () => [],
  removeHeader: () => undefined,
  write: () => true,
  end: () => undefined,
  destroy: () => undefined,
  on: () => undefined,
  off: () => undefined,
}

describe('a recorded request', () => {
  test('has the address that the front end appended, not the one that the client made up (R8)', () => {
    const req = requestOf(fixture('get'))
    expect(req.headers['x-forwarded-for']).toBe('9.9.9.9, 8.8.8.8')
    expect(describeCall(req, res, {}, 0, undefined).client).toEqual({ address: '8.8.8.8' })
  })

  test('has the bytes of its body, though the framework has parsed it (R7)', () => {
    const req = requestOf(fixture('post-json'))
    const parts = { method: 'POST', url: 'https://a/', headers: [['content-length', '7']] as const, body: null }
    const { body, headers } = withRawBody(parts, req.rawBody)
    expect(body).toEqual(Buffer.from('{"a":1}'))
    expect([...headers]).toEqual([['content-length', '7']])
  })
})

test('an inflated body loses the headers that described the compressed one (R7)', () => {
  const headers = [
    ['Content-Encoding', 'gzip'],
    ['Content-Length', '27'],
    ['X-A', '1'],
  ] as const
  const parts = withRawBody({ method: 'POST', url: 'https://a/', headers, body: null }, new Uint8Array([1]))
  expect([...parts.headers]).toEqual([['X-A', '1']])
})

test('a body that no parser has taken stays with its headers', () => {
  const parts = {
    method: 'POST',
    url: 'https://a/',
    headers: [['content-encoding', 'gzip']] as const,
    body: new ReadableStream(),
  }
  expect(withRawBody(parts, undefined)).toBe(parts)
})

test('the id is the framework’s, the version the revision, the deadline the timeout of the deploy file', () => {
  const call = describeCall(requestOf({}), res, { K_REVISION: 'shop-00001-abc' }, 1000, 60)
  expect(call).toMatchObject({ id: 'execution-1', version: 'shop-00001-abc', deadline: 61_000, client: {} })
})

test('native() gives the framework’s objects, and refuses the context of another platform', () => {
  const req = requestOf({})
  const call = describeCall(req, res, {}, 0, undefined)
  const context = Object.assign(Object.create(null), { target: 'mine', native: call.native })
  expect(native(context).req).toBe(req)
  const other = Object.assign(Object.create(null), { target: 'run', native: { request: {}, response: {} } })
  expect(() => native(other)).toThrow(/got the context of target 'run', which does not run on Cloud Functions/)
})
