import { describe, expect, test } from 'vitest'
import { describeCall } from './call.ts'
import type { AzureInvocationContext } from './native.ts'

const context: AzureInvocationContext = {
  invocationId: 'id',
  functionName: 'http',
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
}

function describeWith(headers: Record<string, string>, traceParent?: string): ReturnType<typeof describeCall> {
  const request = new Request('https://app.example/x', { headers })
  return describeCall(request, { ...context, traceContext: { traceParent } }, { A: '1' }, 1000)
}

describe('the client’s address (R8)', () => {
  test.each([
    ['203.0.113.7:41000', '203.0.113.7'],
    ['203.0.113.7', '203.0.113.7'],
    ['[2001:db8::1]:41000', '2001:db8::1'],
    ['[2001:db8::1]', '2001:db8::1'],
    ['2001:db8::1', '2001:db8::1'],
    ['198.51.100.1, 203.0.113.7:41000', '203.0.113.7'],
  ])('in %s is %s', (header, address) => {
    expect(describeWith({ 'x-forwarded-for': header }).client).toEqual({ address })
  })

  test.each([{}, { 'x-forwarded-for': '' }, { 'x-forwarded-for': '203.0.113.7, ' }])('in %o is absent', (headers) => {
    expect(describeWith(headers).client).toEqual({})
  })
})

test('the deadline is the load balancer’s 230 s (C2)', () => {
  expect(describeWith({}).deadline).toBe(231_000)
})

test('an empty span of the host counts as none, so that the client’s header is read (C6)', () => {
  expect(describeWith({}, '').traceparent).toBeUndefined()
  expect(describeWith({}, '00-a-b-01').traceparent).toBe('00-a-b-01')
})
