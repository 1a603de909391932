import type { Config } from '@isobar/compiler'

export {
  changes,
  event,
  EventDataError,
  http,
  HttpError,
  queue,
  Reject,
  Retry,
  schedule,
  storage,
  stream,
  topic,
} from '@isobar/core'
export type {
  Absence,
  ChangeData,
  ChangeValue,
  Capabilities,
  CapabilityKey,
  Context,
  Definition,
  Delivery,
  Event,
  EventContext,
  EventDefinition,
  EventHandler,
  EventKind,
  HttpContext,
  HttpDefinition,
  HttpHandler,
  HttpTriggerOptions,
  Logger,
  LogLevel,
  Params,
  StandardSchemaV1,
  StorageData,
} from '@isobar/core'
export type { BundleOptions, Config, Target } from '@isobar/compiler'

/**
 * Gives `isobar.config.ts` its types; returns what it gets.
 *
 * Not the compiler's own export: functions import this package too, and a bundler would follow them into the compiler.
 */
export function defineConfig(config: Config): Config {
  return config
}
