import { readFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'

import { listenOnLoopback, untilReady } from './running.ts'
import { startRuntime, type RuntimeOptions, type RuntimeProcess } from './runtime-process.ts'

/** One container instance: its process is started when needed, frozen between requests, started anew after it has ended. */
export interface Instance {
  /**
   * Thaws the process, or starts one when none runs. Call `release` when the request is over.
   * @throws Error when a new process does not become ready.
   */
  acquire(): Promise<{ port: number; release(): void }>
  /** Whether it has a process, be it a frozen one. */
  readonly running: boolean
  /** Whether it has a request. */
  readonly busy: boolean
  /** When it got one last, as `performance.now()` has it; undefined: never. */
  readonly usedAt: number | undefined
  /** Ends the process at once, with what it is doing. The next `acquire` starts another one. */
  kill(): Promise<void>
  stop(): Promise<void>
}

export interface InstanceOptions {
  /** Names the runtime in errors. */
  what: string
  runtime(port: number): RuntimeOptions
  startTimeoutMs: number | undefined
  /** Between SIGTERM and SIGKILL, in milliseconds. */
  graceMs: number
}

/** A process that is busy for longer after a thaw works in the background and is taken as it is, in milliseconds. */
const busyMs = 1000

/** Starts the first process. @throws Error with what the runtime printed when it does not become ready. */
export async function startInstance(options: InstanceOptions): Promise<Instance> {
  let current: { runtime: RuntimeProcess; port: number } | undefined
  let starting: Promise<{ runtime: RuntimeProcess; port: number }> | undefined
  let inFlight = 0
  let usedAt: number | undefined
  let stopped = false

  const ensure = async (): Promise<{ runtime: RuntimeProcess; port: number }> => {
    if (stopped) throw new Error(`${options.what} was stopped.`)
    if (current?.runtime.running) return current
    starting ??= start(options).finally(() => (starting = undefined))
    current = await starting
    return current
  }
  const freezeWhenIdle = (): void => {
    if (inFlight === 0 && !stopped) current?.runtime.freeze()
  }

  await ensure()
  freezeWhenIdle()
  return {
    get running() {
      return current?.runtime.running ?? false
    },
    get busy() {
      return inFlight > 0
    },
    get usedAt() {
      return usedAt
    },
    async acquire() {
      inFlight += 1
      usedAt = performance.now()
      let released = false
      const release = (): void => {
        if (released) return
        released = true
        inFlight -= 1
        freezeWhenIdle()
      }
      try {
        let { runtime, port } = await ensure()
        runtime.thaw()
        // With other requests in flight it has been running all the time.
        if (inFlight === 1 && !(await survivesThaw(runtime))) ({ runtime, port } = await ensure())
        return { port, release }
      } catch (error) {
        release()
        throw error
      }
    },
    async kill() {
      const runtime = current?.runtime
      if (runtime === undefined) return
      runtime.child.kill('SIGKILL')
      await runtime.exited
    },
    async stop() {
      stopped = true
      await starting?.catch(() => {})
      await current?.runtime.stop(options.graceMs)
    },
  }
}

async function start(options: InstanceOptions): Promise<{ runtime: RuntimeProcess; port: number }> {
  const port = await freePort()
  const runtime = startRuntime(options.runtime(port))
  await untilListening(runtime, port, options.what, options.startTimeoutMs)
  return { runtime, port }
}

/**
 * Waits until a runtime accepts connections on a port.
 * @throws Error with what it printed when it ends first or is not ready in time.
 */
export function untilListening(runtime: RuntimeProcess, port: number, what: string, timeoutMs?: number): Promise<void> {
  return untilReady(runtime, accepts(port, runtime), what, timeoutMs)
}

/** A port of 127.0.0.1 that was free a moment ago, for a runtime that has to be told one. */
export async function freePort(): Promise<number> {
  const server = createServer()
  const port = await listenOnLoopback(server)
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** A TCP probe, the platform's default: https://cloud.google.com/run/docs/configuring/healthchecks */
async function accepts(port: number, runtime: RuntimeProcess): Promise<void> {
  while (!(await connects(port))) {
    // `untilReady` tells how it ended.
    if (!runtime.running) return new Promise(() => {})
    await delay(10)
  }
}

function connects(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port })
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}

/**
 * A process that was about to end when it was frozen (after an error that nobody handled) ends as soon as it is thawed,
 * and would take the next request with it. It is known to live once it waits for work again.
 */
async function survivesThaw(runtime: RuntimeProcess): Promise<boolean> {
  let waiting = 0
  for (let waited = 0; waited < busyMs; waited += 1) {
    const state = processState(runtime.pid)
    if (state === 'gone') {
      await runtime.exited
      return false
    }
    if (state === 'unknown') break
    waiting = state === 'waiting' ? waiting + 1 : 0
    // Once is not enough: on its way out it polls as well, but not for long.
    if (waiting === 3) break
    await delay(1)
  }
  return runtime.running
}

function processState(pid: number): 'waiting' | 'busy' | 'gone' | 'unknown' {
  if (process.platform !== 'linux') return 'unknown'
  try {
    // The state stands behind the name, which may hold brackets: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const letter = stat.slice(stat.lastIndexOf(')') + 2)[0]
    if (letter === 'Z' || letter === 'X') return 'gone'
    if (letter !== 'S') return 'busy'
    // A process that ends sleeps as well, while it waits for its threads. '0': the system does not tell.
    const sleepsIn = readFileSync(`/proc/${pid}/wchan`, 'utf8')
    return sleepsIn === '0' || sleepsIn.includes('poll') ? 'waiting' : 'busy'
  } catch {
    return 'gone'
  }
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
