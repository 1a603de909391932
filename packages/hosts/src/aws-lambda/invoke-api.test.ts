import { InvokeCommand, InvokeWithResponseStreamCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { expect, test } from 'vitest'

import { bootFunction, text, type Booted } from './testing.ts'

/** The vendor's own SDK against the Invoke API. */

const credentials = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'secret' }
const name = 'shop-http'

function client({ running }: Booted): LambdaClient {
  const endpoint = running.endpoints.invoke?.href ?? ''
  return new LambdaClient({ endpoint, region: 'us-east-1', credentials, maxAttempts: 1 })
}

const echo = `export const handler = async (event, context) => {
  console.log('seen', JSON.stringify(event))
  if (event.fail) throw new RangeError('no')
  return { event, id: context.awsRequestId, client: context.clientContext } }`

test('RequestResponse gives the result, the log and the version', async () => {
  await using booted = await bootFunction(echo)
  const answer = await client(booted).send(
    new InvokeCommand({
      FunctionName: name,
      Payload: Buffer.from('{"a":"ü"}'),
      LogType: 'Tail',
      ClientContext: Buffer.from('{"custom":{"k":"v"}}').toString('base64'),
    }),
  )
  expect(answer).toMatchObject({ StatusCode: 200, ExecutedVersion: '$LATEST' })
  expect(answer.FunctionError).toBeUndefined()
  const result = JSON.parse(text(answer.Payload ?? new Uint8Array()))
  expect(result).toEqual({ event: { a: 'ü' }, id: answer.$metadata.requestId, client: { custom: { k: 'v' } } })
  const log = Buffer.from(answer.LogResult ?? '', 'base64').toString()
  expect(log).toMatch(/^START RequestId: [^\n]+\n[^\n]*seen \{"a":"ü"\}\nEND RequestId: [^\n]+\nREPORT RequestId: /)
})

test('a function that fails is a call that succeeds', async () => {
  await using booted = await bootFunction(echo)
  const answer = await client(booted).send(
    new InvokeCommand({ FunctionName: name, Payload: Buffer.from('{"fail":true}') }),
  )
  expect(answer).toMatchObject({ StatusCode: 200, FunctionError: 'Unhandled' })
  const error = JSON.parse(text(answer.Payload ?? new Uint8Array()))
  expect(error).toMatchObject({ errorType: 'RangeError', errorMessage: 'no' })
  expect(error.trace[0]).toBe('RangeError: no')
})

test('a function that runs out of time, ends or cannot be called says so', async () => {
  const source = `export const handler = async ({ how }) => {
    if (how === 'late') await new Promise(() => setInterval(() => {}, 1000))
    if (how === 'exit') process.exit(7)
    if (how === 'quiet') process.exit(0)
    return 1n }`
  await using booted = await bootFunction(source, { timeoutMs: 1000 })
  const lambda = client(booted)
  const errorOf = async (how: string): Promise<unknown> => {
    const answer = await lambda.send(new InvokeCommand({ FunctionName: name, Payload: JSON.stringify({ how }) }))
    expect(answer.FunctionError).toBe('Unhandled')
    return JSON.parse(text(answer.Payload ?? new Uint8Array()))
  }
  expect(await errorOf('late')).toEqual({
    errorType: 'Sandbox.Timedout',
    errorMessage: expect.stringMatching(/^RequestId: [-0-9a-f]{36} Error: Task timed out after 1\.00 seconds$/),
  })
  expect(await errorOf('exit')).toEqual({
    errorType: 'Runtime.ExitError',
    errorMessage: expect.stringMatching(/^RequestId: [-0-9a-f]{36} Error: Runtime exited with error: exit status 7$/),
  })
  expect(await errorOf('quiet')).toMatchObject({
    errorMessage: expect.stringMatching(/Error: Runtime exited without providing a reason$/),
  })
  // A JSON value that is none.
  expect(await errorOf('bigint')).toMatchObject({ errorType: 'Runtime.JSONStringifyError' })
})

test('Event answers at once, DryRun does not call', async () => {
  await using booted = await bootFunction(echo)
  const lambda = client(booted)
  const dry = await lambda.send(new InvokeCommand({ FunctionName: name, InvocationType: 'DryRun', Payload: '{"n":1}' }))
  expect(dry.StatusCode).toBe(204)
  const event = await lambda.send(
    new InvokeCommand({ FunctionName: name, InvocationType: 'Event', Payload: '{"n":2}' }),
  )
  expect(event.StatusCode).toBe(202)
  expect(text(event.Payload ?? new Uint8Array())).toBe('')
  // Runs after the event in the same environment, or beside it: either way the event is seen in the end.
  await lambda.send(new InvokeCommand({ FunctionName: name, Payload: '{"n":3}' }))
  while (!booted.lines().some((line) => line.includes('{"n":2}'))) await new Promise((resolve) => setImmediate(resolve))
  expect(booted.lines().filter((line) => line.includes('{"n":1}'))).toEqual([])
})

const inFull = `arn:aws:lambda:us-east-1:123456789012:function:${name}:$LATEST`

test.each([name, `123456789012:function:${name}`, inFull, 'http'])('the function goes by %s', async (FunctionName) => {
  await using booted = await bootFunction(echo)
  expect(await client(booted).send(new InvokeCommand({ FunctionName }))).toMatchObject({ StatusCode: 200 })
})

test('what cannot be called is refused as the service does', async () => {
  await using booted = await bootFunction(echo)
  const lambda = client(booted)
  await expect(lambda.send(new InvokeCommand({ FunctionName: 'nope' }))).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
    message: 'Function not found: arn:aws:lambda:us-east-1:123456789012:function:nope',
    $metadata: { httpStatusCode: 404 },
  })
  await expect(lambda.send(new InvokeCommand({ FunctionName: name, Payload: '{' }))).rejects.toMatchObject({
    name: 'InvalidRequestContentException',
  })
  const large = JSON.stringify('x'.repeat(6 * 1024 * 1024))
  await expect(lambda.send(new InvokeCommand({ FunctionName: name, Payload: large }))).rejects.toMatchObject({
    name: 'RequestTooLargeException',
    $metadata: { httpStatusCode: 413 },
  })
})

test('InvokeWithResponseStream gives the chunks, and the error at the end', async () => {
  const source = `export const handler = awslambda.streamifyResponse(async (event, stream) => {
    stream.setContentType('text/csv')
    stream.write('one')
    if (event.fail) throw new Error('midstream')
    stream.end('two') })`
  await using booted = await bootFunction(source)
  const read = async (Payload: string): Promise<{ body: string; complete: unknown }> => {
    const command = new InvokeWithResponseStreamCommand({ FunctionName: name, Payload })
    const answer = await client(booted).send(command)
    let body = ''
    let complete: unknown
    for await (const event of answer.EventStream ?? []) {
      if (event.PayloadChunk?.Payload !== undefined) body += text(event.PayloadChunk.Payload)
      if (event.InvokeComplete !== undefined) complete = event.InvokeComplete
    }
    return { body, complete }
  }
  expect(await read('{}')).toEqual({ body: 'onetwo', complete: {} })
  expect(await read('{"fail":true}')).toMatchObject({
    body: 'one',
    complete: { ErrorCode: 'Unhandled', ErrorDetails: expect.stringContaining('"errorMessage":"midstream"') },
  })
})
