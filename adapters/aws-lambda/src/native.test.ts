import { http } from '@isobar/core'
import { expect, test } from 'vitest'
import { httpApi, native, restApi } from './index.ts'
import { lambdaContext, payload1, payload2 } from './testing/lambda.ts'

test('native() gives the event and the context themselves, told apart by the front door', async () => {
  const functions = {
    all: http('/*', (_, context) => {
      const found = native(context)
      if (found.frontDoor === 'http-api') return new Response(found.event.requestContext.http.sourceIp)
      if (found.frontDoor === 'rest-api') return new Response(`${found.event.resource} ${found.context.functionName}`)
      return new Response(null, { status: 500 })
    }),
  }
  const input = { target: 'aws-lambda', functions }
  expect(await httpApi(input)(payload2(), lambdaContext())).toMatchObject({ body: '203.0.113.7' })
  expect(await restApi(input)(payload1(), lambdaContext())).toMatchObject({ body: '/{proxy+} shop-http' })
})

test('native() says it when the context is another target’s', async () => {
  const context = {
    invocation: { id: '1' },
    target: 'cloud',
    function: { name: 'all' },
    signal: new AbortController().signal,
    remainingMs: () => undefined,
    waitUntil() {},
    log: { debug() {}, info() {}, warn() {}, error() {} },
    env: {},
  }
  for (const other of [
    undefined,
    null,
    {},
    { event: {}, context: {} },
    { frontDoor: 'x', event: {}, context: {} },
    { source: 'x', event: {}, context: {} },
  ]) {
    expect(() => native({ ...context, native: other })).toThrow(/AWS Lambda function.*comes from the target 'cloud'/)
  }
})
