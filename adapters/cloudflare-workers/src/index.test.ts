import { http, queue as define } from '@isobar/core'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { eventWorker, native, queue, queues, worker } from './index.ts'
import { batchOf, consume, recordLines } from './testing/batch.ts'

const listeners: ((event: { reason: unknown }) => void)[] = []

beforeEach(() => {
  listeners.splice(0)
  vi.stubGlobal('addEventListener', (name: string, listener: (event: { reason: unknown }) => void) => {
    if (name === 'unhandledrejection') listeners.push(listener)
  })
})
afterEach(() => {
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
})

const hello = http('GET /', () => new Response('hello'))
const consumer = queue({ target: 'w', name: 'f', definition: define('q', () => undefined), deadLetters: 'D' })

test('a Worker has the handlers of its triggers and no other', () => {
  expect(Object.keys(worker({ target: 'w', functions: { hello } }))).toEqual(['fetch'])
  expect(Object.keys(eventWorker({ queue: queues({ q: consumer }) }))).toEqual(['queue'])
})

test.each([
  ['with http', () => worker({ target: 'w', functions: { hello } })],
  ['with events alone', () => eventWorker({})],
])('a rejection that nobody handles is logged once by a Worker %s (C8)', (_, make) => {
  const lines = recordLines()
  make()
  for (const listener of listeners) listener({ reason: new Error('nobody') })
  expect(lines).toMatchObject([{ fault: 'uncaught', fields: { error: { message: 'nobody' } } }])
})

test('native() refuses the context of an event of another platform', async () => {
  const definition = define('q', (_, context) => {
    native({ ...context, target: 'lambda', native: { event: {} } })
  })
  const { calls, lines } = await consume(
    queue({ target: 'w', name: 'f', definition, deadLetters: 'D' }),
    batchOf('q', ['1']),
  )
  expect(calls).toEqual([[['retry']]])
  expect(JSON.stringify(lines)).toContain("got the context of target 'lambda'")
})
