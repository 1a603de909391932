/** For authors of adapters: everything that the official ones are built from. */
export type { Absence, Capabilities, CapabilityKey } from '../capabilities.ts'
export type { Context, LogLevel } from '../context.ts'
export { eventKinds } from '../definitions/brand.ts'
export type { EventKind } from '../definitions/brand.ts'
export { isDefinition, toDefinition } from '../definitions/definition.ts'
export type { Definition } from '../definitions/definition.ts'
export type { EventDefinition } from '../definitions/events.ts'
export { parseTrigger } from '../definitions/http.ts'
export type { HttpDefinition } from '../definitions/http.ts'
export { subjectOf } from '../definitions/triggers.ts'
export type { EventTriggers } from '../definitions/triggers.ts'
export { parseCron, previousInstant } from '../events/cron.ts'
export type { Cron, CronField } from '../events/cron.ts'
export { MalformedEventError } from '../events/errors.ts'
export type { ChangeData, ChangeValue, StorageData } from '../events/event.ts'
export { createEventFunction, runEvents } from './events/run-events.ts'
export type { EventFunction } from './events/run-events.ts'
export type {
  EventApplication,
  EventCall,
  EventResult,
  IncomingMessage,
  MalformedMessage,
  Outcome,
  Payload,
} from './events/types.ts'
export { lastForwardedFor } from './forwarded.ts'
export { loadModule, logUncaught, writeLine } from './log.ts'
export type { Body } from './answer.ts'
export { sendNodeAnswer, serveNodeExchange } from './node-http.ts'
export type { NodeRequest, NodeResponse } from './node-http.ts'
export { parseRoute } from './router.ts'
export type { ParsedRoute } from './router.ts'
export { createApplication, run, runBuffered } from './run.ts'
export type { Application } from './run.ts'
export type { Answer, HttpApplication, HttpCall, HttpResult, InvocationCall, LogSink, RequestParts } from './types.ts'
export { absoluteUrl, encodePath, encodeQuery } from './url.ts'
export type { Origin } from './url.ts'
