import { realpathSync } from 'node:fs'

import type { Manifest } from '@isobar/compiler'

import { createFrontDoor } from '../front-door.ts'
import { ownScript } from '../own-script.ts'
import { listenOnLoopback, running, untilReady } from '../running.ts'
import { startRuntime } from '../runtime-process.ts'
import type { BootOptions, Host, Running } from '../types.ts'
import { requireVendor } from '../vendor.ts'
import { readConfiguration, readModules } from './configuration.ts'
import { createEdge } from './edge.ts'
import type { RunnerMessage, RunnerRequest, StartRequest } from './protocol.ts'

/** How long workerd may take to end, in milliseconds. */
const graceMs = 2000

const stop: RunnerRequest = { type: 'stop' }

/** Boots a worker in workerd, through miniflare, with our model of Cloudflare's edge in front. */
export const cloudflareWorkersHost: Host = { platform: 'cloudflare-workers', boot }

async function boot(directory: string, manifest: Manifest, options: BootOptions): Promise<Running> {
  const miniflare = requireVendor('miniflare', directory)
  // workerd is a dependency of miniflare and stands beside it, where its package really is.
  const workerd = requireVendor('workerd', realpathSync(miniflare.directory))
  const configuration = await readConfiguration(directory)
  const modules = await readModules(directory, configuration.main, manifest.files)
  const runtime = startRuntime({
    script: ownScript('#cloudflare-workers/runner'),
    cwd: directory,
    env: {},
    ipc: true,
    onLog: options.onLog,
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
    bindings: { ...configuration.vars, ...options.env },
  }
  runtime.child.send(request, () => {})
  const runtimePort = await untilReady(runtime, ready, `workerd ${workerd.version}`, options.startTimeoutMs)
  const server = createEdge(runtimePort)
  const port = await listenOnLoopback(server)
  return running({
    doors: [
      createFrontDoor({
        id: 'cloudflare-workers',
        port,
        runtime: { name: workerd.name, version: workerd.version },
        front: 'emulated',
      }),
    ],
    logs: runtime.logs,
    async stop() {
      server.close()
      server.closeAllConnections()
      // The runner ends workerd and then itself.
      const timer = setTimeout(() => void runtime.stop(0), graceMs)
      if (runtime.child.connected) runtime.child.send(stop, () => {})
      await runtime.exited
      clearTimeout(timer)
    },
  })
}
