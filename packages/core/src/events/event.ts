import type { Context } from '../context.ts'

/**
 * A CloudEvents 1.0 event with decoded data: https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md.
 * How it was delivered stands in `context.delivery`.
 */
export interface Event<Data = unknown> {
  specversion: '1.0'
  /** The same at every redelivery; with `source` a key for idempotency. */
  id: string
  /** `queue:orders`, by the names in the source of the application; a CloudEvent keeps its own. */
  source: string
  /** `queue.message`, `storage.created`, …; a CloudEvent keeps its own. */
  type: string
  /** When it happened, RFC 3339. */
  time: string
  subject?: string
  datacontenttype?: string
  data: Data
  /** The data as it was sent. */
  bytes(): Uint8Array
  /** What came beside the data: attributes of the message, extension attributes of a CloudEvent. */
  attributes: Record<string, string>
}

/** How an event came; facts of the transport, absent where the platform does not tell. */
export interface Delivery {
  /** Counts from 1. */
  attempt?: number
  enqueuedAt?: Date
  /** Messages with one key come one after the other, where the source keeps an order. */
  orderingKey?: string
  /** The place in its partition. */
  sequence?: string
  /** Its place among those that the platform handed over in one call. */
  batch: { index: number; size: number }
}

/** What the handler of an event gets second. */
export interface EventContext extends Context {
  delivery: Delivery
}

/**
 * Handles one event. Resolves: it is done. Throws: it comes again. Throws `Retry.after(seconds)`: it comes again then.
 * Throws `Reject(reason)`: it is set aside as dead, at once. May be called for several events at a time.
 */
export type EventHandler<Data = unknown> = (event: Event<Data>, context: EventContext) => void | Promise<void>

/** Data of `storage.created` and `storage.deleted`; never the content. */
export interface StorageData {
  bucket: string
  /** Decoded; `subject` has it too. */
  key: string
  /** Bytes. */
  size?: number
  etag?: string
  versionId?: string
}

/** A value of a record of a table. A bigint only with the trigger's option `numbers: 'bigint'`. */
export type ChangeValue =
  | string
  | number
  | bigint
  | boolean
  | null
  | Uint8Array
  | ChangeValue[]
  | { [name: string]: ChangeValue }

/** Data of `changes.inserted`, `changes.updated`, `changes.deleted`, and of `changes.upserted` where no one can tell. */
export interface ChangeData {
  key: Record<string, ChangeValue>
  before?: Record<string, ChangeValue>
  after?: Record<string, ChangeValue>
}
