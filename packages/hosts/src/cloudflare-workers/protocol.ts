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
}

export type RunnerMessage = { type: 'ready'; port: number } | { type: 'failed'; message: string }

export interface WorkerModule {
  type: 'ESModule' | 'Text' | 'Data' | 'CompiledWasm'
  /** Absolute; the first one is the entry. */
  path: string
  contents: string | Uint8Array<ArrayBuffer>
}

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json }
