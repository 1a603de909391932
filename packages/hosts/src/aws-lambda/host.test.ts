import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { describe, expect, test } from 'vitest'

import { awsLambdaHost } from './host.ts'
import { bootFunction, header, manifest, text, type Booted } from './testing.ts'

/** The real runtime client in a child process, with functions written by hand. */

const json = (answer: { body: Uint8Array }): Record<string, unknown> => JSON.parse(text(answer.body))

/** Waits until the function has printed a line that has this in it. */
async function printed({ lines }: Booted, part: string): Promise<string> {
  for (;;) {
    const line = lines().find((one) => one.includes(part))
    if (line !== undefined) return line
    await new Promise((resolve) => setImmediate(resolve))
  }
}

describe('buffered', () => {
  test('an invocation has the context and the environment of Lambda', async () => {
    const source = `export const handler = async (event, context) => ({
      context: { ...context, remaining: context.getRemainingTimeInMillis() },
      env: process.env, cwd: process.cwd(), trace: event.headers['x-amzn-trace-id'] })`
    await using booted = await bootFunction(source, { env: { MINE: 'yes', AWS_REGION: 'mine' }, timeoutMs: 5000 })
    const { context, env, cwd, trace } = json(await booted.door.send({})) as Record<string, Record<string, string>>
    expect(context).toMatchObject({
      functionName: expect.stringMatching(/^shop-/),
      functionVersion: '$LATEST',
      memoryLimitInMB: '128',
      invokedFunctionArn: `arn:aws:lambda:us-east-1:123456789012:function:${context?.['functionName']}`,
      awsRequestId: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
      logGroupName: `/aws/lambda/${context?.['functionName']}`,
    })
    const remaining = Number(context?.['remaining'])
    expect(remaining).toBeGreaterThan(0)
    expect(remaining).toBeLessThanOrEqual(5000)
    expect(context?.['xRayTraceId']).toMatch(new RegExp(`^${trace};Parent=[0-9a-f]{16};Sampled=0$`))
    expect(env).toMatchObject({
      MINE: 'yes',
      AWS_REGION: 'us-east-1',
      AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
      _HANDLER: 'index.handler',
      LAMBDA_TASK_ROOT: cwd,
      _X_AMZN_TRACE_ID: context?.['xRayTraceId'],
    })
    // Nothing of the environment that the host itself runs in.
    expect(env).not.toHaveProperty('HOME')
  })

  test('a handler that throws fails the invocation, and the next one is served by the same process', async () => {
    const source = `export const handler = async (event) => {
      if (event.rawPath === '/throw') throw new Error('boom é \\u{1f600}')
      return { pid: process.pid } }`
    await using booted = await bootFunction(source)
    const before = json(await booted.door.send({}))
    expect(await booted.door.send({ target: '/throw' })).toMatchObject({ status: 500 })
    expect(json(await booted.door.send({}))).toEqual(before)
    expect(await printed(booted, 'boom')).toContain('Invoke Error')
  })

  test('an answer over 6 MB fails the invocation', async () => {
    const source = `export const handler = async (event) => ({ statusCode: 200, body: 'x'.repeat(Number(event.rawPath.slice(1))) })`
    await using booted = await bootFunction(source)
    // {"statusCode":200,"body":"…"} has 28 characters around the body.
    const most = 6 * 1024 * 1024 + 100 - 28
    expect((await booted.door.send({ target: `/${most}` })).body).toHaveLength(most)
    expect(await booted.door.send({ target: `/${most + 1}` })).toMatchObject({ status: 500 })
    expect(await booted.door.send({ target: '/1' })).toMatchObject({ status: 200 })
  })

  test('concurrent invocations run in processes of their own, and wait when there are enough', async () => {
    const source = `export const handler = async () => {
        await new Promise((resolve) => setTimeout(resolve, 200))
        return { pid: process.pid } }`
    await using booted = await bootFunction(source)
    const answers = await Promise.all(Array.from({ length: 6 }, () => booted.door.send({})))
    const pids = answers.map((answer) => json(answer)['pid'])
    expect(answers.map((answer) => answer.status)).toEqual(Array.from({ length: 6 }, () => 200))
    expect(new Set(pids).size).toBe(4)
  })
})

describe('lifecycle', () => {
  test('the process is frozen between invocations', async () => {
    const source = `let fired = 0
      export const handler = async (event) => {
        if (event.rawPath === '/start') setTimeout(() => { fired = Date.now(); console.log('timer fired') }, 20)
        else await new Promise((resolve) => setTimeout(resolve, 100))
        return { fired, started: event.requestContext.timeEpoch } }`
    await using booted = await bootFunction(source)
    await booted.door.send({ target: '/start' })
    // Long past the timer: it can only wait because its process does.
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect(booted.lines().filter((line) => line.includes('timer fired'))).toEqual([])
    const { fired, started } = json(await booted.door.send({ target: '/wait' })) as { fired: number; started: number }
    expect(fired).toBeGreaterThanOrEqual(started)
  })

  test('an invocation over the timeout ends the environment, and the next one has another', async () => {
    const source = `export const handler = async (event) => {
      if (event.rawPath === '/slow') await new Promise(() => setInterval(() => {}, 1000))
      return { pid: process.pid } }`
    await using booted = await bootFunction(source, { timeoutMs: 300 })
    const { pid } = json(await booted.door.send({}))
    expect(await booted.door.send({ target: '/slow' })).toMatchObject({ status: 500 })
    const answer = await booted.door.send({})
    expect(answer.status).toBe(200)
    expect(json(answer)['pid']).not.toBe(pid)
  })

  test.each([
    ['process.exit(0)', ''],
    ['process.exit(3)', ''],
    ['setImmediate(() => { throw new Error("loose") }); await new Promise(() => {})', 'Error: loose'],
    ['Promise.reject(new Error("floating")); await new Promise(() => {})', 'Error: floating'],
  ])('%s ends the environment, and the next invocation has another', async (statement, line) => {
    const source = `export const handler = async (event) => {
      if (event.rawPath === '/end') { ${statement} }
      return { pid: process.pid } }`
    await using booted = await bootFunction(source)
    const { pid } = json(await booted.door.send({}))
    expect(await booted.door.send({ target: '/end' })).toMatchObject({ status: 500 })
    expect(booted.lines().join('\n')).toContain(line)
    const answer = await booted.door.send({})
    expect(json(answer)['pid']).not.toBe(pid)
  })

  test.each([
    [
      'a module that throws',
      `throw new Error('no database')`,
      /initialized: Error: no database\.[\s\S]*It printed:[\s\S]*no database/,
    ],
    ['a module without the handler', `export const other = 1`, /Runtime\.HandlerNotFound/],
    ['a module that cannot be parsed', `export const handler = `, /SyntaxError/],
    [
      'a module that imports what is not there',
      `import 'not-there'; export const handler = 1`,
      /ERR_MODULE_NOT_FOUND|ImportModuleError/,
    ],
  ])('%s fails to boot and says why', async (_name, source, message) => {
    await expect(bootFunction(source)).rejects.toThrow(message)
  })

  test('a module that does not come to an end fails to boot in time', async () => {
    const source = `console.log('still loading'); setInterval(() => {}, 1000); await new Promise(() => {})`
    await expect(bootFunction(source, { startTimeoutMs: 500 })).rejects.toThrow(/500 ms[\s\S]*still loading/)
  })

  test('stop leaves no process behind', async () => {
    const booted = await bootFunction(`export const handler = async () => ({ pid: process.pid })`)
    const { pid } = json(await booted.door.send({}))
    expect(existsSync(`/proc/${pid}`)).toBe(true)
    await booted[Symbol.asyncDispose]()
    await booted.running.stop()
    expect(existsSync(`/proc/${pid}`)).toBe(false)
  })
})

describe('streamed', () => {
  const streamed = (body: string): string =>
    `export const handler = awslambda.streamifyResponse(async (event, stream, context) => { ${body} })`
  const from = (head: string): string => `stream = awslambda.HttpResponseStream.from(stream, ${head});`
  const boot = (body: string): Promise<Booted> => bootFunction(streamed(body), { frontDoor: 'function-url-streaming' })

  test('status, headers and cookies come ahead of the body', async () => {
    const head = `{ statusCode: 201, headers: { 'content-type': 'text/plain' }, cookies: ['a=1', 'b=2'] }`
    await using booted = await boot(`${from(head)} stream.write('one'); stream.write('two'); stream.end()`)
    const answer = await booted.door.send({})
    expect(answer).toMatchObject({ status: 201, complete: true })
    expect(header(answer, 'set-cookie')).toEqual(['a=1', 'b=2'])
    expect(text(answer.body)).toBe('onetwo')
  })

  test('the first chunk is there before the last is written', async () => {
    const wait = `while (!existsSync(event.queryStringParameters.go)) await new Promise((r) => setTimeout(r, 5))`
    const source = `import { existsSync } from 'node:fs'
      ${streamed(`${from('{ statusCode: 200 }')} stream.write('first'); ${wait}; stream.write('last'); stream.end()`)}`
    await using booted = await bootFunction(source, { frontDoor: 'function-url-streaming' })
    const folder = await mkdtemp(join(tmpdir(), 'isobar-go-'))
    const exchange = await booted.door.open({ target: `/?go=${encodeURIComponent(`${folder}/go`)}` })
    expect(text((await exchange.read()) ?? new Uint8Array())).toBe('first')
    await writeFile(`${folder}/go`, '')
    expect(text((await exchange.read()) ?? new Uint8Array())).toBe('last')
    expect(await exchange.read()).toBeUndefined()
    expect(exchange.complete).toBe(true)
    await rm(folder, { recursive: true })
  })

  test('an error after the first chunk breaks the answer, and the process goes on', async () => {
    await using booted = await boot(
      `${from('{ statusCode: 200 }')} stream.write('part'); if (event.rawPath === '/bad') throw new Error('midstream'); stream.end()`,
    )
    const answer = await booted.door.send({ target: '/bad' })
    expect(answer).toMatchObject({ status: 200, complete: false })
    expect(text(answer.body)).toBe('part')
    expect(await booted.door.send({})).toMatchObject({ status: 200, complete: true })
  })

  test('an error before the first chunk is 502', async () => {
    await using booted = await boot(`throw new Error('early')`)
    expect(await booted.door.send({})).toMatchObject({ status: 502, complete: true })
  })

  test('an end of the process in the middle breaks the answer', async () => {
    await using booted = await boot(
      `${from('{ statusCode: 200 }')} stream.write('part', () => process.exit(1)); await new Promise(() => {})`,
    )
    const answer = await booted.door.send({})
    expect(answer).toMatchObject({ status: 200, complete: false })
  })

  test('a timeout in the middle breaks the answer', async () => {
    const body = `${from('{ statusCode: 200 }')} stream.write('part'); await new Promise(() => setInterval(() => {}, 1000))`
    await using booted = await bootFunction(streamed(body), { frontDoor: 'function-url-streaming', timeoutMs: 300 })
    const answer = await booted.door.send({})
    expect(answer).toMatchObject({ status: 200, complete: false })
    expect(text(answer.body)).toBe('part')
  })
})

describe('doors', () => {
  const origins: Record<string, RegExp> = {
    'http-api': /^https:\/\/[a-z0-9]+\.execute-api\.us-east-1\.amazonaws\.com$/,
    'rest-api': /^https:\/\/[a-z0-9]+\.execute-api\.us-east-1\.amazonaws\.com$/,
    alb: /^http:\/\/[a-z0-9-]+\.us-east-1\.elb\.amazonaws\.com$/,
    'alb-multi-value': /^http:\/\/[a-z0-9-]+\.us-east-1\.elb\.amazonaws\.com$/,
    'function-url': /^https:\/\/[a-z0-9]+\.lambda-url\.us-east-1\.on\.aws$/,
    'function-url-streaming': /^https:\/\/[a-z0-9]+\.lambda-url\.us-east-1\.on\.aws$/,
  }

  test.each(Object.keys(origins))('%s reaches the function', async (frontDoor) => {
    const source = `export const handler = async (event) =>
      ({ statusCode: 200, headers: {}, ...('multiValueHeaders' in event ? { multiValueHeaders: {} } : {}), body: JSON.stringify(event) })`
    await using booted = await bootFunction(source, { frontDoor })
    expect(booted.door.id).toBe(`aws-lambda/${frontDoor}`)
    expect(booted.door.origin).toMatch(origins[frontDoor] ?? /^$/)
    expect(booted.door).toMatchObject({ front: 'emulated', runtime: { name: 'aws-lambda-ric', version: '4.0.2' } })
    const answer = await booted.door.send({ target: '/a/b' })
    expect(answer.status).toBe(200)
    expect(text(answer.body)).toContain('/a/b')
  })

  test('an unknown front door is named, with those that there are', async () => {
    await expect(bootFunction('', { frontDoor: 'cloudfront' })).rejects.toThrow(/cloudfront.*http-api, rest-api, alb/)
  })
})

test('a function that is set apart has a door of its own, behind the one of the shared router', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'isobar-aws-lambda-'))
  for (const folder of ['apart', 'http']) {
    await mkdir(join(directory, folder))
    await writeFile(
      join(directory, folder, 'index.mjs'),
      `export const handler = async () => ({ statusCode: 200, body: '${folder}' })`,
    )
  }
  const built = manifest('http-api', 10_000)
  const [own] = built.functions
  if (own === undefined) throw new Error('The manifest has no function.')
  const apart = { ...own, name: 'apart', entry: 'apart/index.mjs' }
  try {
    await using running = await awsLambdaHost.boot(directory, { ...built, functions: [apart, own] }, {})
    expect(running.doors.map(({ id }) => id)).toEqual(['aws-lambda/http-api', 'aws-lambda/http-api/apart'])
    const bodies = await Promise.all(running.doors.map(async (door) => text((await door.send({})).body)))
    expect(bodies).toEqual(['http', 'apart'])
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
})
