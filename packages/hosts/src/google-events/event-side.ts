import type { Manifest, ManifestFunction } from '@isobar/compiler'

import type { Clock } from '../events/clock.ts'
import type { Records } from '../events/records.ts'
import type { DeadLetter, EventInput, EventSide, SourceName } from '../events/types.ts'
import { deadTopics } from './dead-topics.ts'
import type { GoogleApi } from './google-api.ts'
import { publishing } from './message.ts'
import type { PubSub } from './pub-sub.ts'
import { setUpPubSub, type FunctionTopics } from './pub-sub-setup.ts'
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

type EventFunction = Exclude<ManifestFunction, { kind: 'http' }>

/** Google's services that bring events, as the deploy files set them up. @throws Error when those refer to what is not there */
export function createEventSide(options: EventSideOptions): EventSide {
  const { manifest, terraform, services, clock, records, pubSub, api } = options
  const functions = manifest.functions.flatMap((one): EventFunction[] => (one.kind === 'http' ? [] : [one]))
  const sourceOf = (name: string): SourceName | undefined => {
    const found = functions.find((one) => one.name === name)
    return found && nameOf(found)
  }
  const topics = setUpPubSub({ clock, records, pubSub, terraform, services, sourceOf })
  const listening = (source: string): EventFunction[] => functions.filter((one) => nameOf(one) === source)

  const publish = (source: string, inputs: readonly EventInput[], to: EventFunction[]): string[] => {
    const topic = topicOf(source, to, topics)
    return inputs.map((input) => pubSub.publish(topic, publishing(input, source)).id)
  }

  return {
    async deliver(source, inputs) {
      const to = listening(source)
      const [first] = to
      if (first === undefined) throw new Error(`No function of this target listens to ${source}.`)
      const ids = publish(source, inputs, to)
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
