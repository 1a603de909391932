import { readFileSync } from 'node:fs'
import { join } from 'node:path'

import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { bootWorker, eventually, header, text, type BootedWorker } from './testing.ts'

const fixtures = join(import.meta.dirname, '../../../../conformance/fixtures/cloudflare')

function recording(file: string): Record<string, unknown> {
  return JSON.parse(readFileSync(join(fixtures, file), 'utf8'))
}

const source = `
const encoder = new TextEncoder()
let opened = false
const source = {
  gated() {
    let step = 0
    return new ReadableStream({ async pull(controller) {
      step += 1
      if (step === 1) controller.enqueue(encoder.encode('first'))
      else { while (!opened) await scheduler.wait(5); controller.enqueue(encoder.encode('last')); controller.close() }
    } })
  },
  endless() {
    return new ReadableStream({
      async pull(controller) { await scheduler.wait(5); controller.enqueue(encoder.encode('more')) },
    })
  },
  failing() {
    let step = 0
    return new ReadableStream({ async pull(controller) { step += 1; if (step > 1) { await scheduler.wait(50); throw new Error('midway') }; controller.enqueue(encoder.encode('first')) } })
  },
}
const answers = {
  '/cookies': () => {
    const headers = new Headers()
    headers.append('set-cookie', 'a=1; Path=/')
    headers.append('set-cookie', 'b=2, x; Path=/')
    headers.append('x-multi', '1')
    headers.append('x-multi', '2')
    return new Response('ok', { headers })
  },
  '/gated': () => new Response(source.gated()),
  '/open': () => { opened = true; return new Response(null, { status: 204 }) },
  '/endless': (request) => { request.signal.addEventListener('abort', () => console.log('client gone')); return new Response(source.endless()) },
  '/failing': () => new Response(source.failing()),
  '/throw': () => { throw new Error('boom') },
  '/nothing': () => undefined,
  '/204-with-body': () => new Response('body', { status: 204 }),
  '/status-600': () => new Response(null, { status: 600 }),
  '/logs': () => {
    console.log(JSON.stringify({ level: 'info', message: 'two\\nlines' }))
    console.log('plain %s', 'text')
    console.warn('a warning')
    console.error('an error')
    console.debug('a detail')
    return new Response()
  },
  '/sized': () => new Response(null, { headers: { 'content-length': '15' } }),
  '/latin': () => new Response(null, { headers: { 'x-name': 'caf\\xe9' } }),
  '/timer': async () => { setTimeout(() => { throw new Error('in a timer') }, 1); await scheduler.wait(20); return new Response() },
  '/own': () => new Response('own', { headers: { server: 'mine', date: 'never', connection: 'x', 'x-kept': '1' } }),
  '/late': (request, env, context) => { context.waitUntil(scheduler.wait(50).then(() => console.log('waited until'))); return new Response('early') },
}
export default {
  async fetch(request, env, context) {
    const answer = answers[new URL(request.url).pathname]
    if (answer) return answer(request, env, context)
    return new Response(null, { status: 404 })
  },
}`

let booted: BootedWorker

beforeAll(async () => {
  booted = await bootWorker(source, {
    // https://developers.cloudflare.com/workers/configuration/compatibility-flags/#enable-requestsignal-for-incoming-requests
    configuration: { compatibility_flags: ['enable_request_signal'] },
  })
})
afterAll(() => booted[Symbol.asyncDispose]())

test('the door names the engine', () => {
  expect(booted.door).toMatchObject({
    id: 'cloudflare-workers',
    origin: 'https://shop.example.test',
    runtime: { name: 'workerd', version: '1.20260730.1' },
    front: 'emulated',
  })
})

describe('the answer', () => {
  test('keeps repeated headers apart, as recorded', async () => {
    const recorded = JSON.parse(
      readFileSync(join(fixtures, 'response-observed/recorded_miniflare__two-set-cookie.json'), 'utf8'),
    ) as { status: number; rawHeaders: [string, string][]; body: string }
    const answer = await booted.door.send({ target: '/cookies' })
    for (const name of ['set-cookie', 'content-type', 'x-multi']) {
      expect(header(answer, name)).toEqual(header({ headers: recorded.rawHeaders }, name))
    }
    expect([answer.status, text(answer)]).toEqual([recorded.status, recorded.body])
  })

  test('streams: its first piece is there before the last is made', async () => {
    const exchange = await booted.door.open({ target: '/gated' })
    expect(Buffer.from((await exchange.read()) ?? []).toString()).toBe('first')
    expect((await booted.door.send({ target: '/open' })).status).toBe(204)
    expect(Buffer.from((await exchange.read()) ?? []).toString()).toBe('last')
    expect(await exchange.read()).toBeUndefined()
    expect(exchange.complete).toBe(true)
  })

  test('of an error is what workerd gives, with the recorded status, and the log tells', async () => {
    for (const [target, file] of [
      ['/throw', 'recorded_miniflare__throw.json'],
      ['/nothing', 'recorded_miniflare__no-response.json'],
    ] as const) {
      const recorded = recording(`response-observed/${file}`)
      const answer = await booted.door.send({ target })
      expect([answer.status, text(answer)]).toEqual([recorded['status'], 'Internal Server Error'])
      const [reason] = String(recorded['bodyStartsWith']).split('\n')
      await eventually(() => expect(booted.lines().join('\n')).toContain(reason))
    }
  })

  test('cannot have a status or a body that Fetch forbids, as recorded', async () => {
    for (const name of ['204-with-body', 'status-600']) {
      const { thrown } = recording(`response-observed/recorded_miniflare__${name}.json`) as { thrown?: Error }
      expect((await booted.door.send({ target: `/${name}` })).status).toBe(500)
      await eventually(() => expect(booted.lines().join('\n')).toContain(`${thrown?.name}: ${thrown?.message}`))
    }
  })

  test('to HEAD keeps the length that the worker gives', async () => {
    expect(header(await booted.door.send({ method: 'HEAD', target: '/sized' }), 'content-length')).toEqual(['15'])
  })

  test('has a header value outside of ASCII as workerd writes it, in UTF-8', async () => {
    expect(header(await booted.door.send({ target: '/latin' }), 'x-name')).toEqual(['caf\xc3\xa9'])
  })

  test('that fails midway ends as workerd ends it, and the log tells', async () => {
    const answer = await booted.door.send({ target: '/failing' })
    expect([answer.status, text(answer)]).toEqual([200, 'first'])
    await eventually(() => expect(booted.lines().join('\n')).toContain('midway'))
  })

  test('has the headers of the edge in place of its own', async () => {
    const answer = await booted.door.send({ target: '/own' })
    expect([header(answer, 'server'), header(answer, 'x-kept')]).toEqual([['cloudflare'], ['1']])
    expect(header(answer, 'date')).toEqual([expect.stringMatching(/ GMT$/)])
    expect(header(answer, 'cf-ray')).toHaveLength(1)
  })

  test('aborts the signal of its request when the client has gone', async () => {
    const exchange = await booted.door.open({ target: '/endless' })
    await exchange.read()
    exchange.destroy()
    await eventually(() => expect(booted.lines()).toContain('client gone'))
  })
})

test('console lines are log entries as they were printed, structured ones are parsed', async () => {
  await booted.door.send({ target: '/logs' })
  await eventually(() =>
    expect(booted.running.logs).toEqual(
      expect.arrayContaining([
        {
          line: '{"level":"info","message":"two\\nlines"}',
          stream: 'stdout',
          fields: { level: 'info', message: 'two\nlines' },
        },
        { line: 'plain text', stream: 'stdout' },
        { line: 'a warning', stream: 'stderr' },
        { line: 'an error', stream: 'stderr' },
        { line: 'a detail', stream: 'stdout' },
      ]),
    ),
  )
})

test('an error outside of a request is logged, without the addresses of the engine', async () => {
  expect((await booted.door.send({ target: '/timer' })).status).toBe(200)
  await eventually(() => expect(booted.lines().join('\n')).toContain('Error: in a timer'))
  expect(booted.lines().filter((line) => line.startsWith('stack:'))).toEqual([])
})

test('waitUntil goes on after the answer', async () => {
  expect(text(await booted.door.send({ target: '/late' }))).toBe('early')
  await eventually(() => expect(booted.lines()).toContain('waited until'))
})
