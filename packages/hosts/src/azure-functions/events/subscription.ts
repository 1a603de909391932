import type { Clock } from '../../events/clock.ts'
import type { Records } from '../../events/records.ts'
import type { DeadLetter, EventInput, SourceName } from '../../events/types.ts'
import { listenToCosmos } from './cosmos-trigger.ts'
import type { EventFunction } from './event-function.ts'
import { blobEvent, customEvent, type GridEvent } from './event-grid-events.ts'
import { listenToEventGrid } from './event-grid-trigger.ts'
import { eventGridSubscription } from './event-grid.ts'
import { listenToEventHub } from './event-hub-trigger.ts'
import { assertSize, sentBody, sentMessage } from './inputs.ts'
import type { Invoker } from './invoker.ts'
import type { Places } from './places.ts'
import { listenToServiceBus } from './service-bus-trigger.ts'
import { listenToStorageQueue } from './storage-queue-trigger.ts'
import type { EventApp } from './target.ts'
import { startTimer } from './timer-trigger.ts'

export interface SentEvent {
  input: EventInput
  /** Of the delivery. */
  id: string
  /** Of the event, the same for every function that gets it; where its sender gives it one. */
  eventId: string
}

/** One function that gets the events of a source. */
export interface Subscription {
  /** @throws Error when the source takes no such input. */
  send(events: readonly SentEvent[]): Promise<void>
  /** What the platform itself has set aside, where that is no queue. */
  readonly dead: readonly DeadLetter[]
}

export interface SubscriptionParts {
  source: SourceName
  /** The name of what the events come from, where it is deployed. */
  physical: string
  fn: EventFunction
  app: EventApp
  invoker: Invoker
  places: Places
  clock: Clock
  records: Records
}

/** @throws Error for a trigger that this host does not know. */
export function subscribe(parts: SubscriptionParts): Subscription {
  const { fn } = parts
  if (fn.trigger.type === 'queuetrigger') return toStorageQueue(parts)
  if (fn.trigger.type === 'servicebustrigger') return toServiceBus(parts)
  if (fn.trigger.type === 'timertrigger') return toTimer(parts)
  if (fn.trigger.type === 'eventgridtrigger') return toEventGrid(parts)
  if (fn.trigger.type === 'eventhubtrigger') return toEventHub(parts)
  if (fn.trigger.type === 'cosmosdbtrigger') return toCosmos(parts)
  throw new Error(
    `The function ${fn.name} has a trigger of the type ${fn.trigger.binding.type}, which this host does not have.`,
  )
}

function toStorageQueue(parts: SubscriptionParts): Subscription {
  const { source, places, app } = parts
  const queues = places.storageQueues
  const trigger = listenToStorageQueue({ ...parts, queues, settings: app.settings.queues })
  return {
    async send(events) {
      const bodies = events.map(({ input, id }) => ({ id, body: sentBody(source, input) }))
      for (const { body } of bodies) assertSize(source, Math.ceil(body.byteLength / 3) * 4, 'storageQueue')
      await Promise.all(bodies.map(({ id, body }) => trigger.send(body, id)))
    },
    dead: [],
  }
}

function toServiceBus(parts: SubscriptionParts): Subscription {
  const { source, fn, places, app, records } = parts
  const { queueName, topicName, subscriptionName = '' } = fn.trigger.binding
  const name = topicName ?? queueName ?? ''
  const entity = topicName === undefined ? places.bus.queue(name) : places.bus.subscription(name, subscriptionName)
  listenToServiceBus({ ...parts, entity, settings: app.settings.serviceBus })
  return {
    async send(events) {
      const messages = events.map((event) => ({ ...event, message: sentMessage(source, event.input) }))
      for (const { message } of messages) assertSize(source, message.body.byteLength, 'serviceBus')
      for (const { message, id, eventId } of messages) {
        places.bus.sendTo(entity, message, eventId, records.sent(source, fn.name, id))
      }
    },
    dead: entity.dead,
  }
}

function toTimer(parts: SubscriptionParts): Subscription {
  startTimer(parts)
  return {
    async send() {
      throw new Error(`The source ${parts.source} takes no events: it fires as the clock goes on.`)
    },
    dead: [],
  }
}

// https://learn.microsoft.com/azure/templates/microsoft.eventhub/namespaces/eventhubs
const defaultPartitions = 4

function toEventHub(parts: SubscriptionParts): Subscription {
  const { source, fn, places, app, records } = parts
  const hub = places.resources.find(({ type, name }) => {
    return (
      type === 'microsoft.eventhub/namespaces/eventhubs' && name?.split('/').at(-1) === fn.trigger.binding.eventHubName
    )
  })
  const declared = hub?.properties['partitionCount']
  const partitionCount = typeof declared === 'number' ? declared : defaultPartitions
  const trigger = listenToEventHub({ ...parts, settings: app.settings.eventHubs, partitionCount })
  return {
    async send(events) {
      const messages = events.map(({ id, input }) => ({ id, message: sentMessage(source, input) }))
      for (const { message } of messages) assertSize(source, message.body.byteLength, 'eventHubs')
      for (const { id, message } of messages) trigger.send(message, records.sent(source, fn.name, id))
    },
    dead: [],
  }
}

function toCosmos(parts: SubscriptionParts): Subscription {
  const trigger = listenToCosmos(parts)
  return {
    async send(events) {
      const changes = events.map(({ id, input }) => {
        if (!('change' in input)) throw new Error(`The source ${parts.source} takes changes of records.`)
        return { id, input }
      })
      for (const { id, input } of changes) trigger.send(input, id)
    },
    dead: [],
  }
}

function toEventGrid(parts: SubscriptionParts): Subscription {
  const { source, fn, places, clock } = parts
  const subscription = eventGridSubscription(places.resources, fn.name)
  const trigger = listenToEventGrid({ ...parts, subscription })
  const gridEvent = ({ input, eventId }: SentEvent): GridEvent => {
    if ('object' in input) return blobEvent(parts.physical, input, eventId, subscription.schema, clock.now())
    if ('cloudEvent' in input) return customEvent(input, subscription, clock.now())
    throw new Error(
      `The source ${source} takes objects or CloudEvents, and none like ${Object.keys(input).join(', ')}.`,
    )
  }
  return {
    async send(events) {
      const made = events.map((event) => ({ id: event.id, event: gridEvent(event) }))
      for (const { event } of made) assertSize(source, Buffer.byteLength(event.text), 'eventGrid')
      for (const { id, event } of made) trigger.send(event, id)
    },
    dead: trigger.dead,
  }
}
