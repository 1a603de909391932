import type { Manifest } from '@isobar/compiler'

import { createClock } from '../../events/clock.ts'
import { createRecords } from '../../events/records.ts'
import type { EventInput, EventSide } from '../../events/types.ts'
import { listenOnLoopback } from '../../running.ts'
import type { Worker } from '../worker.ts'
import { createBroker, type OutgoingMessage } from './broker.ts'
import { deadLettersOf } from './dead-letters.ts'
import { encodeMessage } from './encode.ts'
import { applies, encodeNotification, type NotificationRule } from './notifications.ts'
import { createProducerServer } from './producer-server.ts'
import { findRoutes, type Route } from './routes.ts'
import { startSchedules } from './schedules.ts'
import { createTracker } from './tracker.ts'

/** Cloudflare around its Workers, as far as events go: queues, cron triggers and notifications of buckets. */
export interface EventPlatform {
  /** Host and port of the broker, for the bindings of Workers. */
  broker: string
  /**
   * From now on the events of these Workers reach them.
   *
   * @throws Error for a deployment that Cloudflare would refuse.
   */
  attach(workers: Worker[], manifest: Manifest, rules: NotificationRule[]): EventSide
  stop(): void
}

export async function startEventPlatform(): Promise<EventPlatform> {
  const clock = createClock()
  const records = createRecords(clock)
  const tracker = createTracker(records)
  const broker = createBroker(clock, tracker.observer)
  let broken = false
  const server = createProducerServer({
    send(queue, messages) {
      for (const message of broker.send(queue, messages)) tracker.forwarded(message)
    },
    metrics: (queue) => broker.metrics(queue),
    broken: () => broken,
  })
  const port = await listenOnLoopback(server)

  /** Puts one event into every queue that it comes to functions through. @returns its id */
  const send = (message: OutgoingMessage, routes: Route[]): string => {
    let id = ''
    let count = 0
    for (const entry of new Set(routes.map((route) => route.entry))) {
      for (const sent of broker.send(entry, [message])) {
        id ||= sent.id
        const to = routes.filter((route) => route.entry === entry)
        const deliveries = to.map((route) => {
          count += 1
          const recordId = routes.length === 1 ? id : `${id}-${count}`
          return { route, record: records.sent(route.source, route.functionName, recordId) }
        })
        tracker.entered(sent, deliveries)
      }
    }
    return id
  }

  return {
    broker: `127.0.0.1:${port}`,
    attach(workers, manifest, rules) {
      for (const worker of workers) {
        for (const settings of worker.events.consumers) broker.consume(settings, worker.queue)
        startSchedules(worker.events.crons, { clock, records, manifest, call: worker.scheduled })
      }
      const consumers = workers.flatMap((worker) => worker.events.consumers)
      const producers = workers.flatMap((worker) => worker.events.producers)
      const routes = findRoutes(manifest, consumers, rules)
      return {
        async deliver(source, inputs) {
          const listening = routes.filter((route) => route.source === source)
          if (listening.length === 0) throw nobodyListens(source)
          // All of them are read before the first is sent: a wrong one is told, and none has gone.
          const sends = inputs.map((input) => ({
            message: encode(input, listening, clock.now()),
            to: listening.filter(({ rule }) => rule === undefined || applies(rule, input)),
          }))
          const ids = sends.map(({ message, to }) => send(message, to))
          await clock.settle()
          return ids
        },
        advance: (time) => clock.advance(time),
        deliveries() {
          broker.expire()
          return records.all()
        },
        async deadLetters(source) {
          const from = routes.filter((route) => route.source === source)
          return deadLettersOf(from, { broker, consumers, producers })
        },
        async kill() {
          await Promise.all(workers.map((worker) => worker.kill()))
        },
        breakEffects(now) {
          broken = now
        },
      }
    },
    stop() {
      server.close()
      server.closeAllConnections()
    },
  }
}

function encode(input: EventInput, [route]: Route[], now: number): OutgoingMessage {
  return route?.rule === undefined ? encodeMessage(input) : encodeNotification(input, route.rule.bucket, now)
}

function nobodyListens(source: string): Error {
  return new Error(
    source.startsWith('schedule:')
      ? `${source} cannot be sent to: the clock alone fires it.`
      : `No function of this target listens to ${source}.`,
  )
}
