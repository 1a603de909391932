import { createRequire } from 'node:module'
import type { Readable } from 'node:stream'

import type * as vendor from 'miniflare'

import { splitLines } from '../log-lines.ts'
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
    name: request.name,
    modules: request.modules.map(({ type, path, contents }) => ({ type, path, contents })),
    compatibilityFlags: request.compatibilityFlags,
    ...(request.compatibilityDate !== undefined && { compatibilityDate: request.compatibilityDate }),
    bindings: request.bindings,
    // Else miniflare asks Cloudflare for its properties of this machine.
    cf: false,
    // Straight to the worker: miniflare's own entry would rewrite URL, headers, encoding and errors.
    unsafeDirectSockets: [{ host: '127.0.0.1', port: 0, proxy: true }],
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
  }
  try {
    miniflare = new Runtime(options)
    await miniflare.ready
    const url = await miniflare.unsafeGetDirectURL()
    tell({ type: 'ready', port: Number(url.port) })
  } catch (error) {
    tell({ type: 'failed', message: error instanceof Error ? error.message : String(error) })
  }
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
