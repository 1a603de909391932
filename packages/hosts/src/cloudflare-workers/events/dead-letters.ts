import type { DeadLetter } from '../../events/types.ts'
import type { Broker } from './broker.ts'
import type { Route } from './routes.ts'
import type { ConsumerSettings, ProducerSettings } from './settings.ts'

export interface Deployment {
  broker: Pick<Broker, 'stored'>
  consumers: ConsumerSettings[]
  producers: ProducerSettings[]
}

/**
 * What lies in the dead-letter queues of the consumers on these routes, and in queues that the Workers send to, that nobody
 * consumes and that are named after a queue or function on them.
 */
export function deadLettersOf(routes: Route[], { broker, consumers, producers }: Deployment): DeadLetter[] {
  const passed = new Set(routes.flatMap(({ entry, own }) => [entry, own]))
  const names = [...passed, ...routes.map(({ functionName }) => functionName)]
  const consumed = new Set(consumers.map(({ queue }) => queue))
  const ofConsumers = new Set(consumers.map(({ deadLetterQueue }) => deadLetterQueue))
  const configured = consumers.flatMap(({ queue, deadLetterQueue }) =>
    deadLetterQueue !== undefined && passed.has(queue) ? [deadLetterQueue] : [],
  )
  const parked = producers.flatMap(({ queue }) =>
    !consumed.has(queue) && !ofConsumers.has(queue) && names.some((name) => queue.includes(name)) ? [queue] : [],
  )
  return [...new Set([...configured, ...parked])]
    .flatMap((queue) => broker.stored(queue))
    .filter(({ deadFrom }) => deadFrom === undefined || passed.has(deadFrom))
    .toSorted((a, b) => a.storedAt - b.storedAt)
    .map(({ body }) => ({ body, attributes: {} }))
}
