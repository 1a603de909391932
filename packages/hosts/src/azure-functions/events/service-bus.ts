import { randomUUID } from 'node:crypto'

import type { Clock } from '../../events/clock.ts'
import type { DeadLetter, DeliveryRecord } from '../../events/types.ts'
import type { BicepResource } from './bicep.ts'
import type { SentMessage } from './inputs.ts'

/** A model of one Service Bus namespace: https://learn.microsoft.com/azure/service-bus-messaging/service-bus-queues-topics-subscriptions */
export interface ServiceBus {
  /** What a trigger receives from. @throws Error when main.bicep names the namespace's entities and this is none of them. */
  queue(name: string): Entity
  subscription(topic: string, name: string): Entity
  /** To a queue, or a copy to every subscription of a topic. @throws Error as above */
  send(name: string, message: SentMessage): void
  /** To one of them, with the sender's own id. */
  sendTo(entity: Entity, message: SentMessage, id: string, record?: DeliveryRecord): void
}

/** A queue or a subscription. */
export interface Entity {
  /** Does a deploy file name it? */
  readonly isDeclared: boolean
  readonly requiresSession: boolean
  readonly maxDeliveryCount: number
  /** Available, in the order of their sequence numbers. */
  readonly available: BusMessage[]
  readonly dead: DeadLetter[]
  /** Called whenever a message is available. */
  onMessage: (() => void) | undefined
  /** Gives a message back at once. */
  abandon(message: BusMessage): void
}

export interface BusMessage extends SentMessage {
  id: string
  sequence: number
  enqueuedAt: number
  deliveryCount: number
  sessionId: string | undefined
  record: DeliveryRecord | undefined
}

// https://learn.microsoft.com/azure/service-bus-messaging/service-bus-dead-letter-queues#maximum-delivery-count
const defaultMaxDeliveryCount = 10

const types = {
  queue: 'microsoft.servicebus/namespaces/queues',
  topic: 'microsoft.servicebus/namespaces/topics',
  subscription: 'microsoft.servicebus/namespaces/topics/subscriptions',
}

/** @param resources of the deploy files; with none of Service Bus among them, entities are made as they are named. */
export function createServiceBus(resources: readonly BicepResource[], clock: Clock): ServiceBus {
  const declared = resources.filter(({ type }) => Object.values(types).includes(type))
  // A name that is computed could be any.
  const isStrict = declared.length > 0 && declared.every(({ name }) => name !== undefined && !name.includes('${'))
  const entities = new Map<string, Entity>()
  const topics = new Map<string, Map<string, Entity>>()
  let sequence = 0

  const find = (type: string, name: string, topic?: string): BicepResource | undefined => {
    const found = declared.find((one) => {
      return one.type === type && lastPart(one.name) === name && (topic === undefined || topicOf(one) === topic)
    })
    if (found === undefined && isStrict) {
      throw new Error(`main.bicep declares no ${type} named ${name}${topic === undefined ? '' : ` of ${topic}`}.`)
    }
    return found
  }
  const entity = (path: string, resource: BicepResource | undefined): Entity => {
    const known = entities.get(path)
    if (known !== undefined) return known
    const made = createEntity(resource)
    entities.set(path, made)
    return made
  }
  const subscriptionsOf = (topic: string): Map<string, Entity> => {
    const known = topics.get(topic) ?? new Map()
    topics.set(topic, known)
    return known
  }
  const subscription = (topic: string, name: string): Entity => {
    const made = entity(`${topic}/subscriptions/${name}`, find(types.subscription, name, topic))
    subscriptionsOf(topic).set(name, made)
    return made
  }
  const queue = (name: string): Entity => entity(name, find(types.queue, name))
  for (const one of declared) {
    if (one.type === types.topic && one.name !== undefined) subscriptionsOf(lastPart(one.name))
    const topic = topicOf(one)
    if (one.type === types.subscription && one.name !== undefined && topic !== undefined)
      subscription(topic, lastPart(one.name))
  }

  const sendTo: ServiceBus['sendTo'] = (to, message, id, record) => {
    sequence += 1
    // The broker takes no message without one where it needs it: each sender has its own.
    const sessionId = message.orderingKey ?? (to.requiresSession ? id : undefined)
    to.abandon({ ...message, id, sequence, enqueuedAt: clock.now(), deliveryCount: 0, sessionId, record })
  }

  return {
    queue,
    subscription,
    sendTo,
    send(name, message) {
      const id = randomUUID()
      for (const to of topics.get(name)?.values() ?? [queue(name)]) sendTo(to, message, id)
    },
  }
}

function createEntity(resource: BicepResource | undefined): Entity {
  const { maxDeliveryCount, requiresSession } = resource?.properties ?? {}
  const available: BusMessage[] = []
  return {
    isDeclared: resource !== undefined,
    requiresSession: requiresSession === true,
    maxDeliveryCount: typeof maxDeliveryCount === 'number' ? maxDeliveryCount : defaultMaxDeliveryCount,
    available,
    dead: [],
    onMessage: undefined,
    abandon(message) {
      const at = available.findIndex((one) => one.sequence > message.sequence)
      available.splice(at === -1 ? available.length : at, 0, message)
      this.onMessage?.()
    },
  }
}

/** Without `parent`, a name is that of all it stands in: `namespace/topic`. */
function lastPart(name: string | undefined): string {
  return name?.split('/').at(-1) ?? ''
}

function topicOf({ parent, name }: BicepResource): string | undefined {
  return parent?.name === undefined ? name?.split('/').at(-2) : lastPart(parent.name)
}
