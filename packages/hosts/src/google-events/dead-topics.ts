import type { Manifest } from '@isobar/compiler'

import { isObject } from './block.ts'
import { shortName } from './iam.ts'
import type { PubSub } from './pub-sub.ts'
import type { FunctionTopics } from './pub-sub-setup.ts'
import type { EventService } from './service.ts'
import type { Terraform } from './terraform.ts'

export interface DeadTopicsOptions {
  manifest: Pick<Manifest, 'functions'>
  terraform: Terraform
  services: readonly Pick<EventService, 'functionAt' | 'env'>[]
  topics: ReadonlyMap<string, FunctionTopics>
  pubSub: Pick<PubSub, 'hasTopic'>
}

/**
 * Where a function's dead go: the dead-letter topic of its subscription, and each topic that the deploy files tie to it,
 * by the environment of its service or by the topic's own name.
 */
export function deadTopics(functionName: string, options: DeadTopicsOptions): string[] {
  const { manifest, terraform, services, topics, pubSub } = options
  const sources = new Set([...topics.values()].flatMap(({ from }) => [...from]))
  const declared = terraform
    .resources('google_pubsub_topic')
    .map((topic) => `projects/${topic.text('project') ?? terraform.place.project}/topics/${topic.text('name')}`)
    .filter((topic) => !sources.has(topic))
  const functions = manifest.functions.flatMap((one) => (one.kind === 'http' ? [] : [one]))
  const names = functions.map(({ name }) => name)
  const tied = declared.filter((topic) => {
    const own = shortName(topic)
    const named = longest(own, names)
    if (named !== undefined) return named === functionName
    if (services.some((service) => mentions(service, functionName, names, own))) return true
    const resource = functions.find(({ name }) => name === functionName)?.resource.physical
    return (
      resource !== undefined &&
      longest(
        own,
        functions.map((one) => one.resource.physical),
      ) === resource
    )
  })
  const all = new Set([...(topics.get(functionName)?.dead ?? []), ...tied])
  return [...all].filter((topic) => pubSub.hasTopic(topic))
}

/**
 * Whether the environment of a service names a topic for a function: in any variable where the service is the function's
 * own, else in one that has the function's name in its own, or in JSON under the function's name.
 */
function mentions(
  service: Pick<EventService, 'functionAt' | 'env'>,
  name: string,
  names: string[],
  topic: string,
): boolean {
  const isOwn = service.functionAt('/') === name
  return Object.entries(service.env).some(([variable, value]) => {
    if (!hasWord(value, topic)) return false
    if (isOwn || longest(variable.toLowerCase().replaceAll('_', '-'), names) === name) return true
    const member = jsonMember(value, name)
    return typeof member === 'string' && hasWord(member, topic)
  })
}

function jsonMember(text: string, name: string): unknown {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value[name] : undefined
  } catch {
    return undefined
  }
}

function longest(text: string, names: readonly string[]): string | undefined {
  return names.filter((name) => hasWord(text, name)).toSorted((a, b) => b.length - a.length)[0]
}

/** Whether a name stands in a text with no letter or digit beside it. */
function hasWord(text: string, name: string): boolean {
  for (let at = text.indexOf(name); at !== -1; at = text.indexOf(name, at + 1)) {
    const beside = (text[at - 1] ?? '') + (text[at + name.length] ?? '')
    if (!/[\p{L}\p{N}]/u.test(beside)) return true
  }
  return false
}
