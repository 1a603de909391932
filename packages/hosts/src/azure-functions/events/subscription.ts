import type { Clock } from '../../events/clock.ts'
import type { Records } from '../../events/records.ts'
import type { DeadLetter, EventInput, SourceName } from '../../events/types.ts'
import type { EventFunction } from './event-function.ts'
import { sentBody } from './inputs.ts'
import type { Invoker } from './invoker.ts'
import { queueOf } from './output-writer.ts'
import type { Places } from './places.ts'
import { decode, listenToStorageQueue, poisonQueue } from './storage-queue-trigger.ts'
import type { EventApp } from './target.ts'

/** One function that gets the events of a source. */
export interface Subscription {
  /** @throws Error when the source takes no such input. */
  send(events: readonly { input: EventInput; id: string }[]): Promise<void>
  /** What the platform itself has set aside, and what the function has written to its queues. */
  deadLetters(): Promise<DeadLetter[]>
}

export interface SubscriptionParts {
  source: SourceName
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
      await Promise.all(bodies.map(({ id, body }) => trigger.send(body, id)))
    },
    deadLetters: () => lyingIn(parts, [poisonQueue(trigger.queue)]),
  }
}

/** In queues that the platform writes to, and those of the function's own output bindings. */
async function lyingIn({ fn, places }: SubscriptionParts, own: string[]): Promise<DeadLetter[]> {
  const written = fn.outputs.flatMap(({ binding }) =>
    binding.type.toLowerCase() === 'queue' ? [queueOf(binding)] : [],
  )
  const found: DeadLetter[] = []
  for (const queue of new Set([...own, ...written])) {
    for (const { text } of await places.storageQueues.lying(queue)) {
      found.push({ body: decode(text, { messageEncoding: 'base64' }) ?? Buffer.from(text), attributes: {} })
    }
  }
  return found
}
