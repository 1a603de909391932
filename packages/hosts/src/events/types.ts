import type { EventKind } from '@isobar/core'

/** What events come from, by its name in the source of the application: `queue:orders`, `schedule:<function>`. */
export type SourceName = `${EventKind}:${string}`

/** What is put into a source. Each is encoded as the platform's own sender would. */
export type EventInput = MessageInput | CloudEventInput | ObjectInput | ChangeInput

/** For queues, topics and streams. */
export interface MessageInput {
  body: Uint8Array | string
  /** Beside the body, where the transport has attributes; else left out. */
  attributes?: Record<string, string>
  contentType?: string
  /** FIFO group, partition key, session or ordering key. */
  orderingKey?: string
}

/** For queues, topics, streams and custom events, in the form of the platform's binding of CloudEvents. */
export interface CloudEventInput {
  cloudEvent: {
    id: string
    source: string
    type: string
    time?: string
    subject?: string
    datacontenttype?: string
    /** JSON text under a JSON type or none, else the text or bytes themselves. */
    data?: Uint8Array | string
    /** Extension attributes. */
    extensions?: Record<string, string>
  }
  /** On a transport without attributes every one is structured. */
  mode: 'binary' | 'structured'
  orderingKey?: string
}

/** For storage. */
export interface ObjectInput {
  object: 'created' | 'deleted'
  key: string
  size?: number
  etag?: string
  versionId?: string
}

/** For changes. Values of a record are plain JSON values; a bigint is a number that a double cannot hold. */
export interface ChangeInput {
  change: 'inserted' | 'updated' | 'deleted'
  key: Record<string, RecordValue>
  before?: Record<string, RecordValue>
  after?: Record<string, RecordValue>
}

export type RecordValue = string | number | bigint | boolean | null | RecordValue[] | { [name: string]: RecordValue }

/** One event on its way to one function, from when it was sent to where it ended. */
export interface DeliveryRecord {
  /** Of this delivery; not the event's own id. What `deliver` gave, with a number behind it where several functions get the event. */
  id: string
  source: SourceName
  /** The function's name. */
  function: string
  /** On the host's clock. */
  sentAt: Date
  attempts: DeliveryAttempt[]
  /**
   * `acknowledged`: the platform was told that it is done. `dead-lettered`: the platform itself put it where those go that
   * were tried too often. `dropped`: the platform gave it up and kept nothing. Absent: it will come again, or comes now.
   */
  end?: 'acknowledged' | 'dead-lettered' | 'dropped'
}

export interface DeliveryAttempt {
  /** On the host's clock. */
  at: Date
  /** Counts from 1. */
  number: number
  /** What the platform made of the answer. Absent: it has not answered. */
  outcome?: 'ack' | 'retry'
  /** What the function or the runtime said, where it failed. */
  error?: string
}

/** A message in a place for the dead, as whoever looks there finds it. */
export interface DeadLetter {
  body: Uint8Array
  attributes: Record<string, string>
  orderingKey?: string
}

/** The side of a booted target that events come in at. Times are on the host's own clock, which stands still but for `advance`. */
export interface EventSide {
  /**
   * Sends events, and resolves when all that is due has been delivered and answered.
   *
   * @returns the id of each, as `deliveries()` has it.
   * @throws Error when no function listens to the source, or it takes no such input.
   */
  deliver(source: string, inputs: readonly EventInput[]): Promise<string[]>
  /**
   * Moves the clock, by milliseconds or up to a time, and resolves when all that has become due (retries, delays, ticks of
   * schedules) has been delivered and answered.
   *
   * @throws RangeError for a time that is past.
   */
  advance(time: number | Date): Promise<void>
  /** Every delivery since the target was booted, oldest first. */
  deliveries(): DeliveryRecord[]
  /** What lies in the place for the dead that belongs to a source, whoever put it there, oldest first. */
  deadLetters(source: string): Promise<DeadLetter[]>
  /** Ends the runtime at once, as a crash would, with all that runs in it. The platform's rules decide what comes of that. */
  kill(): Promise<void>
  /** While broken, every effect that an outcome needs of the platform (a delay, a send to the dead) fails there. */
  breakEffects(broken: boolean): void
}
