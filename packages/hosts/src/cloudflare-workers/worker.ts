import { realpathSync } from 'node:fs'

import { createFrontDoor } from '../front-door.ts'
import { ownScript } from '../own-script.ts'
import { listenOnLoopback, untilReady } from '../running.ts'
import { startRuntime, type RuntimeProcess } from '../runtime-process.ts'
import type { BootOptions, FrontDoor, LogEntry } from '../types.ts'
import { requireVendor } from '../vendor.ts'
import { readConfiguration, readModules } from './configuration.ts'
import { createEdge } from './edge.ts'
import type { QueueMessage } from './events/broker.ts'
import { createCaller } from './events/call.ts'
import type { DispatcherCall, QueueMetrics, QueueResult, ScheduledResult } from './events/dispatcher.ts'
import type { EventSettings } from './events/settings.ts'
import type { RunnerMessage, RunnerRequest, StartRequest } from './protocol.ts'

export interface WorkerOptions {
  /** The folder that is deployed: wrangler.jsonc stands in it. */
  directory: string
  /** Files of the folder, relative to it. */
  files: string[]
  doorId: string
  /** Host and port of the broker of queues. */
  broker: string
  boot: BootOptions
  onLog(entry: LogEntry): void
}

/** A Worker in a workerd of its own, with our model of Cloudflare's edge in front. */
export interface Worker {
  door: FrontDoor
  events: EventSettings
  /** Calls the handler `queue`. @throws Error when workerd ends before it has answered. */
  queue(queue: string, messages: QueueMessage[], metrics: QueueMetrics): Promise<QueueResult>
  /** Calls the handler `scheduled`. @throws Error when workerd ends before it has answered. */
  scheduled(cron: string, scheduledTime: number): Promise<ScheduledResult>
  /** Ends workerd at once and starts another; resolves when that is ready. */
  kill(): Promise<void>
  stop(): Promise<void>
}

/** How long workerd may take to end, in milliseconds. */
const graceMs = 2000

const stop: RunnerRequest = { type: 'stop' }

/** @throws Error that says what is wrong with the configuration, or what workerd printed when it does not take the Worker. */
export async function startWorker(options: WorkerOptions): Promise<Worker> {
  const { directory, files, doorId, broker, boot, onLog } = options
  const miniflare = requireVendor('miniflare', directory)
  // workerd is a dependency of miniflare and stands beside it, where its package really is.
  const workerd = requireVendor('workerd', realpathSync(miniflare.directory))
  const configuration = await readConfiguration(directory)
  const { events } = configuration
  const request: StartRequest = {
    type: 'start',
    miniflare: miniflare.directory,
    name: configuration.name,
    modules: await readModules(directory, configuration.main, files),
    compatibilityFlags: configuration.compatibilityFlags,
    ...(configuration.compatibilityDate !== undefined && { compatibilityDate: configuration.compatibilityDate }),
    bindings: { ...configuration.vars, ...boot.env },
    queueBindings: { broker, producers: events.producers },
    dispatcher: events.consumers.length > 0 || events.crons.length > 0,
  }
  const launch = (): Promise<Runner> =>
    launchRunner(request, {
      cwd: directory,
      what: `workerd ${workerd.version}`,
      startTimeoutMs: boot.startTimeoutMs,
      onLog,
    })
  let runner = await launch()
  /** Another is on its way while it is pending. */
  let ready: Promise<unknown> = Promise.resolve()
  const caller = createCaller()
  const call = async <T>(what: DispatcherCall): Promise<T> => {
    await ready
    return caller.call<T>(runner.dispatcherPort, what)
  }
  const server = createEdge(() => runner.port)
  const port = await listenOnLoopback(server)
  return {
    door: createFrontDoor({
      id: doorId,
      port,
      runtime: { name: workerd.name, version: workerd.version },
      front: 'emulated',
    }),
    events,
    queue: (queue, messages, metrics) =>
      call({
        type: 'queue',
        queue,
        messages: messages.map(({ id, timestamp, attempts, contentType, body }) => {
          return { id, timestamp, attempts, contentType, body: Buffer.from(body).toString('base64') }
        }),
        metrics,
      }),
    scheduled: (cron, scheduledTime) => call({ type: 'scheduled', cron, scheduledTime }),
    async kill() {
      const replace = async (): Promise<void> => {
        await endAtOnce(runner.runtime)
        runner = await launch()
      }
      const replaced = replace()
      ready = replaced
      await replaced
    },
    async stop() {
      await ready.catch(() => {})
      caller.close()
      server.close()
      server.closeAllConnections()
      // The runner ends workerd and then itself.
      const { runtime } = runner
      const timer = setTimeout(() => void runtime.stop(0), graceMs)
      if (runtime.child.connected) runtime.child.send(stop, () => {})
      await runtime.exited
      clearTimeout(timer)
    },
  }
}

interface Runner {
  runtime: RuntimeProcess
  port: number
  /** 0: there is none. */
  dispatcherPort: number
}

interface RunnerOptions {
  cwd: string
  what: string
  startTimeoutMs: number | undefined
  onLog(entry: LogEntry): void
}

async function launchRunner(
  request: StartRequest,
  { cwd, what, startTimeoutMs, onLog }: RunnerOptions,
): Promise<Runner> {
  const runtime = startRuntime({ script: ownScript('#cloudflare-workers/runner'), cwd, env: {}, ipc: true, onLog })
  const ready = new Promise<Omit<Runner, 'runtime'>>((resolve, reject) => {
    runtime.child.on('message', (message: RunnerMessage) => {
      if (message.type === 'ready') resolve({ port: message.port, dispatcherPort: message.dispatcherPort ?? 0 })
      else reject(new Error(`The worker ${request.name} could not be started. ${message.message}`))
    })
  })
  runtime.child.send(request, () => {})
  return { runtime, ...(await untilReady(runtime, ready, what, startTimeoutMs)) }
}

/** The runner and workerd are a process group. */
async function endAtOnce(runtime: RuntimeProcess): Promise<void> {
  if (runtime.running) process.kill(-runtime.pid, 'SIGKILL')
  await runtime.exited
}
