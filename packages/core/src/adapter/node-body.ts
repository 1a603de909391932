/** What the bridge needs of a Node stream that is read: https://nodejs.org/api/stream.html#readable-streams */
export interface NodeReadable {
  on(event: 'data', listener: (chunk: Uint8Array) => void): unknown
  on(event: 'end', listener: () => void): unknown
  on(event: 'error', listener: (error: Error) => void): unknown
  off(event: 'data', listener: (chunk: Uint8Array) => void): unknown
  pause(): unknown
  resume(): unknown
}

/** The body of a request on a connection that outlives the request. */
export interface NodeBody {
  stream: ReadableStream<Uint8Array>
  /** Reads what is left and throws it away, so that the connection can carry the next request. */
  discard(): void
}

/**
 * A web stream over a Node stream. Nothing is read before the web stream is, and the sender waits while nobody reads.
 * Cancelling it lets the rest go: destroying the Node stream would end the connection that the answer needs.
 */
export function openNodeBody(source: NodeReadable): NodeBody {
  let push: ((chunk: Uint8Array) => void) | undefined
  let ended = false

  function discard(): void {
    if (push) source.off('data', push)
    source.resume()
  }

  function listen(controller: ReadableStreamDefaultController<Uint8Array>): void {
    push = (chunk) => {
      source.pause()
      controller.enqueue(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength))
    }
    const finish = (action: () => void): void => {
      if (ended) return
      ended = true
      action()
    }
    source.on('data', push)
    source.on('end', () => finish(() => controller.close()))
    // A client that leaves midway is an error too.
    source.on('error', (error) => finish(() => controller.error(error)))
  }

  const stream = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        if (!push) listen(controller)
        source.resume()
      },
      cancel() {
        ended = true
        discard()
      },
    },
    { highWaterMark: 0 },
  )
  return { stream, discard }
}
