/** One call of a function, as the Runtime API hands it over. */
export interface Invocation {
  id: string
  /** The event, JSON. */
  event: Uint8Array
  /** Epoch milliseconds at which the environment is ended. */
  deadline: number
  functionArn: string
  traceId: string
  /** JSON of the mobile SDK's context. */
  clientContext?: string | undefined
}

/** What Lambda reports when a function did not answer: the members that every runtime sends, and what else it sent. */
export interface FunctionError {
  errorType: string
  errorMessage: string
  [member: string]: unknown
}

/** How an invocation came out. */
export type Outcome =
  | { kind: 'buffered'; contentType: string; body: Uint8Array }
  /** The body throws a `StreamFailure` at its end when the function failed after it had begun to answer. Read it to its end: the function waits for that. */
  | { kind: 'stream'; contentType: string; body: AsyncIterable<Uint8Array> }
  /** The invocation failed; `payload` is what the runtime or the platform said of it. */
  | { kind: 'error'; payload: Uint8Array }

/** A streamed answer that ended with an error: the runtime's trailers said so, or the environment ended. */
export class StreamFailure extends Error {
  override readonly name = 'StreamFailure'
  readonly payload: Uint8Array

  constructor(payload: Uint8Array) {
    super('The function failed after it had begun to stream its answer.')
    this.payload = payload
  }
}

/** A payload over 6 MB, see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
export class RequestTooLarge extends Error {
  override readonly name = 'RequestTooLargeException'

  constructor(operation: string) {
    super(`Request must be smaller than ${maxRequestBytes} bytes for the ${operation} operation`)
  }
}

/** Bytes of an event at a synchronous invocation. */
export const maxRequestBytes: number = 6 * 1024 * 1024

/**
 * Bytes of a buffered answer. The Runtime API allows 100 more than 6 MB:
 * https://github.com/aws/aws-lambda-runtime-interface-emulator/blob/develop/internal/lambda/interop/model.go
 */
export const maxResponseBytes: number = 6 * 1024 * 1024 + 100

/** The payload of a failed invocation. */
export function errorPayload(error: FunctionError): Uint8Array {
  return Buffer.from(JSON.stringify(error))
}

/** The answer as a whole: a stream is read to its end, and a failure in it is the failure of the invocation. */
export async function collectOutcome(outcome: Outcome): Promise<Exclude<Outcome, { kind: 'stream' }>> {
  if (outcome.kind !== 'stream') return outcome
  const chunks: Uint8Array[] = []
  try {
    for await (const chunk of outcome.body) chunks.push(chunk)
  } catch (error) {
    if (error instanceof StreamFailure) return { kind: 'error', payload: error.payload }
    throw error
  }
  return { kind: 'buffered', contentType: outcome.contentType, body: Buffer.concat(chunks) }
}
