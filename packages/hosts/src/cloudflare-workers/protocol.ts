import type { ProducerSettings } from './events/settings.ts'
import type { Json } from './json.ts'

/** What the host asks the runner for. */
export type RunnerRequest = StartRequest | { type: 'stop' }

export interface StartRequest {
  type: 'start'
  /** The folder of the installed miniflare. */
  miniflare: string
  name: string
  modules: WorkerModule[]
  compatibilityDate?: string
  compatibilityFlags: string[]
  /** `vars` of the worker's configuration. */
  bindings: Record<string, Json>
  queueBindings: QueueBindings
  /** Is there to be a dispatcher, which calls the worker's handlers of events? */
  dispatcher: boolean
}

/** Bindings of the worker that send to queues. */
export interface QueueBindings {
  /** Host and port of the broker. */
  broker: string
  producers: ProducerSettings[]
}

export type RunnerMessage =
  | {
      type: 'ready'
      port: number
      /** Of the dispatcher, if there is one. */
      dispatcherPort?: number
    }
  | { type: 'failed'; message: string }

export interface WorkerModule {
  type: 'ESModule' | 'Text' | 'Data' | 'CompiledWasm'
  /** Absolute; the first one is the entry. */
  path: string
  contents: string | Uint8Array<ArrayBuffer>
}
