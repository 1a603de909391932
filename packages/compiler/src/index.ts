export { build, check } from './build.ts'
export type { BuildOptions, BuildResult, BuiltTarget } from './build.ts'
export { defineConfig } from './config/config.ts'
export type { BundleOptions, Config, Loader } from './config/config.ts'
export { formatDiagnostics } from './diagnostics/diagnostics.ts'
export { diagnosticIds } from './diagnostics/ids.ts'
export type { DiagnosticId } from './diagnostics/ids.ts'
export { loadConfig } from './config/load-config.ts'
export type { LoadedConfig } from './config/load-config.ts'
export { nearest } from './diagnostics/nearest.ts'
export { selectTargets } from './config/select-targets.ts'
export type {
  Diagnostic,
  Emitted,
  EmittedEntry,
  EventDeployable,
  HttpDeployable,
  HttpTrigger,
  Limits,
  Manifest,
  ManifestFunction,
  OptionRule,
  Plan,
  PlannedEvent,
  PlannedEventOf,
  PlannedFunction,
  PlannedHttp,
  PlannedSchedule,
  Resource,
  Target,
} from './types.ts'
