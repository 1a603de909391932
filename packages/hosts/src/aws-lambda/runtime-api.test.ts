import { request as httpRequest } from 'node:http'

import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { collectOutcome, type Invocation, type Outcome } from './invocation.ts'
import { createRuntimeApi, type RuntimeApi } from './runtime-api.ts'
import { text } from './testing.ts'

/** What a runtime sees of the Runtime API: statuses and texts are those of the vendor's emulator (rapi/rendering/render_error.go). */

interface Answer {
  status: number | undefined
  headers: Record<string, unknown>
  body: string
}

const invocation: Invocation = {
  id: '8476a536-e9f4-11e8-9739-2dfe598c3fcd',
  event: Buffer.from('{"hello":"wörld"}'),
  deadline: 1_795_420_693_031,
  functionArn: 'arn:aws:lambda:us-east-2:123456789012:function:custom-runtime',
  traceId: 'Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Parent=9a9197af755a6419;Sampled=1',
}

let api: RuntimeApi
let nexts: number
let initErrors: string[]
let onNext: PromiseWithResolvers<void>

beforeEach(async () => {
  nexts = 0
  initErrors = []
  onNext = Promise.withResolvers()
  api = await createRuntimeApi({
    onNext() {
      nexts += 1
      onNext.resolve()
    },
    onInitError: (payload) => initErrors.push(text(payload)),
  })
})

afterEach(() => api.close())

function call(
  method: string,
  path: string,
  body?: string | Buffer,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const [host, port] = api.address.split(':')
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(
      { host, port, method, path: `/2018-06-01/runtime${path}`, headers, agent: false },
      (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.once('end', () =>
          resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks).toString() }),
        )
      },
    )
    outgoing.once('error', reject)
    outgoing.end(body)
  })
}

/** A runtime that waits, and the invocation that it is given. */
async function handed(): Promise<{ next: Answer; outcome: Promise<Outcome> }> {
  const next = call('GET', '/invocation/next')
  await onNext.promise
  const outcome = api.hand(invocation)
  return { next: await next, outcome }
}

const path = `/invocation/${invocation.id}`

test('next has the event and the headers', async () => {
  const { next } = await handed()
  expect(next.status).toBe(200)
  expect(next.body).toBe('{"hello":"wörld"}')
  expect(next.headers).toMatchObject({
    'content-type': 'application/json',
    'lambda-runtime-aws-request-id': invocation.id,
    'lambda-runtime-deadline-ms': '1795420693031',
    'lambda-runtime-invoked-function-arn': invocation.functionArn,
    'lambda-runtime-trace-id': invocation.traceId,
  })
  expect(next.headers).not.toHaveProperty('lambda-runtime-client-context')
})

test('a response is accepted once', async () => {
  const { outcome } = await handed()
  const accepted = await call('POST', `${path}/response`, '{"a":1}', { 'content-type': 'application/json' })
  expect(accepted).toMatchObject({ status: 202 })
  expect(JSON.parse(accepted.body)).toEqual({ status: 'OK' })
  expect(await outcome).toEqual({ kind: 'buffered', contentType: 'application/json', body: Buffer.from('{"a":1}') })
  for (const kind of ['response', 'error']) {
    const again = await call('POST', `${path}/${kind}`, '{}')
    expect(again.status).toBe(400)
    expect(JSON.parse(again.body)).toEqual({ errorType: 'InvalidRequestID', errorMessage: 'Invalid request ID' })
  }
})

test('an error is the outcome, as it was posted', async () => {
  const { outcome } = await handed()
  const body = '{"errorType":"TypeError","errorMessage":"boom","trace":[]}'
  expect(await call('POST', `${path}/error`, body)).toMatchObject({ status: 202 })
  expect(await outcome).toEqual({ kind: 'error', payload: Buffer.from(body) })
})

test.each([
  ['Function.Custom', 'Function.Custom'],
  ['MyOwn', 'Runtime.Unknown'],
])('an error without a body is known by its header %s', async (type, shown) => {
  const { outcome } = await handed()
  await call('POST', `${path}/error`, '', { 'Lambda-Runtime-Function-Error-Type': type })
  const result = await outcome
  expect(result.kind).toBe('error')
  expect(JSON.parse(text(result.kind === 'error' ? result.payload : new Uint8Array()))).toMatchObject({
    errorType: shown,
  })
})

test('an id that is not under way is 400', async () => {
  await handed()
  const answer = await call('POST', '/invocation/other/response', '{}')
  expect(answer.status).toBe(400)
  expect(JSON.parse(answer.body)).toMatchObject({ errorType: 'InvalidRequestID' })
})

test('an unknown response mode is 400', async () => {
  await handed()
  const answer = await call('POST', `${path}/response`, '{}', { 'Lambda-Runtime-Function-Response-Mode': 'fast' })
  expect(answer.status).toBe(400)
  expect(JSON.parse(answer.body)).toMatchObject({ errorType: 'InvalidFunctionResponseMode' })
})

test('next ahead of the answer is 403', async () => {
  await handed()
  const answer = await call('GET', '/invocation/next')
  expect(answer.status).toBe(403)
  expect(JSON.parse(answer.body)).toMatchObject({ errorType: 'InvalidStateTransition' })
})

test('6291556 bytes are accepted, one more is 413 and the outcome an error', async () => {
  const { outcome } = await handed()
  expect(await call('POST', `${path}/response`, Buffer.alloc(6_291_556, 0x20))).toMatchObject({ status: 202 })
  expect(await outcome).toMatchObject({ kind: 'buffered' })

  onNext = Promise.withResolvers()
  const second = await handed()
  const answer = await call('POST', `${path}/response`, Buffer.alloc(6_291_557, 0x20))
  expect(answer.status).toBe(413)
  expect(JSON.parse(answer.body)).toEqual({
    errorType: 'RequestEntityTooLarge',
    errorMessage: 'Exceeded maximum allowed payload size (6291556 bytes).',
  })
  const result = await second.outcome
  expect(JSON.parse(text(result.kind === 'error' ? result.payload : new Uint8Array()))).toMatchObject({
    errorType: 'Function.ResponseSizeTooLarge',
  })
})

test('init errors are told until the runtime has been ready', async () => {
  const body = '{"errorType":"Runtime.ImportModuleError","errorMessage":"no","trace":[]}'
  expect(await call('POST', '/init/error', body)).toMatchObject({ status: 202 })
  expect(initErrors).toEqual([body])
  await handed()
  const answer = await call('POST', '/init/error', body)
  expect(answer.status).toBe(403)
  expect(JSON.parse(answer.body)).toMatchObject({ errorType: 'InvalidStateTransition' })
  expect(initErrors).toHaveLength(1)
})

test('fail ends what has no answer, and the answer comes too late', async () => {
  const { outcome } = await handed()
  api.fail({ errorType: 'Sandbox.Timedout', errorMessage: 'late' })
  expect(await outcome).toEqual({
    kind: 'error',
    payload: Buffer.from('{"errorType":"Sandbox.Timedout","errorMessage":"late"}'),
  })
  expect(await call('POST', `${path}/response`, '{}')).toMatchObject({ status: 400 })
})

describe('streaming', () => {
  const streaming = {
    'Lambda-Runtime-Function-Response-Mode': 'streaming',
    'Content-Type': 'text/csv',
    'Transfer-Encoding': 'chunked',
  }

  test('chunks are there before the end, and next waits for it', async () => {
    const { outcome } = await handed()
    const [host, port] = api.address.split(':')
    const outgoing = httpRequest({
      host,
      port,
      method: 'POST',
      path: `/2018-06-01/runtime${path}/response`,
      headers: streaming,
    })
    const status = new Promise((resolve) => outgoing.once('response', (response) => resolve(response.statusCode)))
    outgoing.write('first')
    const result = await outcome
    expect(result).toMatchObject({ kind: 'stream', contentType: 'text/csv' })
    const body = result.kind === 'stream' ? result.body[Symbol.asyncIterator]() : undefined
    expect(text((await body?.next())?.value)).toBe('first')

    const next = call('GET', '/invocation/next')
    next.catch(() => {})
    // The request has been read when another one, sent after it, has been answered.
    await call('GET', '/elsewhere')
    expect(nexts).toBe(1)
    outgoing.end('last')
    expect(text((await body?.next())?.value)).toBe('last')
    expect(await body?.next()).toEqual({ done: true, value: undefined })
    expect(await status).toBe(202)
  })

  test('an error in the trailers is thrown at the end', async () => {
    const { outcome } = await handed()
    const [host, port] = api.address.split(':')
    const outgoing = httpRequest({
      host,
      port,
      method: 'POST',
      path: `/2018-06-01/runtime${path}/response`,
      headers: { ...streaming, Trailer: 'Lambda-Runtime-Function-Error-Type, Lambda-Runtime-Function-Error-Body' },
    })
    const error = '{"errorType":"Error","errorMessage":"midstream","trace":[]}'
    outgoing.write('part')
    outgoing.addTrailers({
      'Lambda-Runtime-Function-Error-Type': 'Error',
      'Lambda-Runtime-Function-Error-Body': Buffer.from(error).toString('base64'),
    })
    outgoing.end()
    expect(await collectOutcome(await outcome)).toEqual({ kind: 'error', payload: Buffer.from(error) })
  })

  test('a connection that breaks is a failure', async () => {
    const { outcome } = await handed()
    const [host, port] = api.address.split(':')
    const outgoing = httpRequest({
      host,
      port,
      method: 'POST',
      path: `/2018-06-01/runtime${path}/response`,
      headers: streaming,
    })
    outgoing.once('error', () => {})
    outgoing.write('part')
    const result = await outcome
    outgoing.destroy()
    const whole = await collectOutcome(result)
    expect(JSON.parse(text(whole.kind === 'error' ? whole.payload : new Uint8Array()))).toMatchObject({
      errorType: 'Runtime.ExitError',
    })
  })
})
