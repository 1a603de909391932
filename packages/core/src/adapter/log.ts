import type { Logger, LogLevel } from '../context.ts'
import type { LogSink } from './types.ts'

/** What stands on every line beside the message. */
export interface LogScope {
  invocationId?: string
  function?: string
  traceId?: string
  spanId?: string
}

/**
 * Marks the line of a failure that the client saw as a 500 or 504, or that nobody handled. The platform's own error
 * metric does not see an answered failure, so a log metric counts lines that have this key.
 */
export type Fault = 'handler' | 'deadline' | 'uncaught' | 'module'

/** Writes one line. Never throws: a value that cannot be written is replaced by a note. */
export function writeLine(
  sink: LogSink,
  level: LogLevel,
  message: string,
  scope: LogScope,
  fields?: Record<string, unknown>,
  fault?: Fault,
): void {
  const entry: Record<string, unknown> = {
    time: new Date().toISOString(),
    level: level.toUpperCase(),
    ...sink.labels?.[level],
    message: describe(message),
    ...scope,
    fault,
  }
  // JavaScript lets a caller give an Error where the message stands; its stack shall not be lost.
  const all = isError(message) ? { error: message, ...fields } : fields
  if (all !== undefined) entry['fields'] = toPlain(all, [], { left: maxValues })
  sink.write(JSON.stringify(entry), level)
}

export function createLogger(sink: LogSink, scope: LogScope): Logger {
  const at =
    (level: LogLevel): Logger[LogLevel] =>
    (message, fields) =>
      writeLine(sink, level, message, scope, fields)
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
}

/** Logs a rejection or an error that no handler was there for (C8). */
export function logUncaught(sink: LogSink, error: unknown): void {
  writeLine(sink, 'error', 'An error outside of every handler was not caught.', {}, { error }, 'uncaught')
}

/**
 * Loads a user's module for a shim. When it throws, our own line says which module it was; the error goes on to the
 * platform, whose answer it is (C9).
 */
export async function loadModule<Module>(sink: LogSink, file: string, load: () => Promise<Module>): Promise<Module> {
  try {
    return await load()
  } catch (error) {
    writeLine(sink, 'error', `The module ${file} threw while it was loaded.`, {}, { module: file, error }, 'module')
    throw error
  }
}

/** Objects that share parts are a tree on a line of JSON, and that may be larger than any memory. */
const maxValues = 10_000
/** JSON.stringify goes down by itself; far beyond this it would overflow the stack. */
const maxDepth = 100

/** A copy that JSON can carry: cycles, BigInt, Errors and throwing getters are written as what they are. */
function toPlain(value: unknown, ancestors: readonly object[], budget: { left: number }): unknown {
  if (typeof value === 'bigint') return value.toString()
  if (typeof value === 'symbol') return String(value)
  if (typeof value !== 'object' || value === null) return value
  if (ancestors.includes(value)) return '[circular]'
  if (budget.left-- <= 0 || ancestors.length >= maxDepth) return '[too large]'
  const within = [...ancestors, value]
  const plain = (part: unknown): unknown => toPlain(part, within, budget)
  try {
    if (isError(value)) return errorFields(value, plain)
    if ('toJSON' in value && typeof value.toJSON === 'function') return plain(value.toJSON())
    if (Array.isArray(value)) return value.map(plain)
    return Object.fromEntries(Object.keys(value).map((key) => [key, plain(Reflect.get(value, key))]))
  } catch (error) {
    return `[unreadable: ${describe(error)}]`
  }
}

function errorFields(error: Error, plain: (part: unknown) => unknown): Record<string, unknown> {
  return {
    name: plain(error.name),
    message: plain(error.message),
    stack: plain(error.stack),
    ...('cause' in error && { cause: plain(error.cause) }),
    ...Object.fromEntries(
      Object.keys(error)
        .filter((key) => key !== 'cause')
        .map((key) => [key, plain(Reflect.get(error, key))]),
    ),
  }
}

/** An Error of another realm (a vm context, a duplicate package's subclass) counts too. */
function isError(value: unknown): value is Error {
  try {
    return value instanceof Error || Object.prototype.toString.call(value) === '[object Error]'
  } catch {
    return false
  }
}

/** Never throws: an object without prototype has no text. */
function describe(value: unknown): string {
  try {
    return isError(value) ? String(value.message) : String(value)
  } catch {
    return `[${typeof value}]`
  }
}
