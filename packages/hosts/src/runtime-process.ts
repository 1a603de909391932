import { spawn, type ChildProcess } from 'node:child_process'

import { splitLines } from './log-lines.ts'
import type { LogEntry } from './types.ts'
import { watch } from './watch.ts'

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
  onLog?: ((entry: LogEntry) => void) | undefined
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

const tailLines = 50
const defaultGraceMs = 2000

/**
 * Starts a runtime as a child in a process group of its own, so that it is frozen and ended together with whatever it
 * starts itself.
 * @throws Error when the process cannot be made at all; a script that fails shows in `exited`.
 */
export function startRuntime(options: RuntimeOptions): RuntimeProcess {
  const logs: LogEntry[] = []
  const preload = (options.preload ?? []).flatMap((module) => ['--import', module])
  const child = spawn(process.execPath, [...preload, options.script, ...(options.args ?? [])], {
    cwd: options.cwd,
    env: { PATH: process.env['PATH'] ?? '', ...options.env },
    stdio: ['ignore', 'pipe', 'pipe', ...(options.ipc ? (['ipc'] as const) : [])],
    serialization: 'advanced',
    detached: true,
  })
  const { pid } = child
  if (pid === undefined) {
    // The reason comes with the 'error' event; without a listener it would be thrown a second time.
    child.on('error', () => {})
    throw new Error(`No process could be started for ${options.script} in ${options.cwd}. Does that folder exist?`)
  }
  const forget = watch(pid)
  for (const stream of ['stdout', 'stderr'] as const) {
    splitLines(child[stream], (line) => {
      const entry = logEntry(line, stream)
      logs.push(entry)
      options.onLog?.(entry)
    })
  }
  child.once('exit', () => {
    // What the runtime started itself and left behind (workerd outlives its parent) ends with it, and lets go of the pipes.
    signalGroup(pid, 'SIGKILL')
    forget()
  })
  const exited: RuntimeProcess['exited'] = new Promise((resolve) => {
    child.once('close', (code, signal) => {
      const output = logs.slice(-tailLines).map((entry) => entry.line)
      resolve({ code, signal, output: output.join('\n') })
    })
  })
  const isRunning = (): boolean => child.exitCode === null && child.signalCode === null
  const thaw = (): void => {
    if (isRunning()) signalGroup(pid, 'SIGCONT')
  }
  return {
    child,
    pid,
    logs,
    exited,
    get running() {
      return isRunning()
    },
    freeze() {
      if (isRunning()) signalGroup(pid, 'SIGSTOP')
    },
    thaw,
    async stop(graceMs = defaultGraceMs) {
      thaw()
      if (isRunning()) child.kill('SIGTERM')
      const timer = setTimeout(() => signalGroup(pid, 'SIGKILL'), graceMs)
      await exited
      clearTimeout(timer)
    },
  }
}

function logEntry(line: string, stream: LogEntry['stream']): LogEntry {
  const fields = jsonObject(line)
  return fields === undefined ? { line, stream } : { line, stream, fields }
}

function jsonObject(line: string): Record<string, unknown> | undefined {
  if (!line.trimStart().startsWith('{')) return undefined
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal)
  } catch {
    // ESRCH: nothing of the group is left.
  }
}
