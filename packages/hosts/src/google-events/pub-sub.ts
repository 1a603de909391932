import type { Clock } from '../events/clock.ts'
import type { Message, Publishing } from './message.ts'

/** The topics of a project, and what is done with what is published to them. */
export interface PubSub {
  /** A new id, as every message has one. */
  newId(): string
  /** @param name `projects/p/topics/t` */
  createTopic(name: string): void
  hasTopic(name: string): boolean
  /** @throws Error when there is no such topic */
  subscribe(topic: string, subscriber: Subscriber): void
  /**
   * Gives a message to every subscription. Without one it is lost: https://cloud.google.com/pubsub/docs/create-topic
   *
   * @returns its id
   * @throws Error when there is no such topic
   */
  publish(topic: string, publishing: Publishing): Message
  /** What subscriptions hold of a topic, oldest first, whoever may look. */
  kept(topic: string): Message[]
  /** Whether anybody gets what is published. */
  isHeard(topic: string): boolean
}

export interface Subscriber {
  /** Of a subscription that is not pushed: it holds what comes for so long, in milliseconds. */
  holdsMs?: number
  /** @param heardBy how many subscriptions push the message to functions, this one counted by `index` from 0 */
  receive?(message: Message, index: number, heardBy: number): void
}

/** As long as those in Google's own examples, so that no id begins like another. */
const firstId = 2_070_443_601_311_540n

export function createPubSub(clock: Clock): PubSub {
  const topics = new Map<string, { subscribers: Subscriber[]; published: Message[] }>()
  let nextId = firstId
  const topicOf = (name: string): { subscribers: Subscriber[]; published: Message[] } => {
    const topic = topics.get(name)
    if (topic === undefined) throw new Error(`There is no topic ${name}. Is it declared in the deploy files?`)
    return topic
  }
  const newId = (): string => String(nextId++)
  return {
    newId,
    createTopic(name) {
      topics.set(name, { subscribers: [], published: [] })
    },
    hasTopic: (name) => topics.has(name),
    subscribe(name, subscriber) {
      topicOf(name).subscribers.push(subscriber)
    },
    publish(name, publishing) {
      const { subscribers, published } = topicOf(name)
      const message: Message = { ...publishing, id: newId(), publishTime: clock.now() }
      const receivers = subscribers.filter((one) => one.receive !== undefined)
      receivers.forEach((one, index) => one.receive?.(message, index, receivers.length))
      if (receivers.length < subscribers.length) published.push(message)
      return message
    },
    kept(name) {
      const { subscribers, published } = topicOf(name)
      const holdsMs = Math.max(...subscribers.map((one) => one.holdsMs ?? 0))
      return published.filter(({ publishTime }) => publishTime + holdsMs > clock.now())
    },
    isHeard: (name) => topicOf(name).subscribers.length > 0,
  }
}
