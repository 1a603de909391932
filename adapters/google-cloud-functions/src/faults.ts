import { logUncaught } from '@isobar/core/adapter'
import { sink } from '@isobar/google-events'

/**
 * Adds a line that a log viewer can show to what the framework does (C8): a fault within an invocation it answers with
 * its own 500 and lives on, since it runs each in a domain (src/function_wrappers.ts); after any other it ends the
 * process with 16 (src/invoker.ts), and before it listens the process ends as Node would end it.
 */
export function watchFaults(): void {
  process.on('uncaughtExceptionMonitor', (error) => logUncaught(sink, error))
  process.on('unhandledRejection', (error) => {
    logUncaught(sink, error)
    if (process.listenerCount('unhandledRejection') > 1) return
    // oxlint-disable-next-line unicorn/no-process-exit -- a listener takes Node's own end of the process away
    process.exit(1)
  })
}
