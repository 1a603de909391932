import type { Body, HttpResult } from '@isobar/core/adapter'

/** https://developers.cloudflare.com/workers/runtime-apis/response/#parameters */
interface WorkersResponseInit extends ResponseInit {
  encodeBody?: 'automatic' | 'manual'
}

/** https://developers.cloudflare.com/workers/runtime-apis/streams/transformstream/#fixedlengthstream */
declare const FixedLengthStream: new (length: number) => TransformStream<Uint8Array, Uint8Array>

/**
 * The Response that the runtime sends.
 *
 * @param signal aborts when the client goes away.
 */
export function encode(result: HttpResult<Body>, signal: AbortSignal): Response {
  const { status, headers, cookies, body, untouched } = result.answer
  if (untouched) {
    void result.settle()
    return untouched
  }
  const all = new Headers(headers)
  for (const cookie of cookies) all.append('set-cookie', cookie)
  const init: WorkersResponseInit = { status, headers: all }
  // The runtime would compress a body that is compressed already (S13).
  if (all.has('content-encoding')) init.encodeBody = 'manual'
  if (body === null || body instanceof Uint8Array) {
    void result.settle()
    return new Response(body === null ? null : new Uint8Array(body), init)
  }
  const stream = watch(body, result, signal)
  const length = all.get('content-length')
  // Only a stream whose length the runtime knows goes out with content-length.
  return new Response(length === null ? stream : stream.pipeThrough(new FixedLengthStream(Number(length))), init)
}

/** The same bytes at the same pace, with an eye on how it ends: a failure is logged, a client that left stops the source. */
function watch(
  body: ReadableStream<Uint8Array>,
  result: HttpResult<Body>,
  signal: AbortSignal,
): ReadableStream<Uint8Array> {
  const reader = body.getReader()
  const stop = (): void => {
    reader.cancel(signal.reason).catch(() => undefined)
    void result.settle()
  }
  signal.addEventListener('abort', stop)
  const end = (): void => {
    signal.removeEventListener('abort', stop)
    void result.settle()
  }
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done, value } = await reader.read()
          // The runtime would take a string too, which fails on every other platform.
          if (!done && !(value instanceof Uint8Array)) {
            throw new TypeError('The body of the answer is a stream of something else than bytes.')
          }
          if (value) controller.enqueue(value)
          if (!done) return
          controller.close()
          end()
        } catch (error) {
          end()
          reader.cancel(error).catch(() => undefined)
          result.failed(error)
          throw error
        }
      },
      async cancel(reason) {
        end()
        await reader.cancel(reason)
      },
    },
    { highWaterMark: 0 },
  )
}
