import type { Manifest, ManifestFunction } from '@isobar/compiler'

import type { SourceName } from '../../events/types.ts'
import type { NotificationRule } from './notifications.ts'
import type { ConsumerSettings } from './settings.ts'

/** The way of events from a source to one function. */
export interface Route {
  source: SourceName
  functionName: string
  /** The queue that an event of the source is sent to. */
  entry: string
  /** The queue whose consumer runs the function: for a topic another one, which the consumer of `entry` sends to. */
  own: string
  /** For storage: which events the rule lets into the queue. */
  rule?: NotificationRule
}

/** The routes of all functions that get their events through a queue. */
export function findRoutes(
  { functions }: Pick<Manifest, 'functions'>,
  consumers: ConsumerSettings[],
  rules: NotificationRule[],
): Route[] {
  const spokenFor = new Set([
    ...functions.flatMap((one) => (one.kind === 'queue' || one.kind === 'topic' ? [one.resource.physical] : [])),
    ...rules.map(({ queue }) => queue),
    ...consumers.map(({ deadLetterQueue }) => deadLetterQueue),
  ])
  const free = consumers.map(({ queue }) => queue).filter((queue) => !spokenFor.has(queue))
  return functions.flatMap((one) => routesOf(one, free, rules))
}

function routesOf(one: ManifestFunction, free: string[], rules: NotificationRule[]): Route[] {
  switch (one.kind) {
    case 'queue': {
      const { physical } = one.resource
      return [{ source: `queue:${one.trigger.queue}`, functionName: one.name, entry: physical, own: physical }]
    }
    case 'topic': {
      const { physical } = one.resource
      const own = named(free, one.name, physical) ?? (free.length === 1 ? free[0] : undefined) ?? physical
      return [{ source: `topic:${one.trigger.topic}`, functionName: one.name, entry: physical, own }]
    }
    case 'storage': {
      const ofBucket = rules.filter(({ bucket }) => bucket === one.resource.physical)
      const queue = named([...new Set(ofBucket.map((rule) => rule.queue))], one.name, one.resource.physical)
      return ofBucket
        .filter((rule) => queue === undefined || rule.queue === queue)
        .map((rule) => {
          const source = `storage:${one.trigger.bucket}` as const
          return { source, functionName: one.name, entry: rule.queue, own: rule.queue, rule }
        })
    }
    default:
      return []
  }
}

/** Which of them is named after a function and, best, after what it listens to. */
function named(queues: string[], functionName: string, subject: string): string | undefined {
  const score = (queue: string): number => Number(queue.includes(subject)) * 2 + Number(queue.endsWith(functionName))
  return queues
    .filter((queue) => queue.includes(functionName))
    .toSorted((a, b) => score(b) - score(a) || a.length - b.length)[0]
}
