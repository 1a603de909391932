import type { Diagnostic } from '@isobar/compiler'
import type { Capabilities, CapabilityKey, EventKind } from '@isobar/core'
import type { DeliveryRecord, EventInput, EventSide, Exchange, LogEntry, RawRequest, RawResponse } from '@isobar/hosts'

export type { Diagnostic, DeliveryRecord, EventInput, Exchange, LogEntry, RawRequest, RawResponse }

/**
 * The clauses of docs/http-profile.md: R of the request, S of the response, C of the context; and E, those of
 * docs/events.md.
 */
export const clauseIds = [
  'R1',
  'R2',
  'R3',
  'R4',
  'R5',
  'R6',
  'R7',
  'R8',
  'R9',
  'R10',
  'S1',
  'S2',
  'S3',
  'S4',
  'S5',
  'S6',
  'S7',
  'S8',
  'S9',
  'S10',
  'S11',
  'S12',
  'S13',
  'S14',
  'C1',
  'C2',
  'C3',
  'C4',
  'C5',
  'C6',
  'C7',
  'C8',
  'C9',
  'E1',
  'E2',
  'E3',
  'E4',
  'E5',
  'E6',
  'E7',
  'E8',
  'E9',
  'E10',
  'E11',
  'E12',
  'E13',
  'E14',
  'E15',
  'E16',
  'E17',
  'E18',
  'E19',
  'E20',
  'E21',
] as const

export type ClauseId = (typeof clauseIds)[number]

/** What cases of both kinds have; `Harness` is what they act on. */
export interface CaseOf<Id extends string, Harness> {
  /** Unique; the statement in kebab-case: `http/set-cookie-keeps-every-value`. */
  id: Id
  /** What it proves; at least one. */
  clauses: readonly ClauseId[]
  /**
   * The capabilities that `run` relies on, each with an assertion of the behaviour that a door declares when it lacks
   * it. `run` is always tried first. Passes although a needed capability is declared absent: the door declares too
   * much, and the case fails. Fails: the assertion of the first absent one, in the order written here, decides between
   * `declared` and `fail`. So put the one that rules the others first.
   */
  needs?: Partial<Record<CapabilityKey, (harness: Harness) => Promise<void>>>
  /** Numbers of `known-bugs.ts`: reports against others that this case would have caught. */
  bugs?: readonly number[]
  /** Throws when the statement does not hold. Has 5 s (about events 20 s), a `needs` assertion as much again. */
  run(harness: Harness): Promise<void>
}

/**
 * One statement about what a client or a handler sees, proved with the reference application behind a front door.
 * A case may import `@isobar/core`, `node:assert` and this file, and knows no platform: where front doors may differ,
 * it `needs` a capability.
 */
export type HttpCase = CaseOf<`http/${string}`, Harness>

/** One statement about what becomes of events, proved with the events application and the platform's rules around it. */
export type EventCase = CaseOf<`event/${string}`, EventHarness>

export type Case = HttpCase | EventCase

export type Check = (harness: Harness) => Promise<void>

export type EventCheck = (harness: EventHarness) => Promise<void>

/** Applications that a case can be run against; the folders below `src/application`. */
export type ApplicationName = 'reference' | 'broken-module' | 'events'

/** One application behind one front door. */
export interface Harness {
  /** One exchange on a connection of its own; resolves when the answer is complete or the connection ends. */
  send(request: Uint8Array | RawRequest): Promise<RawResponse>
  /** The same, but the case reads the answer at its own pace. Left open, it is destroyed when the case ends. */
  open(request: Uint8Array | RawRequest): Promise<Exchange>
  /** Scheme and host that the handler sees in `request.url`. */
  origin: string
  /** Scheme, host and port at which handlers themselves can reach the front door: `http://localhost:41000`. */
  address: string
  limits: {
    requestBytes: number
    responseBytes: number
    /** Infinity where there is none. */
    timeoutMs: number
  }
  door: {
    /** Who made the event that the shim sees: the vendor's code, or a model of it. */
    front: 'vendor' | 'emulated'
    /** Prefer `needs`; this is for tuning an assertion of declared behaviour. */
    capabilities: Capabilities
  }
  /** What the runtime was given beside the platform's own environment variables. */
  env: Readonly<Record<string, string>>
  /**
   * The JSON lines that carry this invocation's id. Waits up to 2 s for the first one and until no more follow for
   * 50 ms; empty when there are none by then.
   */
  logs(invocationId: string): Promise<LogEntry[]>
  /** Every line since the application was booted, what other cases caused included. */
  allLogs(): readonly LogEntry[]
  /** Tries the assertion every 20 ms until it holds, for at most `timeoutMs`; then throws what it threw last. @default 2000 */
  eventually<Result>(assertion: () => Result | Promise<Result>, timeoutMs?: number): Promise<Result>
  /**
   * Boots an application in a runtime process of its own, for cases that end the process or need a module that fails
   * while it loads. Stopped when the case ends. Rejects with what the runtime printed when it does not boot.
   */
  start(application: ApplicationName): Promise<Harness>
}

/** The events application on one target, with the platform's side of events. */
export interface EventHarness extends Omit<EventSide, 'deliveries'> {
  /** The deliveries of this case, oldest first: all, or those of the ids that `deliver` gave. */
  deliveries(ids?: readonly string[]): DeliveryRecord[]
  /** Says what handlers of sent events do from now on, and may take its time over it. Until then they resolve. */
  answer(decide: Decide): void
  /** The same for schedules, which fire whenever the clock is moved. */
  answerTicks(decide: Decide): void
  /** The sent events that handlers were called with since the case began, oldest first. */
  seen(): readonly SeenEvent[]
  /** The ticks of schedules that handlers were called with since the case began, oldest first. */
  ticks(): readonly SeenEvent[]
  /** Those of `seen` whose handler came to its end without throwing. */
  resolved(): readonly SeenEvent[]
  /** Every line that the runtime has printed. */
  allLogs(): readonly LogEntry[]
  /** Tries the assertion every 20 ms until it holds, for at most `timeoutMs`; then throws what it threw last. @default 10000 */
  eventually<Result>(assertion: () => Result | Promise<Result>, timeoutMs?: number): Promise<Result>
  capabilities: Capabilities
  /** Builds one file of the events application for the target, and gives what the compiler says of it. */
  check(file: EventFile): Promise<Diagnostic[]>
  /** One exchange with the target's public front door. */
  send(request: RawRequest): Promise<RawResponse>
}

/** The files of the events application: one for each kind, and one for each option that a target may lack. */
export type EventFile = EventKind | 'ordered-queue' | 'zoned-schedule'

/** What a handler of the events application was called with. */
export interface SeenEvent {
  /** The function's name. */
  function: string
  /** The platform's process or isolate. */
  instance: string
  invocation: string
  target: string
  id: string
  source: string
  type: string
  time: string
  subject?: string
  datacontenttype?: string
  /** Bytes are `{ $hex }`, a bigint is `{ $bigint }`, no data is `{ $undefined: true }`. */
  data: unknown
  /** Hexadecimal. */
  bytes: string
  attributes: Record<string, string>
  delivery: {
    attempt?: number
    /** RFC 3339. */
    enqueuedAt?: string
    orderingKey?: string
    sequence?: string
    batch: { index: number; size: number }
  }
  trace?: string
  remainingMs?: number
}

/** What a handler shall do with an event. */
export type Decide = (seen: SeenEvent) => Instruction | Promise<Instruction>

/** What a handler does. */
export type Instruction =
  | { do: 'resolve' }
  | { do: 'throw'; message?: string }
  /** Throws something that is no Error. */
  | { do: 'throw-text' }
  | { do: 'reject'; reason: string }
  | { do: 'retry-after'; seconds: number }
  /** Never comes to an end. */
  | { do: 'hang' }
  /** Gives work of this length to waitUntil and resolves; the harness sees the end of the work. */
  | { do: 'work'; milliseconds: number }
  /** Gives work that fails to waitUntil, and resolves. */
  | { do: 'failing-work' }
  /** Writes a line to the log, and resolves. */
  | { do: 'log'; message: string }
