import type { Context, LogLevel } from '../context.ts'
import { createLogger, writeLine, type Fault, type LogScope } from './log.ts'
import type { InvocationCall } from './types.ts'

/** Everything that lives as long as one invocation: ids, deadline, log, collected work. */
export interface Invocation {
  id: string
  scope: LogScope
  /** When a 504 goes out: a tenth of the margin before the deadline, while the platform still lets us answer. */
  answerBy: number | undefined
  /** The context of the handler, with what its kind of trigger adds. */
  context<Extra extends object>(extra: Extra): Context & Extra
  fault(kind: Fault, message: string, error: unknown): void
  /** A line of ours that is no fault. */
  note(level: LogLevel, message: string, fields: Record<string, unknown>): void
  settle(): Promise<void> | undefined
}

export interface InvocationOptions {
  target: string
  functionName: string | undefined
  /** The W3C header that came in. */
  traceparent: string | null | undefined
  /** The function's own limit; counts from now. */
  timeoutMs: number | undefined
  /** How far ahead of the deadline the signal aborts, milliseconds. @default 10 % of the time that is left, at most 1 s */
  marginMs?: number
}

/** The platform's own request id, else the trace id, else a UUID (C6). */
export function invocationId({ id }: InvocationCall, traceparent: string | null | undefined): string {
  return id ?? parseTraceparent(traceparent ?? null)?.traceId ?? crypto.randomUUID()
}

/** The part of a context that does not depend on the kind of trigger. */
export function createInvocation(call: InvocationCall, options: InvocationOptions): Invocation {
  const { target, functionName, timeoutMs } = options
  const start = Date.now()
  const trace = parseTraceparent(options.traceparent ?? null)
  const id = call.id ?? trace?.traceId ?? crypto.randomUUID()
  const deadline = earlier(call.deadline, timeoutMs === undefined ? undefined : start + timeoutMs)
  const margin = deadline === undefined ? 0 : (options.marginMs ?? marginOf(deadline, start))
  const abortBy = deadline === undefined ? undefined : deadline - margin
  const scope: LogScope = {
    invocationId: id,
    ...(functionName !== undefined && { function: functionName }),
    ...(trace && { traceId: trace.traceId, spanId: trace.spanId }),
  }
  const { sink, waitUntil: forward } = call
  const pending = new Set<Promise<unknown>>()
  let abort: { controller: AbortController; timer: ReturnType<typeof setTimeout> | undefined } | undefined

  function waitUntil(work: unknown): void {
    const guarded: Promise<unknown> = Promise.resolve(work)
      .catch((error: unknown) => writeLine(sink, 'error', 'Work given to waitUntil failed.', scope, { error }))
      .finally(() => pending.delete(guarded))
    pending.add(guarded)
    forward?.(guarded)
  }

  const context = <Extra extends object>(extra: Extra): Context & Extra => ({
    ...extra,
    invocation: { id },
    target,
    function: {
      name: functionName ?? '',
      ...(call.version !== undefined && { version: call.version }),
    },
    ...(trace && { trace }),
    get signal() {
      abort ??= abortAt(abortBy)
      return abort.controller.signal
    },
    remainingMs: () => (deadline === undefined ? undefined : Math.max(0, deadline - Date.now())),
    waitUntil,
    log: createLogger(sink, scope),
    env: call.env,
    native: call.native,
  })

  async function settleWork(): Promise<void> {
    const cut = await drain(pending, abortBy)
    if (cut > 0)
      writeLine(sink, 'error', `The deadline cut ${cut} piece(s) of work given to waitUntil.`, scope, { cut })
    clearTimeout(abort?.timer)
  }

  return {
    id,
    scope,
    answerBy: deadline === undefined ? undefined : deadline - margin / 10,
    context,
    note: (level, message, fields) => writeLine(sink, level, message, scope, fields),
    fault: (kind, message, error) => writeLine(sink, 'error', message, scope, { error }, kind),
    settle() {
      if (pending.size > 0 && !forward) return settleWork()
      clearTimeout(abort?.timer)
      return undefined
    },
  }
}

function abortAt(time: number | undefined): {
  controller: AbortController
  timer: ReturnType<typeof setTimeout> | undefined
} {
  const controller = new AbortController()
  const reason = (): DOMException => new DOMException('The deadline of the invocation is near.', 'TimeoutError')
  const wait = time === undefined ? undefined : time - Date.now()
  const timer = wait === undefined ? undefined : startTimer(() => controller.abort(reason()), wait)
  return { controller, timer }
}

/** A wait over 2^31 - 1 ms would fire at once: https://developer.mozilla.org/docs/Web/API/Window/setTimeout#maximum_delay_value */
export function startTimer(action: () => void, wait: number): ReturnType<typeof setTimeout> | undefined {
  return wait > 0x7fffffff ? undefined : setTimeout(action, Math.max(0, wait))
}

/** Waits until nothing is pending, work added meanwhile included; gives how many were cut at `until`. */
async function drain(pending: ReadonlySet<Promise<unknown>>, until: number | undefined): Promise<number> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const expired = new Promise<'expired'>((resolve) => {
    if (until !== undefined) timer = startTimer(() => resolve('expired'), until - Date.now())
  })
  try {
    while (pending.size > 0) {
      if ((await Promise.race([Promise.all(pending), expired])) === 'expired') return pending.size
    }
    return 0
  } finally {
    clearTimeout(timer)
  }
}

/** C2: min(1 s, 10 %). */
export function marginOf(deadline: number, start: number): number {
  return Math.max(0, Math.min(1000, (deadline - start) / 10))
}

function earlier(a: number | undefined, b: number | undefined): number | undefined {
  if (a === undefined || b === undefined) return a ?? b
  return Math.min(a, b)
}

/** https://www.w3.org/TR/trace-context/#traceparent-header-field-values */
function parseTraceparent(header: string | null): Context['trace'] {
  // Version 00 ends with the flags; a later one may go on behind a dash.
  const match = /^(?:00(?=.{53}$)|(?!00)[0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}(?:$|-)/.exec(
    header ?? '',
  )
  const [parent, traceId, spanId] = match ?? []
  if (header === null || parent === undefined || traceId === undefined || spanId === undefined) return undefined
  if (header.startsWith('ff') || /^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined
  return { traceId, spanId, parent: header }
}
