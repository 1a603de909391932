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

/** A function for `functions.http()`. It ends the response itself: the framework ignores what a function returns. */
export type HttpFunction = (req: CloudFunctionsRequest, res: NodeResponse) => void

/** Loads a user's module; when it throws, a line names it and the framework does not start (C9). */
export function load<Module>(file: string, importer: () => Promise<Module>): Promise<Module> {
  return loadModule(sink, file, importer)
}

/** Http functions as one function of the Functions Framework. */
export function httpFunction(application: HttpApplication): HttpFunction {
  const app = createApplication(application)
  watchFaults()
  return (req, res) => {
    const call = describeCall(req, res, process.env, Date.now())
    void serveNodeExchange(req, res, app.origin, (parts) =>
      run(app, { ...call, request: withRawBody(parts, req.rawBody), sink }),
    )
  }
}

/**
 * The framework ends the process with 16 after either fault (src/invoker.ts); this only adds a line that a log viewer
 * can show (C8). Before the framework listens, nobody else does: then the process ends as Node would end it.
 */
function watchFaults(): void {
  process.on('uncaughtExceptionMonitor', (error) => logUncaught(sink, error))
  process.on('unhandledRejection', (error) => {
    logUncaught(sink, error)
    if (process.listenerCount('unhandledRejection') === 1) process.exit(1)
  })
}
