import type { Manifest } from '@isobar/compiler'

import { shortName } from './iam.ts'
import type { PubSub } from './pub-sub.ts'
import type { FunctionTopics } from './pub-sub-setup.ts'
import type { EventService } from './service.ts'
import type { Terraform } from './terraform.ts'

export interface DeadTopicsOptions {
  manifest: Manifest
  terraform: Terraform
  services: readonly EventService[]
  topics: ReadonlyMap<string, FunctionTopics>
  pubSub: PubSub
}

/**
 * Where a function's dead go: the dead-letter topic of its subscription, and the topics that the deploy files tie to it
 * by their name, or by its service's environment. Where several functions share a service, a topic is the one's whose
 * name it has in its own; of two, the longer one's.
 */
export function deadTopics(functionName: string, options: DeadTopicsOptions): string[] {
  const { manifest, terraform, services, topics, pubSub } = options
  const source = new Set([...topics.values()].flatMap(({ from }) => [...from]))
  const declared = terraform
    .resources('google_pubsub_topic')
    .map((topic) => `projects/${topic.text('project') ?? terraform.place.project}/topics/${topic.text('name')}`)
    .filter((topic) => !source.has(topic))
  const events = manifest.functions.flatMap((one) => (one.kind === 'http' ? [] : [one.name]))
  const named = declared.filter((topic) => longest(shortName(topic), events) === functionName)
  const alone = services.filter((service) => service.functionAt('/') === functionName)
  const mentioned = alone.flatMap(({ env }) => {
    const values = Object.values(env).join('\n')
    return declared.filter((topic) => hasWord(values, shortName(topic)))
  })
  const all = new Set([...(topics.get(functionName)?.dead ?? []), ...named, ...mentioned])
  return [...all].filter((topic) => pubSub.hasTopic(topic))
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
