import type { LogLevel } from '../context.ts'

/** What a shim hands to its adapter: the functions of one deployable. */
export interface HttpApplication {
  /** `manifest.target`; becomes `context.target`. */
  target: string
  /** By physical name. A definition, or a module default with a `fetch` function (a Hono app), which serves every path. */
  functions: Record<string, unknown>
  /** Scheme and host for `request.url` where the platform has only the client's Host header: `https://api.example.com`. */
  origin?: string
}

/** The parts of a request, for platforms whose event is not a Request already. */
export interface RequestParts {
  method: string
  /** Absolute; made by `absoluteUrl`. */
  url: string
  /** In the client's order, repeated ones apart. Names in any case; hop-by-hop and pseudo headers may be among them. */
  headers: Iterable<readonly [name: string, value: string]>
  /** Bytes when the platform buffers, a stream when it does not; null when there is none. */
  body: Uint8Array | ReadableStream<Uint8Array> | null
}

/** What an adapter's decode half tells of every invocation. */
export interface InvocationCall {
  /** The platform's own request id; absent: the trace id, else a UUID (C6). */
  id?: string | undefined
  /** The platform's event and context, untouched (C7); becomes `context.native`. */
  native: unknown
  /** Strings only; read anew for every invocation (C3). */
  env: Readonly<Record<string, string | undefined>>
  /** A `traceparent` that the platform gives beside the headers; absent: the header of a request is read. */
  traceparent?: string | undefined
  /** The lesser of the platform's and the front door's deadline, epoch milliseconds; absent where there is none. */
  deadline?: number | undefined
  /** The platform's version of the function, for `context.function.version`. */
  version?: string | undefined
  sink: LogSink
  /** The platform's own waitUntil. Absent: core collects the work and `settle` waits for it. */
  waitUntil?: ((work: Promise<unknown>) => void) | undefined
}

/** One HTTP invocation, as an adapter's decode half makes it from the native event. */
export interface HttpCall extends InvocationCall {
  request: Request | RequestParts
  client: { address?: string }
  /** True where the platform's `fetch` decodes a compressed body but leaves content-encoding in place (Node: undici). @default false */
  fetchDecodes?: boolean
}

/** Where log lines go. `write` gets one line without its end. */
export interface LogSink {
  write(line: string, level: LogLevel): void
  /** Keys that the platform's log viewer understands, added to each line: `{ error: { severity: 'ERROR' } }`. */
  labels?: Readonly<Record<LogLevel, Readonly<Record<string, string>>>>
}

/** A finished answer: status, header and body rules of the profile (S2 to S7, S12 to S14) are applied. */
export interface Answer<Body> {
  status: number
  /** Lower-case names, one entry each; `set-cookie` is not among them. Connection headers are gone, content-type is there when there is a body. */
  headers: [name: string, value: string][]
  /** The values of Set-Cookie, in order. */
  cookies: string[]
  /** null: no body (HEAD, 204, 205, 304 or none given). */
  body: Body | null
  /** The handler's Response when it can be passed on as it is (nothing had to be changed, and it is not ours). */
  untouched?: Response
}

export interface HttpResult<Body> {
  answer: Answer<Body>
  /**
   * Call once the answer has been handed over (or right before, where the platform freezes at that point). Ends the
   * invocation: waits for waitUntil work until the deadline's margin, logs what is cut, clears the timers. Undefined
   * when there is nothing to wait for.
   */
  settle(): Promise<void> | undefined
  /**
   * Call when a streamed body failed, so that the failure is logged.
   *
   * @returns the answer that goes out instead when nothing was sent so far.
   */
  failed(error: unknown): Answer<Uint8Array>
  /**
   * The 500 that goes out instead when the front door cannot carry the answer without losing a part of it. The reason
   * is logged and says what the door cannot do.
   */
  refuse(reason: string): Answer<Uint8Array>
}
