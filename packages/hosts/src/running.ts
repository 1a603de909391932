import type { Server } from 'node:net'

import { noEvents } from './events/none.ts'
import type { RuntimeProcess } from './runtime-process.ts'
import type { Running } from './types.ts'

/** Default of `BootOptions.startTimeoutMs`. */
export const defaultStartTimeoutMs = 15_000

/** Makes a `Running` of its parts: `stop` runs once, however often it is called. Without an event side it refuses events. */
export function running(parts: Pick<Running, 'doors' | 'logs' | 'stop'> & Partial<Running>): Running {
  let stopped: Promise<void> | undefined
  const stop = (): Promise<void> => (stopped ??= parts.stop())
  return { endpoints: {}, ...noEvents(), ...parts, stop, [Symbol.asyncDispose]: stop }
}

/** Starts to listen on a free port of 127.0.0.1 and resolves with the port. */
export function listenOnLoopback(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      server.off('error', reject)
      const address = server.address()
      if (typeof address === 'object' && address !== null) resolve(address.port)
      else reject(new Error('The server has no port.'))
    })
  })
}

/**
 * Waits until a runtime is ready. When it ends first, or is not ready in time, it is stopped and the error shows what it
 * printed.
 * @param what names the runtime in the error: `functions-framework 5.0.5`.
 */
export async function untilReady<T>(
  runtime: RuntimeProcess,
  ready: Promise<T>,
  what: string,
  timeoutMs: number = defaultStartTimeoutMs,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`${what} was not ready after ${timeoutMs} ms (option startTimeoutMs).${printed(runtime)}`))
    }, timeoutMs)
  })
  const ended = runtime.exited.then(({ code, signal }) => {
    const how = signal === null ? `with code ${code}` : `by ${signal}`
    throw new Error(`${what} ended ${how} before it was ready.${printed(runtime)}`)
  })
  try {
    return await Promise.race([ready, ended, late])
  } catch (error) {
    ready.catch(() => {})
    await runtime.stop(0)
    throw error
  } finally {
    clearTimeout(timer)
    ended.catch(() => {})
  }
}

function printed(runtime: RuntimeProcess): string {
  const lines = runtime.logs.slice(-50).map((entry) => `  ${entry.line}`)
  return lines.length === 0 ? ' It printed nothing.' : ` It printed:\n${lines.join('\n')}`
}
