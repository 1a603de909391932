import type { Clock } from '../../events/clock.ts'
import type { DeliveryRecord, EventInput, SourceName } from '../../events/types.ts'
import type { Records } from '../../events/records.ts'
import type { LambdaFunction } from '../lambda-function.ts'
import type { AsyncInvoker } from './async/invoker.ts'
import type { DeadLetterPlace } from './dead-letters.ts'
import type { Deployment } from './deployment.ts'
import type { Queues } from './sqs/queues.ts'
import type { Trigger } from './wiring.ts'

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
  deployment: Deployment
  /** @param key a source is made once under it, however many functions listen to it. */
  addSource(name: SourceName, key: string, create: () => EventSource): void
  addDead(name: SourceName, place: DeadLetterPlace): void
}

/** Who gets the events of a trigger. */
export interface Consumer {
  source: SourceName
  /** In the application. */
  functionName: string
  lambda: LambdaFunction
  /** Calls it asynchronously. */
  invoker: AsyncInvoker
}

/** Lets the events of one kind of trigger come to a consumer. @throws Error for what AWS would not create. */
export type Connect<Kind extends Trigger['kind']> = (
  trigger: Extract<Trigger, { kind: Kind }>,
  consumer: Consumer,
) => void

/** One record for each consumer, numbered where there are several. */
export function sendTo<T extends { consumer: Consumer }>(
  records: Records,
  id: string,
  receivers: readonly T[],
  send: (receiver: T, record: DeliveryRecord) => void,
): string {
  for (const [index, receiver] of receivers.entries()) {
    const { source, functionName } = receiver.consumer
    send(receiver, records.sent(source, functionName, receivers.length === 1 ? id : `${id}-${index + 1}`))
  }
  return id
}
