import type { Manifest, ManifestFunction } from '@isobar/compiler'

import type { Clock } from '../events/clock.ts'
import type { Records } from '../events/records.ts'
import type { DeadLetter, EventInput, EventSide, SourceName } from '../events/types.ts'
import { deadTopics } from './dead-topics.ts'
import { customEvent } from './cloud-events.ts'
import { setUpEventarc, type RoutedEvent, type Trigger } from './eventarc.ts'
import { firestoreEvent } from './firestore-event.ts'
import { readGrants } from './iam.ts'
import type { GoogleApi } from './google-api.ts'
import { emptyMessage, isEmpty, publishing } from './message.ts'
import type { PubSub } from './pub-sub.ts'
import { setUpPubSub, type FunctionTopics } from './pub-sub-setup.ts'
import { setUpScheduler } from './scheduler.ts'
import { storageEvent } from './storage-event.ts'
import type { EventService } from './service.ts'
import type { Terraform } from './terraform.ts'

export interface EventSideOptions {
  manifest: Manifest
  terraform: Terraform
  services: readonly EventService[]
  clock: Clock
  records: Records
  pubSub: PubSub
  api: GoogleApi
  kill(): Promise<void>
}

type MakeEvent = (input: EventInput, trigger: Trigger, id: string) => RoutedEvent

type EventFunction = Exclude<ManifestFunction, { kind: 'http' }>

/** Google's services that bring events, as the deploy files set them up. @throws Error when those refer to what is not there */
export function createEventSide(options: EventSideOptions): EventSide {
  const { manifest, terraform, services, clock, records, pubSub, api } = options
  const functions = manifest.functions.flatMap((one): EventFunction[] => (one.kind === 'http' ? [] : [one]))
  const sourceOf = (name: string): SourceName | undefined => {
    const found = functions.find((one) => one.name === name)
    return found && nameOf(found)
  }
  const grants = readGrants(terraform)
  const topics = setUpPubSub({ clock, records, pubSub, terraform, grants, services, sourceOf })
  setUpScheduler({ clock, records, terraform, services, sourceOf })
  const triggers = setUpEventarc({ clock, records, pubSub, terraform, grants, services, sourceOf })
  for (const { functionName, deadTopic } of triggers) {
    const own = topics.get(functionName) ?? { from: new Set(), dead: new Set() }
    if (deadTopic !== undefined) own.dead.add(deadTopic)
    topics.set(functionName, own)
  }
  const listening = (source: string): EventFunction[] => functions.filter((one) => nameOf(one) === source)

  const publish = (source: string, inputs: readonly EventInput[], to: EventFunction[]): string[] => {
    const topic = topicOf(source, to, topics)
    const messages = inputs.map((input) => publishing(input, source))
    // One such message and none of the request is taken.
    if (messages.some(isEmpty)) throw new Error(`Pub/Sub refuses what is sent to ${source}: ${emptyMessage}`)
    return messages.map((one) => pubSub.publish(topic, one).id)
  }
  const route = (source: string, inputs: readonly EventInput[], to: EventFunction[], make: MakeEvent): string[] => {
    const all = triggers.filter(({ functionName }) => to.some(({ name }) => name === functionName))
    if (all.length === 0) throw new Error(`No trigger of the deploy files brings ${source} to a function.`)
    return inputs.map((input) => {
      const id = pubSub.newId()
      const events = all.map((trigger) => ({ trigger, event: make(input, trigger, id) }))
      const matching = events.filter(({ trigger, event }) => trigger.matches(event))
      matching.forEach(({ trigger, event }, index) => {
        trigger.send(matching.length === 1 ? id : `${id}-${index + 1}`, event)
      })
      return id
    })
  }
  const bring = (
    source: string,
    inputs: readonly EventInput[],
    to: EventFunction[],
    first: EventFunction,
  ): string[] => {
    const now = clock.now()
    const { place } = terraform
    switch (first.kind) {
      case 'schedule':
        throw new Error(`${source} takes no events: its ticks come as the clock moves.`)
      case 'storage':
        return route(source, inputs, to, (input, trigger, id) => storageEvent(input, source, trigger, id, now))
      case 'changes': {
        const collection = first.resource.physical
        return route(source, inputs, to, (input, trigger, id) =>
          firestoreEvent(input, source, trigger, { collection, id, now, place }),
        )
      }
      case 'event':
        return route(source, inputs, to, (input) => customEvent(input, source))
      default:
        return publish(source, inputs, to)
    }
  }

  return {
    async deliver(source, inputs) {
      const to = listening(source)
      const [first] = to
      if (first === undefined) throw new Error(`No function of this target listens to ${source}.`)
      const ids = bring(source, inputs, to, first)
      await clock.settle()
      return ids
    },
    advance: (time) => clock.advance(time),
    deliveries: () => records.all(),
    async deadLetters(source) {
      const names = listening(source).flatMap(({ name }) =>
        deadTopics(name, { manifest, terraform, services, topics, pubSub }),
      )
      const messages = [...new Set(names)].flatMap((name) => pubSub.kept(name))
      return messages.toSorted((a, b) => a.publishTime - b.publishTime).map(deadLetter)
    },
    kill: () => options.kill(),
    breakEffects: (broken) => api.breakPublishing(broken),
  }
}

function nameOf({ kind, resource }: EventFunction): SourceName {
  return `${kind}:${resource.logical}`
}

function topicOf(source: string, to: EventFunction[], topics: ReadonlyMap<string, FunctionTopics>): string {
  const from = [...new Set(to.flatMap(({ name }) => [...(topics.get(name)?.from ?? [])]))]
  const [topic, other] = from
  if (topic === undefined) throw new Error(`No subscription of the deploy files brings ${source} to a function.`)
  if (other !== undefined) throw new Error(`The functions of ${source} listen to different topics: ${from.join(', ')}.`)
  return topic
}

function deadLetter({ data, attributes, orderingKey }: ReturnType<PubSub['kept']>[number]): DeadLetter {
  return {
    body: new Uint8Array(data),
    attributes: { ...attributes },
    ...(orderingKey !== undefined && { orderingKey }),
  }
}
