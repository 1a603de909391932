import type { Target } from '../types.ts'

/** What `isobar.config.ts` exports as its default. */
export interface Config {
  /** The application's name: lower-case letters, digits and hyphens. Cloud resources are named after it. */
  name: string
  /**
   * Where functions are: a folder (all of its source files), a glob, or several of them, relative to the config.
   * @default 'functions'
   */
  functions?: string | string[]
  /** What to build for; each with a name of its own. */
  targets: Target[]
  /** Each target gets a folder of its own in it. @default '.isobar' */
  outDir?: string
  bundle?: BundleOptions
  /**
   * Physical names of what functions listen to, where they are not the names in the source: `{ 'queue:orders':
   * 'legacy-orders', 'storage:uploads': { 'aws-lambda': 'acme-uploads' } }`, for all targets or by target.
   */
  resources?: Record<string, string | Record<string, string>>
}

/** How the user's modules and what they import become one file per entry. */
export interface BundleOptions {
  /**
   * Packages that are not bundled but copied, with their dependencies, beside the bundle. A runtime without
   * node_modules gets them in its bundle all the same.
   * @default []
   */
  external?: string[]
  /** Files (globs, relative to the config) that are copied beside each bundle, under their paths. @default [] */
  assets?: string[]
  /** How files that are imported become modules, by extension. @default { '.html': 'text', '.sql': 'text', '.txt': 'text' } */
  loaders?: Record<string, Loader>
  /** @default false */
  minify?: boolean
  /** Writes a map beside each bundle. @default true */
  sourcemap?: boolean
}

/** What an imported file becomes, by esbuild's names: https://esbuild.github.io/content-types/ */
export type Loader = 'base64' | 'binary' | 'copy' | 'dataurl' | 'file' | 'json' | 'text'

/** Gives `isobar.config.ts` its types; returns what it gets. */
export function defineConfig(config: Config): Config {
  return config
}
