import { createApplication, loadModule, logUncaught, run, type HttpApplication } from '@isobar/core/adapter'
import { describeCall } from './call.ts'
import { sink } from './log.ts'
import type { WorkersExecutionContext } from './native.ts'
import { encode } from './response.ts'

export { native } from './native.ts'
export type { WorkersExecutionContext, WorkersNative } from './native.ts'

/** What a Worker in module format exports by default. */
export interface Worker {
  fetch(request: Request, env: object, ctx: WorkersExecutionContext): Promise<Response>
}

/** Loads a user's module; when it throws, a line names it and the Worker does not start (C9). */
export function load<Module>(file: string, importer: () => Promise<Module>): Promise<Module> {
  return loadModule(sink, file, importer)
}

/**
 * A Worker that serves http functions: https://developers.cloudflare.com/workers/runtime-apis/handlers/fetch/
 *
 * Made once, at module scope; an isolate that meets a rejection which nobody handles logs it and lives on (C8).
 */
export function worker(application: HttpApplication): Worker {
  const app = createApplication(application)
  addEventListener('unhandledrejection', (event) => logUncaught(sink, event.reason))
  return {
    async fetch(request, env, ctx) {
      const result = await run(app, { ...describeCall(request, env, ctx), sink })
      return encode(result, request.signal)
    },
  }
}
