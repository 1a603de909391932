import type { Config } from '@isobar/compiler'

export { HttpError, http } from '@isobar/core'
export type {
  Absence,
  Capabilities,
  CapabilityKey,
  Context,
  HttpContext,
  HttpDefinition,
  HttpHandler,
  HttpTriggerOptions,
  Logger,
  LogLevel,
  Params,
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
