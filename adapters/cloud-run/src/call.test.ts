import type { NodeRequest, NodeResponse } from '@isobar/core/adapter'
import { describe, expect, test } from 'vitest'
import { describeCall } from './call.ts'
import { native } from './native.ts'

const request: NodeRequest = {
  rawHeaders: [],
  headers: {},
  on: () => undefined,
  off: () => undefined,
  pause: () => undefined,
  resume: () => undefined,
}

const response: NodeResponse = {
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

function describeWith(
  headers: NodeRequest['headers'],
  env = {},
  timeoutSeconds?: number,
): ReturnType<typeof describeCall> {
  return describeCall({ ...request, headers }, response, env, 1000, timeoutSeconds)
}

describe('the client’s address is what the front end appended (R8)', () => {
  test.each([
    ['203.0.113.7', '203.0.113.7'],
    ['198.51.100.1, 203.0.113.7', '203.0.113.7'],
    ['2001:db8::1', '2001:db8::1'],
  ])('%s', (header, address) => {
    expect(describeWith({ 'x-forwarded-for': header }).client).toEqual({ address })
  })

  test('and absent when it appended none', () => {
    expect(describeWith({}).client).toEqual({})
    expect(describeWith({ 'x-forwarded-for': '' }).client).toEqual({})
  })
})

test('the deadline is the timeout that the deploy file sets, and there is none without it (C2)', () => {
  expect(describeWith({}, {}, 300).deadline).toBe(301_000)
  expect(describeWith({}).deadline).toBeUndefined()
})

test('the version is the revision; the id is left to the trace (C6)', () => {
  const call = describeWith({}, { K_REVISION: 'shop-00001-abc' })
  expect(call.version).toBe('shop-00001-abc')
  expect(call.id).toBeUndefined()
})

test('native() gives Node’s own objects, and refuses the context of another platform', () => {
  const call = describeWith({})
  const context = { target: 'mine', native: call.native }
  expect(native(Object.assign(Object.create(null), context)).response).toBe(response)
  const other = Object.assign(Object.create(null), { target: 'workers', native: { env: {} } })
  expect(() => native(other)).toThrow(/got the context of target 'workers', which does not run on Cloud Run/)
})
