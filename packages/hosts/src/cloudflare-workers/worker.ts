import { realpathSync } from 'node:fs'

import { createFrontDoor } from '../front-door.ts'
import { ownScript } from '../own-script.ts'
import { listenOnLoopback, untilReady } from '../running.ts'
import { startRuntime } from '../runtime-process.ts'
import type { BootOptions, FrontDoor, LogEntry } from '../types.ts'
import { requireVendor } from '../vendor.ts'
import { readConfiguration, readModules } from './configuration.ts'
import { createEdge } from './edge.ts'
import type { RunnerMessage, RunnerRequest, StartRequest } from './protocol.ts'

export interface WorkerOptions {
  /** The folder that is deployed: wrangler.jsonc stands in it. */
  directory: string
  /** Files of the folder, relative to it. */
  files: string[]
  doorId: string
  boot: BootOptions
  onLog(entry: LogEntry): void
}

/** A Worker in a workerd of its own, with our model of Cloudflare's edge in front. */
export interface Worker {
  door: FrontDoor
  stop(): Promise<void>
}

/** How long workerd may take to end, in milliseconds. */
const graceMs = 2000

const stop: RunnerRequest = { type: 'stop' }

/** @throws Error that says what is wrong with the configuration, or what workerd printed when it does not take the Worker. */
export async function startWorker({ directory, files, doorId, boot, onLog }: WorkerOptions): Promise<Worker> {
  const miniflare = requireVendor('miniflare', directory)
  // workerd is a dependency of miniflare and stands beside it, where its package really is.
  const workerd = requireVendor('workerd', realpathSync(miniflare.directory))
  const configuration = await readConfiguration(directory)
  const modules = await readModules(directory, configuration.main, files)
  const runtime = startRuntime({
    script: ownScript('#cloudflare-workers/runner'),
    cwd: directory,
    env: {},
    ipc: true,
    onLog,
  })
  const ready = new Promise<number>((resolve, reject) => {
    runtime.child.on('message', (message: RunnerMessage) => {
      if (message.type === 'ready') resolve(message.port)
      else reject(new Error(`The worker ${configuration.name} could not be started. ${message.message}`))
    })
  })
  const request: StartRequest = {
    type: 'start',
    miniflare: miniflare.directory,
    name: configuration.name,
    modules,
    compatibilityFlags: configuration.compatibilityFlags,
    ...(configuration.compatibilityDate !== undefined && { compatibilityDate: configuration.compatibilityDate }),
    bindings: { ...configuration.vars, ...boot.env },
  }
  runtime.child.send(request, () => {})
  const runtimePort = await untilReady(runtime, ready, `workerd ${workerd.version}`, boot.startTimeoutMs)
  const server = createEdge(runtimePort)
  const port = await listenOnLoopback(server)
  return {
    door: createFrontDoor({
      id: doorId,
      port,
      runtime: { name: workerd.name, version: workerd.version },
      front: 'emulated',
    }),
    async stop() {
      server.close()
      server.closeAllConnections()
      // The runner ends workerd and then itself.
      const timer = setTimeout(() => void runtime.stop(0), graceMs)
      if (runtime.child.connected) runtime.child.send(stop, () => {})
      await runtime.exited
      clearTimeout(timer)
    },
  }
}
