import type { Records } from '../../events/records.ts'
import type { DeliveryAttempt, DeliveryRecord } from '../../events/types.ts'
import type { Observer, QueueMessage } from './broker.ts'
import type { Route } from './routes.ts'

/** Follows events on their way through queues and writes their deliveries down. */
export interface Tracker {
  observer: Observer
  /** A message was put into the source of these functions. */
  entered(message: QueueMessage, to: { route: Route; record: DeliveryRecord }[]): void
  /** The Worker itself sent a message: it may be the event of a topic on its way to a function. */
  forwarded(message: QueueMessage): void
}

/** One event on its way to one function. */
interface Delivery {
  route: Route
  record: DeliveryRecord
  /** The message that the event was sent as. */
  event: QueueMessage
  /** Messages in the function's own queue, where it is not the one that the event was sent to. */
  copies: Set<QueueMessage>
  /** How many there have been. */
  forwarded: number
}

/** What was sent to a topic, for one of its functions. */
interface Sent {
  byId: Map<string, Delivery>
  byBody: Map<string, Delivery[]>
}

interface Followed {
  delivery: Delivery
  attempt?: DeliveryAttempt
}

export function createTracker(records: Records): Tracker {
  /** What a message in a queue stands for. */
  const followed = new Map<QueueMessage, Followed[]>()
  /** Deliveries that go through a queue of their function's own, by that queue. */
  const byOwnQueue = new Map<string, Sent>()

  return {
    observer: {
      begun(message) {
        for (const one of followed.get(message) ?? []) {
          if (one.delivery.route.own === message.queue) one.attempt = records.begun(one.delivery.record)
        }
      },
      answered(message, outcome, error) {
        for (const { attempt } of followed.get(message) ?? []) {
          if (attempt === undefined) continue
          attempt.outcome = outcome
          if (outcome === 'retry' && error !== undefined) attempt.error = error
        }
      },
      ended(message, end) {
        for (const { delivery } of followed.get(message) ?? []) {
          delivery.copies.delete(message)
          if (message.queue !== delivery.route.own && delivery.forwarded > 0) continue
          if (delivery.copies.size === 0) delivery.record.end = end
        }
        followed.delete(message)
      },
    },
    entered(message, to) {
      const deliveries = to.map(({ route, record }) => {
        return { route, record, event: message, copies: new Set<QueueMessage>(), forwarded: 0 }
      })
      for (const delivery of deliveries) {
        const { own, entry } = delivery.route
        if (own === entry) continue
        const sent = byOwnQueue.get(own) ?? { byId: new Map(), byBody: new Map() }
        byOwnQueue.set(own, sent)
        sent.byId.set(message.id, delivery)
        const body = textOf(message.body)
        const same = sent.byBody.get(body)
        if (same === undefined) sent.byBody.set(body, [delivery])
        else same.push(delivery)
      }
      followed.set(
        message,
        deliveries.map((delivery) => ({ delivery })),
      )
    },
    forwarded(message) {
      const sent = byOwnQueue.get(message.queue)
      const delivery = sent && whoseCopy(message, sent)
      if (delivery === undefined) return
      delivery.copies.add(message)
      delivery.forwarded += 1
      // It comes again, whatever became of the one before.
      delete delivery.record.end
      followed.set(message, [{ delivery }])
    },
  }
}

/**
 * Which event a message is the copy of. Events keep their id, so that it stands in the message; one that has an id of its own,
 * a CloudEvent, may be passed on as it came.
 */
function whoseCopy({ body }: QueueMessage, { byId, byBody }: Sent): Delivery | undefined {
  const text = textOf(body)
  for (const [id] of text.matchAll(/[\da-f]{32}/g)) {
    const delivery = byId.get(id)
    if (delivery !== undefined) return delivery
  }
  const same = byBody.get(text)
  return same?.find(({ forwarded }) => forwarded === 0) ?? same?.at(-1)
}

/** A character a byte. */
function textOf(body: Uint8Array): string {
  return Buffer.from(body).toString('latin1')
}
