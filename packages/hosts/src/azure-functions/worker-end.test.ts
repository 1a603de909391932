import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { bootApp, text, type BootedApp } from './testing.ts'

// A process on its way out still holds its channel to the host and its server: the exit listener keeps it there, so that every
// request of a test meets it.
const source = `
const wait = new Int32Array(new SharedArrayBuffer(4))
process.on('exit', () => Atomics.wait(wait, 0, 0, 300))
app.http('all', {
  route: '{*path}',
  methods: ['GET', 'POST'],
  async handler(request) {
    const { pathname } = new URL(request.url)
    console.log('called ' + pathname)
    if (pathname === '/float') setTimeout(() => { void Promise.reject(new Error('floats')) }, 20)
    if (pathname === '/exit') process.exit(3)
    if (pathname === '/wait') await new Promise(() => {})
    return { body: process.pid + ' ' + await request.text() }
  },
})`

describe.each(['buffered', 'streaming'] as const)('%s: a worker that ends', (frontDoor) => {
  let booted: BootedApp

  beforeAll(async () => {
    const setup = frontDoor === 'streaming' ? 'app.setup({ enableHttpStream: true })' : ''
    booted = await bootApp(`${setup}${source}`, { frontDoor })
  })
  afterAll(() => booted[Symbol.asyncDispose]())

  const called = (path: string): number => booted.lines().filter((line) => line === `called ${path}`).length

  async function untilPrinted(line: string): Promise<void> {
    while (!booted.lines().some((printed) => printed.includes(line))) {
      await new Promise((resolve) => setTimeout(resolve, 1))
    }
  }

  test('leaves what it has not begun to the next one, once and with its body', async () => {
    const first = await booted.door.send({ target: '/float' })
    await untilPrinted('floats')
    const requests = ['/a', '/b', '/c'].map((target) =>
      booted.door.send({ method: 'POST', target, body: `body of ${target}` }),
    )
    const answers = await Promise.all(requests)
    const [old] = text(first).split(' ')
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200])
    const [pid] = text(answers[0] ?? first).split(' ')
    expect(pid).not.toBe(old)
    expect(answers.map(text)).toEqual(['/a', '/b', '/c'].map((path) => `${pid} body of ${path}`))
    expect(['/a', '/b', '/c'].map(called)).toEqual([1, 1, 1])
  })

  test('takes with it what it has begun', async () => {
    const waiting = booted.door.send({ target: '/wait' })
    await untilPrinted('called /wait')
    const ended = await booted.door.send({ target: '/exit' })
    expect([(await waiting).status, ended.status]).toEqual([500, 500])
    expect([called('/wait'), called('/exit')]).toEqual([1, 1])
    expect((await booted.door.send({ target: '/after' })).status).toBe(200)
  })
})

test('an app whose workers all end before they begin is given up', async () => {
  await using booted = await bootApp(`${source}
    setInterval(() => {}, 1000)
    const { emit } = process
    // Ends as soon as the host sends the first invocation, and so does each worker after it.
    process.emit = function (name, message) {
      if (name === 'message' && message?.type === 'invocationRequest') process.exit(4)
      return Reflect.apply(emit, this, arguments)
    }
    console.log('started')`)
  const answer = await booted.door.send({ target: '/a' })
  expect([answer.status, text(answer)]).toEqual([500, ''])
  expect(booted.lines().filter((line) => line === 'started')).toHaveLength(3)
  expect(booted.lines().join('\n')).toContain('3 worker processes in a row ended before they had begun')
})
