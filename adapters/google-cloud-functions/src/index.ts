import {
  createApplication,
  loadModule,
  run,
  serveNodeExchange,
  type HttpApplication,
  type NodeResponse,
} from '@isobar/core/adapter'
import { sink } from '@isobar/google-events'
import { describeCall, withRawBody } from './call.ts'
import { watchFaults } from './faults.ts'
import type { CloudFunctionsRequest } from './native.ts'

export {
  customEvents,
  firestoreChanges,
  pubsubPush,
  pubsubUnwrapped,
  schedulerJob,
  storageEvents,
  topicPublisher,
} from '@isobar/google-events'
export { eventFunction } from './event-function.ts'
export type { CloudFunctionsEventApplication } from './event-function.ts'
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
