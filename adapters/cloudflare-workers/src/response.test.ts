import type { Answer, Body, HttpResult } from '@isobar/core/adapter'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { encode } from './response.ts'

const happened: unknown[] = []
const never = new AbortController().signal

function result(answer: Partial<Answer<Body>>): HttpResult<Body> {
  return {
    answer: { status: 200, headers: [], cookies: [], body: null, ...answer },
    settle: () => void happened.push('settled'),
    failed(error) {
      happened.push(error)
      return { status: 500, headers: [], cookies: [], body: null }
    },
    refuse: () => ({ status: 500, headers: [], cookies: [], body: null }),
  }
}

function chunks(...texts: string[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    pull(controller) {
      const text = texts.shift()
      if (text === undefined) controller.close()
      else controller.enqueue(new TextEncoder().encode(text))
    },
  })
}

/** What was given to the runtime's Response, which has one option more than Node's. */
function spyOnInit(): () => ResponseInit | undefined {
  let init: ResponseInit | undefined
  const Native = Response
  vi.stubGlobal('Response', function (body: BodyInit | null, given?: ResponseInit) {
    init = given
    return new Native(body, given)
  })
  return () => init
}

beforeEach(() => void happened.splice(0))
afterEach(() => void vi.unstubAllGlobals())

test('every cookie is a header of its own, in order (S2)', () => {
  const cookies = ['a=1; Expires=Wed, 21 Oct 2026 07:28:00 GMT', 'b=2']
  expect(encode(result({ cookies }), never).headers.getSetCookie()).toEqual(cookies)
})

test('a Response of fetch() is passed on itself (S12)', () => {
  const untouched = new Response('x')
  expect(encode(result({ untouched, body: chunks('x') }), never)).toBe(untouched)
  expect(happened).toEqual(['settled'])
})

test('bytes are sent as they are', async () => {
  const response = encode(result({ status: 201, headers: [['x-a', '1']], body: new Uint8Array([0, 255]) }), never)
  expect([response.status, response.headers.get('x-a')]).toEqual([201, '1'])
  expect([...new Uint8Array(await response.arrayBuffer())]).toEqual([0, 255])
})

test('what the handler has encoded is not encoded again (S13)', () => {
  const init = spyOnInit()
  encode(result({ headers: [['content-encoding', 'gzip']], body: new Uint8Array(1) }), never)
  expect(init()).toMatchObject({ encodeBody: 'manual' })
  encode(result({ body: new Uint8Array(1) }), never)
  expect(init()).not.toHaveProperty('encodeBody')
})

test('a stream goes through chunk by chunk, and the invocation ends with it', async () => {
  const response = encode(result({ body: chunks('a', 'b') }), never)
  expect(happened).toEqual([])
  expect(await response.text()).toBe('ab')
  expect(happened).toEqual(['settled'])
})

test('nothing is read of a stream before the client asks (S11)', async () => {
  let pulled = 0
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        pulled++
        controller.enqueue(new Uint8Array(1))
      },
    },
    { highWaterMark: 0 },
  )
  const reader = encode(result({ body }), never).body?.getReader()
  await reader?.read()
  await reader?.read()
  await new Promise((resolve) => setImmediate(resolve))
  expect(pulled).toBe(2)
})

test('a stream of a promised length is one of a fixed length, or the runtime would send no length', async () => {
  const lengths: number[] = []
  vi.stubGlobal(
    'FixedLengthStream',
    class extends TransformStream {
      constructor(length: number) {
        super()
        lengths.push(length)
      }
    },
  )
  const response = encode(result({ headers: [['content-length', '2']], body: chunks('a', 'b') }), never)
  expect(await response.text()).toBe('ab')
  expect(lengths).toEqual([2])
})

test('a body that fails is logged, and fails for the client (S9)', async () => {
  const error = new Error('midway')
  const body = new ReadableStream<Uint8Array>({ pull: () => Promise.reject(error) })
  await expect(encode(result({ body }), never).text()).rejects.toThrow('midway')
  expect(happened).toEqual(['settled', error])
})

test.each(['abort of the request', 'cancel of the stream'])(
  'a client that leaves (%s) cancels the source (S11)',
  async (how) => {
    const client = new AbortController()
    let cancelled: (reason: unknown) => void = () => undefined
    const told = new Promise((resolve) => (cancelled = resolve))
    const body = new ReadableStream<Uint8Array>({ cancel: cancelled })
    const response = encode(result({ body }), client.signal)
    const reason = new Error('gone')
    if (how.startsWith('abort')) client.abort(reason)
    else void response.body?.cancel(reason)
    expect(await told).toBe(reason)
    expect(happened).toEqual(['settled'])
  },
)

test('a stream of strings breaks as it does on every other platform, and its source is let go', async () => {
  const cancel = vi.fn()
  const strings: ReadableStream = new ReadableStream({ pull: (controller) => controller.enqueue('text'), cancel })
  await expect(encode(result({ body: strings }), never).text()).rejects.toThrow('something else than bytes')
  expect(happened).toContainEqual(expect.any(TypeError))
  expect(cancel).toHaveBeenCalledTimes(1)
})
