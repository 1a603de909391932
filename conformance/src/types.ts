import type { Capabilities, CapabilityKey } from '@isobar/core'
import type { Exchange, LogEntry, RawRequest, RawResponse } from '@isobar/hosts'

export type { Exchange, LogEntry, RawRequest, RawResponse }

/** The clauses of docs/http-profile.md: R of the request, S of the response, C of the context. */
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
] as const

export type ClauseId = (typeof clauseIds)[number]

/**
 * One statement about what a client or a handler sees, proved with the reference application behind a front door.
 * A case may import `@isobar/core`, `node:assert` and this file, and knows no platform: where front doors may differ,
 * it `needs` a capability.
 */
export interface Case {
  /** Unique; the statement in kebab-case: `http/set-cookie-keeps-every-value`. */
  id: `http/${string}`
  /** What it proves; at least one. */
  clauses: readonly ClauseId[]
  /**
   * The capabilities that `run` relies on, each with an assertion of the behaviour that a door declares when it lacks
   * it. `run` is always tried first. Passes although a needed capability is declared absent: the door declares too
   * much, and the case fails. Fails: the assertion of the first absent one, in the order written here, decides between
   * `declared` and `fail`. So put the one that rules the others first.
   */
  needs?: Partial<Record<CapabilityKey, Check>>
  /** Numbers of `known-bugs.ts`: reports against others that this case would have caught. */
  bugs?: readonly number[]
  /** Throws when the statement does not hold. Has 5 s, `needs` assertion included another 5 s. */
  run: Check
}

export type Check = (harness: Harness) => Promise<void>

/** Applications that a case can be run against; the folders below `src/application`. */
export type ApplicationName = 'reference' | 'broken-module'

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
