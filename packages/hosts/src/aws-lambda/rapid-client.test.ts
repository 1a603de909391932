import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { expect, test } from 'vitest'

import { ownScript } from '../own-script.ts'
import { listenOnLoopback } from '../running.ts'
import { startRuntime } from '../runtime-process.ts'
import { requireVendor } from '../vendor.ts'

/**
 * What aws-lambda-ric sends with our client in place of its native one, held against recordings of the native one
 * (conformance/fixtures/aws/runtime-api).
 */
const fixtures = join(import.meta.dirname, '../../../../conformance/fixtures/aws/runtime-api')

interface Sent {
  method: string
  path: string
  headers: Record<string, string>
  body: string
  trailers: Record<string, unknown>
}

const id = '8476a536-e9f4-11e8-9739-2dfe598c3fcd'

/** The first request that the runtime makes after it was given an invocation (or instead of asking for one). */
async function firstRequest(source: string): Promise<Sent> {
  const sent = Promise.withResolvers<Sent>()
  let given = false
  const server = createServer((request, response) => {
    if (request.method === 'GET') {
      if (given) return
      given = true
      response.writeHead(200, {
        'Lambda-Runtime-Aws-Request-Id': id,
        'Lambda-Runtime-Deadline-Ms': String(Date.now() + 10_000),
        'Lambda-Runtime-Invoked-Function-Arn': 'arn:aws:lambda:us-east-2:123456789012:function:custom-runtime',
        'Lambda-Runtime-Trace-Id': 'Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Parent=9a9197af755a6419;Sampled=1',
      })
      response.end('{"hello":"wörld"}')
      return
    }
    read(request).then((all) => {
      response.writeHead(202).end()
      sent.resolve(all)
    }, sent.reject)
  })
  const port = await listenOnLoopback(server)
  const directory = await mkdtemp(join(tmpdir(), 'isobar-ric-'))
  await writeFile(join(directory, 'h.mjs'), source)
  const runtime = startRuntime({
    script: join(requireVendor('aws-lambda-ric', directory).directory, 'index.mjs'),
    cwd: directory,
    preload: [ownScript('#aws-lambda/rapid-client')],
    env: {
      _HANDLER: 'h.handler',
      LAMBDA_TASK_ROOT: directory,
      AWS_LAMBDA_RUNTIME_API: `127.0.0.1:${port}`,
      AWS_LAMBDA_FUNCTION_NAME: 'custom-runtime',
      AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '128',
      AWS_LAMBDA_LOG_GROUP_NAME: '/aws/lambda/x',
      AWS_LAMBDA_LOG_STREAM_NAME: 's',
    },
  })
  try {
    return await Promise.race([
      sent.promise,
      runtime.exited.then(({ output }) => Promise.reject(new Error(`The runtime ended: ${output}`))),
    ])
  } finally {
    await runtime.stop(0)
    server.closeAllConnections()
    server.close()
    await rm(directory, { recursive: true })
  }
}

async function read(request: IncomingMessage): Promise<Sent> {
  let body = ''
  request.setEncoding('utf8').on('data', (part: string) => (body += part))
  await once(request, 'end')
  const { host: _host, connection: _connection, ...headers } = request.headers as Record<string, string>
  return { method: request.method ?? '', path: request.url ?? '', headers, body, trailers: request.trailers }
}

async function recorded(name: string): Promise<Sent> {
  const file = await readFile(join(fixtures, `recorded_aws-lambda-ric__${name}.json`), 'utf8')
  const { requestsAfterNext } = JSON.parse(file) as { requestsAfterNext: Sent[] }
  const [first] = requestsAfterNext
  if (first === undefined) throw new Error(`${name} has no request.`)
  const { connection: _connection, ...headers } = first.headers
  return { ...first, headers }
}

/** Paths of files and line numbers differ from machine to machine. */
const withoutTrace = (body: string): unknown => {
  const { trace: _trace, ...rest } = JSON.parse(body) as Record<string, unknown>
  return rest
}

test('a result is posted as the native client posts it', async () => {
  const [sent, native] = [await firstRequest('export const handler = async () => undefined'), await recorded('h-undef')]
  expect(sent).toEqual(native)
})

test('a context has the members that the native client gives', async () => {
  const sent = await firstRequest(
    'export const handler = async (got, context) => ({ got, keys: Object.keys(context) })',
  )
  const native = JSON.parse((await recorded('h-ok')).body) as { got: unknown; keys: string[] }
  expect(JSON.parse(sent.body)).toEqual({ got: native.got, keys: native.keys })
})

test.each([
  ['h-thr', `throw new TypeError('boom é')`],
  ['h-thrstr', `throw 'just a string'`],
  ['h-big', 'return 1n'],
])('%s: an error is posted as the native client posts it', async (name, body) => {
  const sent = await firstRequest(`export const handler = async () => { ${body} }`)
  const native = await recorded(name)
  expect(Object.keys(sent.headers).toSorted()).toEqual(Object.keys(native.headers).toSorted())
  expect(sent).toMatchObject({ method: native.method, path: native.path, trailers: native.trailers })
  const { errorType } = withoutTrace(native.body) as { errorType: string }
  expect(withoutTrace(sent.body)).toMatchObject({ errorType })
})

test('an error beyond ASCII keeps its bytes, in the body and in the X-Ray cause', async () => {
  const sent = await firstRequest(`export const handler = async () => { throw new TypeError('boom é') }`)
  const native = await recorded('h-thr')
  const cause = (one: Sent): { exceptions: [{ message: string }] } =>
    JSON.parse(one.headers['lambda-runtime-function-xray-error-cause'] ?? '')
  expect(withoutTrace(sent.body)).toEqual(withoutTrace(native.body))
  expect(cause(sent).exceptions[0].message).toBe(cause(native).exceptions[0].message)
})

test('an init error is posted as recorded', async () => {
  const [sent, native] = [await firstRequest(`throw new Error('init boom')`), await recorded('bad-x')]
  expect(sent).toMatchObject({ method: native.method, path: native.path })
  expect(Object.keys(sent.headers).toSorted()).toEqual(Object.keys(native.headers).toSorted())
  expect(withoutTrace(sent.body)).toEqual(withoutTrace(native.body))
})

test('a streamed answer that fails has its error in trailers, as recorded', async () => {
  const source = `export const handler = awslambda.streamifyResponse(async (event, stream) => {
    stream = awslambda.HttpResponseStream.from(stream, { statusCode: 200 })
    stream.write('part')
    throw new Error('midstream') })`
  const [sent, native] = [await firstRequest(source), await recorded('h-streamthrow')]
  expect(sent.headers).toEqual(native.headers)
  expect(sent.body).toBe(native.body)
  expect(sent.trailers['lambda-runtime-function-error-type']).toBe(
    native.trailers['lambda-runtime-function-error-type'],
  )
})
