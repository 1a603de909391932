import type { ChangeData, EventContext, Event, EventHandler, StorageData } from '../events/event.ts'
import type { SchemaOutput, StandardSchemaV1 } from '../events/standard-schema.ts'
import { brand, type EventKind } from './brand.ts'
import {
  subjectOf,
  type ChangesTrigger,
  type CustomEventTrigger,
  type EventTriggers,
  type QueueTrigger,
  type ScheduleTrigger,
  type StorageTrigger,
  type StreamTrigger,
  type TopicTrigger,
} from './triggers.ts'

/** What `queue()` and the others make, for the compiler to find and the runner to call. */
export interface EventDefinitionOf<Kind extends EventKind> {
  readonly [brand]: Kind
  readonly kind: Kind
  readonly name?: string
  readonly trigger: EventTriggers[Kind]
  readonly schema?: StandardSchemaV1
  /** A method, so that a handler of any data fits: the runner gives it what its own trigger made. */
  handler(event: Event, context: EventContext): void | Promise<void>
}

export type EventDefinition = { [Kind in EventKind]: EventDefinitionOf<Kind> }[EventKind]

interface Named {
  /** @default the name of the export, in kebab-case */
  name?: string
}

type Options<Kind extends EventKind> = EventTriggers[Kind] & Named & { schema?: StandardSchemaV1 }

/**
 * Defines an event function whose data is decoded as its trigger says. With a schema (Zod, Valibot, ArkType: any
 * Standard Schema) the data has its type; without one the type is the caller's word.
 */
export interface DataFunction<Kind extends EventKind, Trigger extends EventTriggers[Kind]> {
  <Schema extends StandardSchemaV1>(
    trigger: Trigger & Named & { schema: Schema },
    handler: EventHandler<SchemaOutput<Schema>>,
  ): EventDefinitionOf<Kind>
  (trigger: Trigger & Named & { data: 'text' }, handler: EventHandler<string>): EventDefinitionOf<Kind>
  (trigger: Trigger & Named & { data: 'bytes' }, handler: EventHandler<Uint8Array>): EventDefinitionOf<Kind>
  <Data = unknown>(trigger: string | (Trigger & Named), handler: EventHandler<Data>): EventDefinitionOf<Kind>
}

/**
 * Each message of a queue, to one of its consumers: `queue('orders', async (message) => { … })`.
 *
 * @throws TypeError when the trigger names nothing or the handler is no function.
 */
export const queue: DataFunction<'queue', QueueTrigger> = (
  trigger: string | Options<'queue'>,
  handler: (event: Event<never>, context: EventContext) => void | Promise<void>,
) => define('queue', typeof trigger === 'string' ? { queue: trigger } : trigger, handler)

/** Each message of a topic, to every one of its subscribers. @throws as `queue` */
export const topic: DataFunction<'topic', TopicTrigger> = (
  trigger: string | Options<'topic'>,
  handler: (event: Event<never>, context: EventContext) => void | Promise<void>,
) => define('topic', typeof trigger === 'string' ? { topic: trigger } : trigger, handler)

/** Each record of a stream, in order within its partition. @throws as `queue` */
export const stream: DataFunction<'stream', StreamTrigger> = (
  trigger: string | Options<'stream'>,
  handler: (event: Event<never>, context: EventContext) => void | Promise<void>,
) => define('stream', typeof trigger === 'string' ? { stream: trigger } : trigger, handler)

/** Each event of a type: `event('com.example.order.placed', …)`. @throws as `queue` */
export const event: DataFunction<'event', CustomEventTrigger> = (
  trigger: string | Options<'event'>,
  handler: (event: Event<never>, context: EventContext) => void | Promise<void>,
) => define('event', typeof trigger === 'string' ? { type: trigger } : trigger, handler)

/** At the times that a cron expression names: `schedule('0 9 * * MON-FRI', …)`; `time` is the scheduled one. @throws as `queue` */
export function schedule(
  trigger: string | (ScheduleTrigger & Named),
  handler: EventHandler<null>,
): EventDefinitionOf<'schedule'> {
  return define('schedule', typeof trigger === 'string' ? { cron: trigger } : trigger, handler)
}

/** Objects of a bucket that were written or deleted. @throws as `queue` */
export function storage(
  trigger: string | (StorageTrigger & Named),
  handler: EventHandler<StorageData>,
): EventDefinitionOf<'storage'> {
  return define('storage', typeof trigger === 'string' ? { bucket: trigger } : trigger, handler)
}

/** Records of a table that were inserted, updated or deleted, in order within a key. @throws as `queue` */
export function changes(
  trigger: string | (ChangesTrigger & Named),
  handler: EventHandler<ChangeData>,
): EventDefinitionOf<'changes'> {
  return define('changes', typeof trigger === 'string' ? { table: trigger } : trigger, handler)
}

function define<Kind extends EventKind>(
  kind: Kind,
  options: Options<Kind>,
  handler: (event: Event<never>, context: EventContext) => void | Promise<void>,
): EventDefinitionOf<Kind> {
  if (typeof handler !== 'function') {
    throw new TypeError(`${kind}() needs a handler function as its second argument, got ${typeof handler}.`)
  }
  const { name, schema } = options
  const subject: unknown = Reflect.get(options, subjectOf[kind])
  if (typeof subject !== 'string' || subject === '') {
    throw new TypeError(`${kind}() needs a '${subjectOf[kind]}', a text that is not empty, got ${describe(subject)}.`)
  }
  return {
    [brand]: kind,
    kind,
    ...(name !== undefined && { name }),
    trigger: options,
    ...(schema !== undefined && { schema }),
    handler,
  }
}

function describe(value: unknown): string {
  return typeof value === 'string' ? `'${value}'` : String(value)
}
