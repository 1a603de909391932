import type { RuntimeOptions } from './runtime-process.ts'

/** One service of the platform: what it runs, and how it is reached. */
export interface GoogleService {
  /** What it is called where it is deployed; becomes K_SERVICE. */
  name: string
  /** The id of its front door. Undefined: it has none, since only Google's own services send to it. */
  door: string | undefined
  /** What it runs, for errors. */
  entry: string
  runtime: Pick<RuntimeOptions, 'script' | 'args' | 'cwd' | 'preload'>
  /** Beside what every service of the platform has. */
  env: Record<string, string>
  /** How long a request may take, in milliseconds. */
  timeoutMs: number
  /** Requests that an instance takes at a time. */
  concurrency: number
  /** The most instances that it is scaled out to. */
  maxInstances: number
  /** How events reach it. Undefined: none does. */
  events?: {
    urls: string[]
    /** Whether requests of a service account are let in; undefined: those without an identity. */
    lets(account: string | undefined): boolean
    /** The name of the event function that a request for a path is for. */
    functionAt(target: string): string | undefined
  }
}
