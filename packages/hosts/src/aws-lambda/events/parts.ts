import type { Clock } from '../../events/clock.ts'
import type { Records } from '../../events/records.ts'
import type { EventInput, SourceName } from '../../events/types.ts'
import type { DeadLetterPlace } from './dead-letters.ts'
import type { Queues } from './sqs/queues.ts'

/** Where events are put in. */
export interface EventSource {
  /** @returns what sends it and gives its id. @throws Error for what the source does not take. */
  prepare(input: EventInput): () => string
}

/** What every source of a deployment has in common. */
export interface EventPlatformParts {
  clock: Clock
  records: Records
  queues: Queues
  /** @param arn a source is made once, however many functions listen to it. */
  addSource(name: SourceName, arn: string, create: () => EventSource): void
  addDead(name: SourceName, place: DeadLetterPlace): void
}
