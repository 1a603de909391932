export { build, check } from './build.ts'
export type { BuildOptions, BuildResult, BuiltTarget } from './build.ts'
export { defineConfig } from './config.ts'
export type { BundleOptions, Config, Loader } from './config.ts'
export { formatDiagnostics } from './diagnostics.ts'
export { loadConfig } from './load-config.ts'
export type { LoadedConfig } from './load-config.ts'
export { nearest } from './nearest.ts'
export { selectTargets } from './select-targets.ts'
export type {
  Deployable,
  Diagnostic,
  Emitted,
  EmittedEntry,
  HttpTrigger,
  Limits,
  Manifest,
  ManifestFunction,
  Plan,
  PlannedFunction,
  Target,
} from './types.ts'
