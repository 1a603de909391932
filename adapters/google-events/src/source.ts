import type { EventFunction, EventKind, IncomingMessage } from '@isobar/core/adapter'
import type { Delivery } from './delivery.ts'

/** One native source of events: how what it sends is read. */
export interface EventSource {
  kind: EventKind
  /** Messages of one ordering key come one after the other. @default false */
  ordered?: boolean
  /** @throws MalformedEventError that says what came and what was expected (E4). */
  read(delivery: Delivery, fn: EventFunction): ReadMessage
}

export interface ReadMessage {
  message: IncomingMessage
  /** What is published when the event is set aside; the same as came, so that it can be sent again. */
  origin: Origin
}

export interface Origin {
  data: Uint8Array
  attributes: Readonly<Record<string, string>>
  orderingKey?: string | undefined
  /** `projects/<project>/subscriptions/<name>`, where it came by a subscription of ours. */
  subscription?: string | undefined
}
