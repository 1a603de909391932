import type { EventKind } from './brand.ts'

/** Limits that every event function may have. */
export interface CommonEventTrigger {
  /** How long the handler may take for one event, milliseconds. @default no limit but the platform's */
  timeoutMs?: number
}

/** What an event that cannot be handled is worth. */
export interface AttemptsTrigger {
  /** How often an event is tried before it is set aside as dead, 1 or more. @default the target's own, see docs/events.md */
  maxAttempts?: number
  /** Events of one batch that are handled side by side; for ordered sources, partitions. @default 10, for ordered sources 1 */
  concurrency?: number
  /** The most that one call of the platform may hand over. @default the target's own */
  batchSize?: number
}

/** How data is decoded. */
export interface DataTrigger {
  /** What the data of an event is, unless the event is a CloudEvent that says it itself. @default 'json' */
  data?: 'json' | 'text' | 'bytes'
  /** What becomes of data that cannot be decoded or that the schema refuses. @default 'reject' */
  invalid?: 'reject' | 'retry'
}

export interface QueueTrigger extends CommonEventTrigger, AttemptsTrigger, DataTrigger {
  queue: string
  /** Messages with one ordering key come one after the other, none before its predecessor is done. @default false */
  ordered?: boolean
}

export interface TopicTrigger extends CommonEventTrigger, AttemptsTrigger, DataTrigger {
  topic: string
}

export interface ScheduleTrigger extends CommonEventTrigger {
  /** Minute, hour, day of month, month, day of week; weekdays by name: `'0 9 * * MON-FRI'`. */
  cron: string
  /** An IANA name: `'Europe/Zurich'`. @default 'UTC' */
  timeZone?: string
}

export interface StorageTrigger extends CommonEventTrigger, AttemptsTrigger {
  bucket: string
  /** @default both */
  on?: 'created' | 'deleted'
}

export interface StreamTrigger extends CommonEventTrigger, AttemptsTrigger, DataTrigger {
  stream: string
}

export interface ChangesTrigger extends CommonEventTrigger, AttemptsTrigger {
  table: string
  /**
   * What becomes of a number that JavaScript's own cannot hold exactly.
   *
   * @default 'string'
   */
  numbers?: 'string' | 'bigint'
}

export interface CustomEventTrigger extends CommonEventTrigger, AttemptsTrigger, DataTrigger {
  /** The event's type: `'com.example.order.placed'`. */
  type: string
}

/** The facts of a trigger by the kind of the function; plain data, as the manifest has them. */
export interface EventTriggers {
  queue: QueueTrigger
  topic: TopicTrigger
  schedule: ScheduleTrigger
  storage: StorageTrigger
  stream: StreamTrigger
  changes: ChangesTrigger
  event: CustomEventTrigger
}

/** The option that names what an event function listens to. */
export const subjectOf: { readonly [Kind in EventKind]: keyof EventTriggers[Kind] & string } = {
  queue: 'queue',
  topic: 'topic',
  schedule: 'cron',
  storage: 'bucket',
  stream: 'stream',
  changes: 'table',
  event: 'type',
}
