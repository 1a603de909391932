export { capabilityKeys } from './capabilities.ts'
export type { Absence, Capabilities, CapabilityKey, EventCapabilities, EventCapabilityKey } from './capabilities.ts'
export type { Context, HttpContext, Logger, LogLevel, Params } from './context.ts'
export { eventKinds } from './definitions/brand.ts'
export type { EventKind } from './definitions/brand.ts'
export type { Definition } from './definitions/definition.ts'
export { changes, event, queue, schedule, storage, stream, topic } from './definitions/events.ts'
export type { DataFunction, EventDefinition, EventDefinitionOf } from './definitions/events.ts'
export { http } from './definitions/http.ts'
export type { HttpDefinition, HttpHandler, HttpTriggerOptions } from './definitions/http.ts'
export type {
  AttemptsTrigger,
  ChangesTrigger,
  CommonEventTrigger,
  CustomEventTrigger,
  DataTrigger,
  EventTriggers,
  QueueTrigger,
  ScheduleTrigger,
  StorageTrigger,
  StreamTrigger,
  TopicTrigger,
} from './definitions/triggers.ts'
export { HttpError } from './errors.ts'
export type { Cron, CronField } from './events/cron.ts'
export { EventDataError, MalformedEventError } from './events/errors.ts'
export type {
  ChangeData,
  ChangeValue,
  Delivery,
  Event,
  EventContext,
  EventHandler,
  StorageData,
} from './events/event.ts'
export { Reject, RejectError, Retry, RetryError } from './events/outcome.ts'
export type { SchemaOutput, StandardIssue, StandardResult, StandardSchemaV1 } from './events/standard-schema.ts'
