/** What every handler gets beside its request or event. */
export interface Context {
  invocation: {
    /** The platform's own request id, else the trace id, else a UUID. */
    id: string
  }
  /** The name of the target in the config. */
  target: string
  function: { name: string; version?: string }
  /** From the W3C `traceparent` that came in. `parent` is the whole header. */
  trace?: { traceId: string; spanId: string; parent: string }
  /** Aborts min(1 s, 10 %) ahead of the deadline; never where there is none. */
  readonly signal: AbortSignal
  /** Milliseconds until the deadline; undefined where there is none. */
  remainingMs(): number | undefined
  /** Work that shall finish although the answer does not wait for it. A rejection is logged and changes nothing. */
  waitUntil(work: unknown): void
  log: Logger
  /** Environment variables as the platform has them at this invocation; strings only. */
  env: Readonly<Record<string, string | undefined>>
  /** The platform's own event and context. Each adapter exports `native(context)`, which types it. */
  native: unknown
}

/** Context of an http function; `Route` is its route, so that `params` has the names in it. */
export interface HttpContext<Route extends string = string> extends Context {
  /** Decoded once. */
  params: Params<Route>
  client: {
    /** What the platform vouches for; absent rather than guessed. */
    address?: string
  }
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

/** Writes one JSON line per call. An Error among the fields is written with name, message, stack and cause. */
export type Logger = Record<LogLevel, (message: string, fields?: Record<string, unknown>) => void>

/** The parameters of a route: `'GET /orders/:id/:rest*'` has `{ id: string; rest?: string }`. */
export type Params<Route extends string> = string extends Route
  ? Record<string, string | undefined>
  : Expand<Segments<Pathname<Route>>>

type Pathname<Route extends string> = Route extends `${string} ${infer Path}` ? Path : Route

type Segments<Path extends string> = Path extends `${infer Head}/${infer Tail}`
  ? Segment<Head> & Segments<Tail>
  : Segment<Path>

type Segment<Text extends string> = Text extends `:${infer Name}?`
  ? { [Key in Name]?: string }
  : Text extends `:${infer Name}*`
    ? { [Key in Name]?: string }
    : Text extends `:${infer Name}+`
      ? { [Key in Name]: string }
      : Text extends `:${infer Name}`
        ? { [Key in Name]: string }
        : Text extends '*'
          ? { [Key in `${number}`]: string }
          : unknown

type Expand<T> = { [Key in keyof T]: T[Key] }
