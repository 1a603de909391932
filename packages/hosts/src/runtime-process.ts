import type { ChildProcess } from 'node:child_process'

import type { LogEntry } from './types.ts'

/** What a host asks for when it starts a vendor's runtime in a child process. */
export interface RuntimeOptions {
  /** A script for the same Node that runs the host, and its arguments. */
  script: string
  args?: string[]
  cwd: string
  /** The whole environment of the child, beside what Node itself needs (PATH): the parent's is not passed on. */
  env: Record<string, string>
  /** Modules to load first (`--import`), for example the patch that binds every server to loopback. */
  preload?: string[]
  /** Open an IPC channel with `serialization: 'advanced'`. @default false */
  ipc?: boolean
  onLog?: (entry: LogEntry) => void
}

/** A child that cannot outlive this process, that can be frozen, and whose last words are kept. */
export interface RuntimeProcess {
  readonly child: ChildProcess
  readonly pid: number
  readonly logs: LogEntry[]
  /** Resolves when the process has ended, however it ended; `output` is the tail of what it printed. */
  readonly exited: Promise<{ code: number | null; signal: NodeJS.Signals | null; output: string }>
  readonly running: boolean
  /** SIGSTOP: what a platform does between invocations. */
  freeze(): void
  /** SIGCONT. */
  thaw(): void
  /** Thaws, sends SIGTERM, after `graceMs` SIGKILL; resolves when it has ended. */
  stop(graceMs?: number): Promise<void>
}
