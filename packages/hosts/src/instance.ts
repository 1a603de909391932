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

/** Starts the first process. @throws Error with what the runtime printed when it does not become ready. */
export async function startInstance(options: InstanceOptions): Promise<Instance> {
  let current: { runtime: RuntimeProcess; port: number } | undefined
  let starting: Promise<{ runtime: RuntimeProcess; port: number }> | undefined
  let inFlight = 0
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
    async acquire() {
      inFlight += 1
      let released = false
      const release = (): void => {
        if (released) return
        released = true
        inFlight -= 1
        freezeWhenIdle()
      }
      try {
        const { runtime, port } = await ensure()
        runtime.thaw()
        return { port, release }
      } catch (error) {
        release()
        throw error
      }
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
  await untilReady(runtime, accepts(port, runtime), options.what, options.startTimeoutMs)
  return { runtime, port }
}

async function freePort(): Promise<number> {
  const server = createServer()
  const port = await listenOnLoopback(server)
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** A TCP probe, the platform's default: https://cloud.google.com/run/docs/configuring/healthchecks */
async function accepts(port: number, runtime: RuntimeProcess): Promise<void> {
  while (runtime.running) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect({ host: '127.0.0.1', port })
      socket.once('connect', () => resolve(true))
      socket.once('error', () => resolve(false))
      socket.once('close', () => socket.destroy())
      socket.once('connect', () => socket.destroy())
    })
    if (open) return
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  // `untilReady` tells how it ended.
  await runtime.exited
}
