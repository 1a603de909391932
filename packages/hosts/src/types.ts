import type { Manifest } from '@isobar/compiler'
import type { EventSide } from './events/types.ts'

/**
 * A host boots one built target (the folder that holds `manifest.json`) in its vendor's runtime on loopback.
 * Public: a third party's target plugs in by passing its own Host to `boot`.
 */
export interface Host {
  /** `manifest.platform` of the targets that this host can boot. */
  platform: string
  boot(directory: string, manifest: Manifest, options: BootOptions): Promise<Running>
}

export interface BootOptions {
  /** Added to the environment that the platform gives its runtime; the parent's own environment is not passed on. */
  env?: Record<string, string>
  /** How long the runtime may take to be ready, in milliseconds. @default 15000 */
  startTimeoutMs?: number
  /** Called for every line of the runtime's output as it comes. */
  onLog?: (entry: LogEntry) => void
}

export interface Running extends EventSide {
  doors: FrontDoor[]
  /** Every line that the runtime printed, oldest first; grows while it runs. */
  logs: LogEntry[]
  endpoints: {
    /** Base URL of the platform's invoke API, where it has one. */
    invoke?: URL
  }
  /** Ends the runtime and everything that was started for it. Safe to call twice. */
  stop(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

export interface LogEntry {
  /** The line as printed, without its line end. */
  line: string
  stream: 'stdout' | 'stderr'
  /** The parsed line, when it is a JSON object. */
  fields?: Record<string, unknown>
}

export interface FrontDoor {
  /** Unique among all doors: `aws-lambda/http-api`, `cloud-run`. */
  id: string
  port: number
  /** Scheme and host that the handler sees in `request.url`. */
  origin: string
  /** The part that is the vendor's own code. */
  runtime: { name: string; version: string }
  /** Who made the event that the shim sees: the vendor's code, or our model of it. */
  front: 'vendor' | 'emulated'
  /** One exchange on a connection of its own; resolves when the answer is complete or the connection ends. */
  send(request: Uint8Array | RawRequest): Promise<RawResponse>
  /** The same, but the caller reads the answer at its own pace. */
  open(request: Uint8Array | RawRequest): Promise<Exchange>
}

/** Written to the socket as it stands: header case, order and repetition are kept, nothing is normalised. */
export interface RawRequest {
  /** @default 'GET' */
  method?: string
  /** The request target: origin form, absolute form or `*`. @default '/' */
  target?: string
  /** `host` is added in front when missing, `connection: close` at the end; `content-length` is added when there is a body and neither it nor transfer-encoding is given. */
  headers?: [name: string, value: string][]
  /** Header values and the target are latin-1: one character is one byte. */
  body?: Uint8Array | string
}

export interface RawResponse {
  status: number
  /** As received: names keep their case, repeated ones stay apart. */
  headers: [name: string, value: string][]
  /** Transfer-encoding is undone, content-encoding is not. */
  body: Uint8Array
  /** The body as it came, with milliseconds since the request was written. */
  chunks: { at: number; bytes: Uint8Array }[]
  /** False when the connection ended before content-length or the last chunk was reached. */
  complete: boolean
}

export interface Exchange {
  /** Resolves with the head of the answer. */
  head: Promise<{ status: number; headers: [name: string, value: string][] }>
  /** The next piece of the body, or undefined at the end (`complete` then tells how it ended). Nothing is read from the socket between calls. */
  read(): Promise<Uint8Array | undefined>
  /** Only known once `read()` has given undefined. */
  complete: boolean
  /** Writes more of the request (a body that is sent slowly). */
  write(bytes: Uint8Array): Promise<void>
  /** Drops the connection at once. */
  destroy(): void
}
