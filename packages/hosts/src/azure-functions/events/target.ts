import type { Manifest } from '@isobar/compiler'

import type { LogEntry } from '../../types.ts'
import type { WorkerPool } from '../worker-pool.ts'
import type { EventSettings } from './settings.ts'

/** A function app that runs, as its events see it. */
export interface EventApp {
  directory: string
  /** Names of the functions that the manifest has in it. */
  functions: string[]
  pool: WorkerPool
  settings: EventSettings
}

/** A target whose apps run. */
export interface EventTarget {
  directory: string
  manifest: Manifest
  apps: EventApp[]
  onLog(entry: LogEntry): void
}
