import type { Delivery } from '../../events/event.ts'
import type { InvocationCall } from '../types.ts'

/** What a shim hands to its adapter: one event function. */
export interface EventApplication {
  /** `manifest.target`; becomes `context.target`. */
  target: string
  /** The function's name, kebab-case; becomes `context.function.name`. */
  name: string
  /** What the user's module exports: `queue(…)` and the like. */
  definition: unknown
}

/** The data of a message as the transport had it. */
export type Payload =
  | { bytes: Uint8Array }
  /** Where the transport carries text only. */
  | { text: string }
  /** Where the adapter has decoded it (a storage event, a changed record). `raw` is what came. */
  | { value: unknown; raw: Uint8Array | string }

/** One message as an adapter's decode half makes it from the native event. */
export interface IncomingMessage {
  /** The platform's own id, the same at every redelivery; a CloudEvent's own wins (E1). */
  id: string
  /** When it was sent or happened: RFC 3339, a Date, or milliseconds since 1970. */
  time: string | Date | number
  /** @default the kind's own: `queue.message`, `topic.message`, `stream.record`, `schedule.tick` */
  type?: string | undefined
  /** @default `kind:name` of the trigger */
  source?: string | undefined
  subject?: string | undefined
  /** `datacontenttype`, where the transport has one. */
  contentType?: string | undefined
  /** What the transport carries beside the data; strings only. A CloudEvent in binary mode is found in it. */
  attributes?: Readonly<Record<string, string>> | undefined
  /**
   * Where a CloudEvent may be (E3): in the attributes (binary mode, or structured mode announced by the content type), or,
   * on a transport without attributes, a structured one in the body.
   *
   * @default 'none'
   */
  cloudEvent?: 'attributes' | 'body' | 'none'
  payload: Payload
  delivery: Omit<Delivery, 'batch'>
}

/** A message that is not in the platform's own form: the error says what came and what was expected (E4). */
export interface MalformedMessage {
  id?: string | undefined
  malformed: Error
  delivery?: Omit<Delivery, 'batch'>
}

/** One call of the platform: a batch, or a batch of one. */
export interface EventCall extends InvocationCall {
  messages: readonly (IncomingMessage | MalformedMessage)[]
  /**
   * An ordered source: messages of one partition run one after the other, and after one that is to come again, those
   * behind it in its partition come again untried.
   *
   * @default false
   */
  ordered?: boolean
  /**
   * What a partition of an ordered source is: the messages of one `delivery.orderingKey`, or the whole batch, where the
   * platform keeps one checkpoint for all of it whatever the keys are (a shard).
   *
   * @default 'key'
   */
  partition?: 'key' | 'batch'
  /**
   * Sets a message aside as dead, by the platform's own means. When it rejects, the message comes again. Absent: the
   * source has no place for the dead, and a rejected message is only logged (a schedule).
   */
  reject?: ((message: IncomingMessage, index: number, reason: string) => Promise<void> | void) | undefined
  /**
   * Has a message come again after a delay, where that takes an effect of its own. When it rejects, the message comes
   * again as after any other error. Absent: see `Outcome.delaySeconds`.
   */
  delay?: ((message: IncomingMessage, index: number, seconds: number) => Promise<void> | void) | undefined
}

/** What becomes of one message; `reject` has been carried out. */
export type Outcome =
  | { kind: 'ack' }
  | { kind: 'reject'; reason: string }
  | {
      kind: 'retry'
      /** For adapters that say it by throwing. */
      error: Error
      /** Asked for by `Retry.after`; where `EventCall.delay` is given, it has been carried out. */
      delaySeconds?: number
    }

export interface EventResult {
  /** One for each message, in their order. */
  outcomes: Outcome[]
  /**
   * Call right before the platform is told: waits for waitUntil work until the deadline's margin, logs what is cut,
   * clears the timers. Undefined when there is nothing to wait for.
   */
  settle(): Promise<void> | undefined
}
