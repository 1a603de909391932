import { existsSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Config } from './config.ts'
import type { Diagnostic } from './types.ts'

export interface LoadedConfig {
  /** Undefined when it could not be read or is wrong; `diagnostics` then says why. */
  config?: Config
  /** The folder of the config file. */
  root: string
  diagnostics: Diagnostic[]
}

const names = ['isobar.config.ts', 'isobar.config.mts', 'isobar.config.js', 'isobar.config.mjs']

export async function loadConfig(options: { cwd?: string; file?: string } = {}): Promise<LoadedConfig> {
  const cwd = resolve(options.cwd ?? '.')
  const file = (options.file === undefined ? names : [options.file]).map((name) => resolve(cwd, name)).find((path) => existsSync(path))
  if (file === undefined) return { root: cwd, diagnostics: [{ id: 'config-not-found', severity: 'error', text: 'x', notes: [] }] }
  const module: { default: Config } = await import(pathToFileURL(file).href)
  return { config: module.default, root: dirname(file), diagnostics: [] }
}
