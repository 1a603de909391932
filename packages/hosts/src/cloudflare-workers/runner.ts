import { createRequire } from 'node:module'
import type { Readable } from 'node:stream'

import type * as vendor from 'miniflare'

import { splitLines } from '../log-lines.ts'
import { ownScript } from '../own-script.ts'
import { dispatcherName, dispatcherSource } from './events/dispatcher.ts'
import { pluginName } from './events/queue-bindings.ts'
import type { RunnerMessage, RunnerRequest, StartRequest } from './protocol.ts'

/**
 * The child process that holds miniflare. workerd outlives a parent that is killed; this process does not: it ends workerd when
 * the channel to the host closes.
 */
let miniflare: vendor.Miniflare | undefined
let ending = false

process.on('message', (message: RunnerRequest) => {
  void (message.type === 'start' ? start(message) : end())
})
process.on('disconnect', () => void end())

async function start(request: StartRequest): Promise<void> {
  const { Miniflare: Runtime, Log, LogLevel }: typeof vendor = createRequire(import.meta.url)(request.miniflare)
  const options: vendor.MiniflareOptions = {
    host: '127.0.0.1',
    port: 0,
    // Else miniflare asks Cloudflare for its properties of this machine.
    cf: false,
    log: new Log(LogLevel.ERROR),
    // Without it workerd keeps errors that nobody caught to itself; production shows them:
    // https://developers.cloudflare.com/workers/observability/logs/workers-logs/
    verbose: true,
    handleRuntimeStdio(stdout: Readable, stderr: Readable) {
      stdout.pipe(process.stdout)
      splitLines(stderr, (line) => {
        if (!isAddresses(line)) process.stderr.write(`${line}\n`)
      })
    },
    workers: [worker(request), ...(request.dispatcher ? [dispatcher(request.name)] : [])],
  }
  try {
    miniflare = new Runtime(options)
    await miniflare.ready
    const port = await directPort(miniflare, request.name)
    if (request.dispatcher) tell({ type: 'ready', port, dispatcherPort: await directPort(miniflare, dispatcherName) })
    else tell({ type: 'ready', port })
  } catch (error) {
    tell({ type: 'failed', message: error instanceof Error ? error.message : String(error) })
  }
}

function worker(request: StartRequest): vendor.WorkerOptions {
  const { broker, producers } = request.queueBindings
  const plugin = { name: pluginName, package: ownScript('#cloudflare-workers/queue-bindings') }
  return {
    name: request.name,
    modules: request.modules.map(({ type, path, contents }) => ({ type, path, contents })),
    compatibilityFlags: request.compatibilityFlags,
    ...(request.compatibilityDate !== undefined && { compatibilityDate: request.compatibilityDate }),
    bindings: request.bindings,
    unsafeBindings: producers.map(({ binding, queue, deliveryDelay }) => {
      return { name: binding, type: 'queue', plugin, options: { queue, deliveryDelay, broker } }
    }),
    // Straight to the worker: miniflare's own entry would rewrite URL, headers, encoding and errors.
    unsafeDirectSockets: [{ host: '127.0.0.1', port: 0, proxy: true }],
  }
}

function dispatcher(target: string): vendor.WorkerOptions {
  return {
    name: dispatcherName,
    modules: true,
    script: dispatcherSource,
    compatibilityDate: '2026-07-01',
    // What miniflare's own broker calls handlers with.
    compatibilityFlags: ['nodejs_compat', 'experimental', 'service_binding_extra_handlers'],
    serviceBindings: { WORKER: target },
    unsafeDirectSockets: [{ host: '127.0.0.1', port: 0 }],
  }
}

async function directPort(of: vendor.Miniflare, name: string): Promise<number> {
  return Number((await of.unsafeGetDirectURL(name)).port)
}

async function end(): Promise<void> {
  if (ending) return
  ending = true
  await miniflare?.dispose()
  // miniflare leaves timers behind; nothing is left to be lost.
  process.kill(process.pid, 'SIGKILL')
}

/** workerd's own stack, as bare addresses of its binary; it follows a line that says what happened. */
function isAddresses(line: string): boolean {
  return /^stack:(?: \S*workerd\S*@[\da-f]+)+$/.test(line)
}

function tell(message: RunnerMessage): void {
  if (process.connected) process.send?.(message, () => {})
}
