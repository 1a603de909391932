import { http, type HttpDefinition } from '@isobar/core'
import { sleep } from '../lib/sleep.ts'

const encoder = new TextEncoder()
const kibibyte = 1024

/** Streams as the path says; the invocation's id is in a header, since an unfinished answer has no body to put it in. */
export const stream: HttpDefinition = http('/stream/:how', (_request, context) => {
  const { log } = context
  const headers = { 'content-type': 'text/plain', 'x-invocation': context.invocation.id }
  switch (context.params.how) {
    case 'numbers':
      return new Response(
        produce(500, (index) => encoder.encode(`${index}\n`)),
        { headers },
      )
    case 'text':
      return new Response(
        produce(3, (index) => ['grüße ', '漢字 ', '🦆'][index] ?? '').pipeThrough(new TextEncoderStream()),
        { headers },
      )
    case 'clock':
      // The second part says when it was made.
      return new Response(
        produce(2, async (index) => {
          if (index === 1) await sleep(600)
          return encoder.encode(index === 0 ? 'first\n' : `${Date.now()}`)
        }),
        { headers },
      )
    case 'large':
      return new Response(
        produce(32, (index) => new Uint8Array(16 * kibibyte).fill(index)),
        { headers },
      )
    case 'nothing':
      return new Response(
        produce(0, () => encoder.encode('')),
        { headers },
      )
    case 'empty-chunks':
      return new Response(
        produce(4, (index) => encoder.encode(index % 2 === 0 ? '' : `part ${index};`)),
        { headers },
      )
    case 'fails-midway':
      return new Response(
        produce(3, async (index) => {
          await sleep(50)
          if (index === 2) throw new Error('secret of the third part')
          return encoder.encode(`part ${index};`)
        }),
        { headers },
      )
    case 'fails-at-once':
      return new Response(
        new ReadableStream({
          pull() {
            throw new Error('secret of a stream that never gave a byte')
          },
        }),
        { headers },
      )
    case 'short': {
      // Promises more than it gives.
      const parts = produce(2, (index) => encoder.encode(`part ${index};`))
      return new Response(parts, { headers: { ...headers, 'content-length': '100' } })
    }
    case 'ticks':
      // Goes on until somebody cancels it.
      return new Response(
        produce(
          100,
          async (index) => {
            if (index > 0) await sleep(20)
            return encoder.encode(`tick ${index}\n`)
          },
          () => log.info('the stream was cancelled'),
        ),
        { headers },
      )
    default: {
      // 64 MiB, if they are asked for.
      let produced = 0
      const chunk = new Uint8Array(64 * kibibyte).fill(0x61)
      const body = produce(kibibyte, async () => {
        produced += chunk.byteLength
        if (produced % (1024 * kibibyte) === 0) log.info('produced', { bytes: produced })
        // Work that is not done in one go: a timer's turn lets the platform send what it has.
        await sleep(0)
        return chunk
      })
      return new Response(body, { headers })
    }
  }
})

/** A source that makes one part per pull and notes in the log when it is cancelled. */
function produce<Part>(
  count: number,
  part: (index: number) => Part | Promise<Part>,
  cancelled?: () => void,
): ReadableStream<Part> {
  let index = 0
  return new ReadableStream<Part>(
    {
      async pull(controller) {
        if (index === count) return controller.close()
        controller.enqueue(await part(index++))
      },
      cancel: () => cancelled?.(),
    },
    { highWaterMark: 0 },
  )
}

/** GET and HEAD have one handler; the log tells how many parts were made. */
export const pumped: HttpDefinition = http('GET /pumped', (request, context) => {
  const { log } = context
  const body = produce(
    3,
    (index) => {
      log.info('made a part', { index })
      return encoder.encode('part;')
    },
    () => log.info('the stream was cancelled'),
  )
  return new Response(body, {
    headers: {
      'content-type': 'text/plain',
      'content-length': '15',
      'x-invocation': context.invocation.id,
      'x-method': request.method,
    },
  })
})
