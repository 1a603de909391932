import { StreamFailure } from './invocation.ts'
import { parseObject, type Result } from './result.ts'

/** Content type of a streamed answer that begins with status, headers and cookies as JSON. */
export const integrationType = 'application/vnd.awslambda.http-integration-response'

const delimiter = Buffer.alloc(8)

export interface Preluded {
  /** Undefined when the stream ended before the delimiter. */
  prelude: Result | undefined
  /** What follows; `failed` when the function failed before its head was complete. */
  body: AsyncIterable<Uint8Array> | 'failed'
}

/**
 * Takes the prelude off a stream: JSON, then eight NUL bytes, then the body.
 * https://docs.aws.amazon.com/lambda/latest/dg/runtimes-custom.html#runtimes-custom-response-streaming
 * @throws MalformedResult for a prelude that is no JSON object; the stream is then read to its end first
 */
export async function readPrelude(stream: AsyncIterable<Uint8Array>): Promise<Preluded> {
  const iterator = stream[Symbol.asyncIterator]()
  let head: Buffer = Buffer.alloc(0)
  let end = -1
  try {
    while (end < 0) {
      const { done, value } = await iterator.next()
      if (done === true) return { prelude: undefined, body: rest(head, iterator) }
      head = Buffer.concat([head, value])
      end = head.indexOf(delimiter)
    }
  } catch (error) {
    if (error instanceof StreamFailure) return { prelude: undefined, body: 'failed' }
    throw error
  }
  const body = rest(head.subarray(end + delimiter.length), iterator)
  try {
    return { prelude: parseObject(head.subarray(0, end)), body }
  } catch (error) {
    await drain(body)
    throw error
  }
}

/** The same stream once its first chunk or its end is there; `failed` when the function failed before that. */
export async function begun(stream: AsyncIterable<Uint8Array>): Promise<Preluded['body']> {
  const iterator = stream[Symbol.asyncIterator]()
  try {
    const { done, value } = await iterator.next()
    return rest(done === true ? new Uint8Array() : value, iterator)
  } catch (error) {
    if (error instanceof StreamFailure) return 'failed'
    throw error
  }
}

/** Not `for await`, which would close the stream when its reader stops early. */
async function* rest(first: Uint8Array, iterator: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  if (first.length > 0) yield first
  for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) yield next.value
}

async function drain(stream: AsyncIterable<Uint8Array>): Promise<void> {
  const iterator = stream[Symbol.asyncIterator]()
  try {
    while ((await iterator.next()).done !== true);
  } catch (error) {
    if (!(error instanceof StreamFailure)) throw error
  }
}
