import {
  createApplication,
  loadModule,
  logUncaught,
  run,
  serveNodeExchange,
  type HttpApplication,
  type NodeResponse,
} from '@isobar/core/adapter'
import { describeCall, withRawBody } from './call.ts'
import { sink } from './log.ts'
import type { CloudFunctionsRequest } from './native.ts'

export { native } from './native.ts'
export type { CloudFunctionsNative, CloudFunctionsRequest } from './native.ts'

export interface CloudFunctionsApplication extends HttpApplication {
  /** The function's timeout; handlers learn their deadline from it. @default no deadline */
  timeoutSeconds?: number
}

/** A function for `functions.http()`. It ends the response itself: the framework ignores what a function returns. */
export type HttpFunction = (req: CloudFunctionsRequest, res: NodeResponse) => void

/** Loads a user's module; when it throws, a line names it and the framework does not start (C9). */
export function load<Module>(file: string, importer: () => Promise<Module>): Promise<Module> {
  return loadModule(sink, file, importer)
}

/** Http functions as one function of the Functions Framework. */
export function httpFunction(application: CloudFunctionsApplication): HttpFunction {
  const app = createApplication(application)
  watchFaults()
  return (req, res) => {
    const call = describeCall(req, res, process.env, Date.now(), application.timeoutSeconds)
    void serveNodeExchange(req, res, app.origin, (parts) =>
      run(app, { ...call, request: withRawBody(parts, req.rawBody), sink }),
    )
  }
}

/**
 * Adds a line that a log viewer can show to what the framework does (C8): a fault within an invocation it answers with
 * its own 500 and lives on, since it runs each in a domain (src/function_wrappers.ts); after any other it ends the
 * process with 16 (src/invoker.ts), and before it listens the process ends as Node would end it.
 */
function watchFaults(): void {
  process.on('uncaughtExceptionMonitor', (error) => logUncaught(sink, error))
  process.on('unhandledRejection', (error) => {
    logUncaught(sink, error)
    if (process.listenerCount('unhandledRejection') > 1) return
    // oxlint-disable-next-line unicorn/no-process-exit -- a listener takes Node's own end of the process away
    process.exit(1)
  })
}
