import { EventEmitter, once } from 'node:events'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { functionUrlStreaming, type ResponseStream } from './index.ts'
import { application, captureLog, lambdaContext, payload2 } from './testing/lambda.ts'

/**
 * What the runtime interface client 4.0 does, read off its source: the head goes out with the first write, and the
 * stream is an object with some methods of a Writable.
 */
class FakeStream extends EventEmitter implements ResponseStream {
  head: unknown
  written: string[] = []
  ended = false
  full = false
  #prelude: unknown

  static from(stream: ResponseStream, prelude: object): ResponseStream {
    if (stream instanceof FakeStream) stream.#prelude = prelude
    return stream
  }

  write(chunk: Uint8Array | string): boolean {
    this.head ??= this.#prelude
    if (chunk.length > 0) this.written.push(typeof chunk === 'string' ? chunk : new TextDecoder().decode(chunk))
    this.emit('written')
    return !this.full
  }

  end(): void {
    this.ended = true
  }
}

const streamifyResponse = vi.fn<(handler: unknown) => unknown>((handler) => handler)

beforeEach(() => vi.stubGlobal('awslambda', { streamifyResponse, HttpResponseStream: FakeStream }))
afterEach(() => {
  vi.unstubAllGlobals()
  streamifyResponse.mockClear()
})

const bytes = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text)

function stream(response: (request: Request, context: Parameters<Parameters<typeof application>[0]>[1]) => Response): {
  out: FakeStream
  finished: Promise<void>
} {
  const out = new FakeStream()
  const finished = functionUrlStreaming(application(response))(payload2(), out, lambdaContext())
  return { out, finished }
}

test('the handler is marked by the runtime’s own function, which the module does without elsewhere', () => {
  const handler = functionUrlStreaming(application(() => new Response()))
  expect(streamifyResponse).toHaveBeenCalledExactlyOnceWith(handler)
  vi.unstubAllGlobals()
  expect(functionUrlStreaming(application(() => new Response()))).toBeTypeOf('function')
})

test('outside of the runtime an invocation says what is missing', async () => {
  vi.unstubAllGlobals()
  using _log = captureLog()
  await expect(stream(() => new Response()).finished).rejects.toThrow(/needs the global `awslambda`/)
})

describe('a whole answer', () => {
  test('S2: has its head with the cookies apart, and its body', async () => {
    const { out, finished } = stream(() => {
      const headers = new Headers([
        ['set-cookie', 'a=1; Expires=Wed, 21 Oct 2026 07:28:00 GMT'],
        ['set-cookie', 'b=2'],
      ])
      return new Response('hello', { status: 201, headers })
    })
    await finished
    expect(out.head).toEqual({
      statusCode: 201,
      headers: { 'content-type': 'text/plain;charset=UTF-8' },
      cookies: ['a=1; Expires=Wed, 21 Oct 2026 07:28:00 GMT', 'b=2'],
    })
    expect(out.written.join('')).toBe('hello')
    expect(out.ended).toBe(true)
  })

  test.each([
    [new Response(null, { status: 204 }), 204],
    [new Response(null, { status: 302, headers: { location: '/x' } }), 302],
    [new Response(''), 200],
  ])('S10: without a body its head is sent all the same', async (response, statusCode) => {
    const { out, finished } = stream(() => response)
    await finished
    expect(out).toMatchObject({ head: { statusCode }, written: [], ended: true })
  })

  test('C1: is ended before the work of waitUntil is, and that is waited for', async () => {
    let finish = (): void => undefined
    const { out, finished } = stream((_, context) => {
      context.waitUntil(new Promise<void>((resolve) => (finish = resolve)))
      return new Response('now')
    })
    let settled = false
    void finished.then(() => (settled = true))
    await vi.waitUntil(() => out.ended)
    expect(settled).toBe(false)
    finish()
    await finished
    expect(settled).toBe(true)
  })
})

describe('a streamed answer', () => {
  test('S9: sends its head at once and each chunk before the next is made', async () => {
    const made: string[] = []
    let next = 0
    const source = new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          const chunk = String(next++)
          made.push(`made ${chunk}`)
          if (chunk === '3') controller.close()
          else controller.enqueue(bytes(chunk))
        },
      },
      { highWaterMark: 0 },
    )
    const { out, finished } = stream(() => new Response(source))
    out.on('written', () => made.push(`sent ${out.written.at(-1) ?? 'head'}`))
    await finished
    expect(made).toEqual(['sent head', 'made 0', 'sent 0', 'made 1', 'sent 1', 'made 2', 'sent 2', 'made 3'])
    expect(out.ended).toBe(true)
  })

  test('S9: that fails midway is not ended; the runtime is told by a rejection, and the log has one line', async () => {
    using log = captureLog()
    let count = 0
    const source = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (count++ === 2) controller.error(new Error('the disk is gone'))
        else controller.enqueue(bytes('part'))
      },
    })
    const { out, finished } = stream(() => new Response(source))
    await expect(finished).rejects.toThrow('the disk is gone')
    expect(out.ended).toBe(false)
    expect(log.lines()).toMatchObject([{ fault: 'handler', fields: { error: { message: 'the disk is gone' } } }])
  })

  test('a chunk that is no Uint8Array is an error, not JSON', async () => {
    using _log = captureLog()
    const source = new ReadableStream({
      start(controller) {
        controller.enqueue({ not: 'bytes' })
        controller.close()
      },
    })
    const { out, finished } = stream(() => new Response(source))
    await expect(finished).rejects.toThrow(TypeError)
    expect(out).toMatchObject({ written: [], ended: false })
  })

  test('S11: waits for a runtime that is full, and goes on when it drains', async () => {
    let pulled = 0
    const source = new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          pulled += 1
          if (pulled > 3) controller.close()
          else controller.enqueue(bytes('x'))
        },
      },
      { highWaterMark: 0 },
    )
    const { out, finished } = stream(() => new Response(source))
    out.full = true
    await vi.waitUntil(() => out.listenerCount('drain') > 0)
    await new Promise((resolve) => setImmediate(resolve))
    expect(pulled).toBe(1)
    out.full = false
    out.emit('drain')
    await finished
    expect(out.written).toEqual(['x', 'x', 'x'])
    expect(out.listenerCount('drain')).toBe(0)
  })

  test.each(['close', 'error'])(
    'S11: %s cancels the source, whether it waits for a chunk or for the drain',
    async (event) => {
      for (const full of [false, true]) {
        let cancelled = false
        const source = new ReadableStream<Uint8Array>({
          start: (controller) => controller.enqueue(bytes('first')),
          cancel: () => void (cancelled = true),
        })
        const { out, finished } = stream(() => new Response(source))
        out.full = full
        while (out.written.length === 0) await once(out, 'written')
        out.emit(event)
        await finished
        expect(cancelled).toBe(true)
        expect(out.ended).toBe(false)
      }
    },
  )
})
