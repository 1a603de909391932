import { spawnSync } from 'node:child_process'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { httpApi, load, restApi } from './index.ts'
import { application, captureLog, lambdaContext, payload1, payload2, see } from './testing/lambda.ts'

afterEach(() => {
  vi.unstubAllEnvs()
  vi.useRealTimers()
})

describe('the context', () => {
  test('C6, C7: the id is Lambda’s own, and native is what came in', async () => {
    const event = payload2()
    const { context } = await see(httpApi, event)
    expect(context.invocation.id).toBe('8476a536-e9f4-11e8-9739-2dfe598c3fcd')
    expect(context.function).toEqual({ name: 'all', version: '7' })
    expect(context.target).toBe('aws-lambda')
    expect(context.native).toMatchObject({ frontDoor: 'http-api' })
    expect(Reflect.get(Object(context.native), 'event')).toBe(event)
  })

  test('C6: a traceparent of the client is the trace', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
    const { context } = await see(httpApi, payload2({ headers: { traceparent } }))
    expect(context.trace).toEqual({
      traceId: '0af7651916cd43dd8448eb211c80319c',
      spanId: 'b7ad6b7169203331',
      parent: traceparent,
    })
  })

  test.each([
    [httpApi, payload2(), 10_000, 10_000],
    [httpApi, payload2(), 900_000, 30_000],
    [restApi, payload1(), 900_000, 29_000],
  ])('C2: the deadline is the lesser of the function’s and the front door’s', async (make, event, left, remaining) => {
    vi.useFakeTimers({ toFake: ['Date'], now: 1_800_000_000_000 })
    let ms: number | undefined
    const handler = make(
      application((_, context) => {
        ms = context.remainingMs()
        return new Response()
      }),
    )
    await handler(event, lambdaContext({ getRemainingTimeInMillis: () => left }))
    expect(ms).toBe(remaining)
  })

  test('C3: the environment is that of the invocation', async () => {
    const seen: (string | undefined)[] = []
    const handler = httpApi(
      application((_, context) => {
        seen.push(context.env['_X_AMZN_TRACE_ID'])
        return new Response()
      }),
    )
    for (const trace of ['Root=1-a', 'Root=1-b']) {
      vi.stubEnv('_X_AMZN_TRACE_ID', trace)
      await handler(payload2(), lambdaContext())
    }
    expect(seen).toEqual(['Root=1-a', 'Root=1-b'])
  })

  test('C4: concurrent invocations have their own context', async () => {
    const handler = httpApi(
      application(async (request, context) => {
        await new Promise((resolve) => setImmediate(resolve))
        return Response.json([new URL(request.url).pathname, context.invocation.id])
      }),
    )
    const paths = ['/a', '/b', '/c']
    const results = await Promise.all(
      paths.map((rawPath) => handler(payload2({ rawPath }), lambdaContext({ awsRequestId: `id${rawPath}` }))),
    )
    expect(results.map(({ body }) => body)).toEqual(paths.map((path) => JSON.stringify([path, `id${path}`])))
  })
})

describe('the log', () => {
  test('C5: an entry is one line with level and timestamp, as Lambda’s filter wants them', async () => {
    using log = captureLog()
    const handler = httpApi(
      application((_, context) => {
        context.log.warn('two\nlines', { big: 1n })
        return new Response()
      }),
    )
    await handler(payload2(), lambdaContext())
    expect(log.text().match(/\n/g)).toHaveLength(1)
    const [line] = log.lines()
    expect(line).toMatchObject({ level: 'WARN', message: 'two\nlines', fields: { big: '1' }, function: 'all' })
    const timestamp = String(Reflect.get(Object(line), 'timestamp'))
    expect(new Date(timestamp).toISOString()).toBe(timestamp)
  })

  test('C9: a module that throws is named, and its error goes on', async () => {
    using log = captureLog()
    const error = new Error('no database')
    await expect(load('functions/orders.ts', () => Promise.reject(error))).rejects.toBe(error)
    expect(log.lines()).toMatchObject([{ level: 'ERROR', fault: 'module', fields: { module: 'functions/orders.ts' } }])
  })
})

describe('C8: what nobody caught is a line of the log, and the process ends as the runtime ends it', () => {
  const bind = `
    const { httpApi } = await import(${JSON.stringify(new URL('index.ts', import.meta.url).href)})
    const input = { target: 'aws-lambda', functions: {} }
    httpApi(input)
    httpApi(input)
  `
  // Versions of the runtime interface client before 4 have listeners that end the process themselves.
  const older = `
    process.on('unhandledRejection', () => process.exit(128))
    process.on('uncaughtException', () => process.exit(129))
  `
  test.each([
    ['a rejection, with the current runtime', '', "Promise.reject(new Error('floating'))", 1],
    ['an exception, with the current runtime', '', "setTimeout(() => { throw new Error('floating') })", 1],
    ['a rejection, with an older runtime', older, "Promise.reject(new Error('floating'))", 128],
    ['an exception, with an older runtime', older, "setTimeout(() => { throw new Error('floating') })", 129],
  ])('%s', (_, runtime, fault, status) => {
    // The runtime is there before the function is loaded.
    const script = `${runtime}${bind}${fault}`
    const child = spawnSync(process.execPath, ['--input-type=module', '--eval', script], { encoding: 'utf8' })
    const lines = child.stdout.split('\n').filter(Boolean)
    expect(lines.map((line): unknown => JSON.parse(line))).toMatchObject([
      { level: 'ERROR', fault: 'uncaught', fields: { error: { message: 'floating' } } },
    ])
    expect(child.status).toBe(status)
  })
})
