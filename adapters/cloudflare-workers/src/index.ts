import { createApplication, loadModule, logUncaught, run, type HttpApplication } from '@isobar/core/adapter'
import { describeCall } from './call.ts'
import type { Consumer } from './consume.ts'
import { sink } from './log.ts'
import type { WorkersExecutionContext } from './native.ts'
import { encode } from './response.ts'
import type { Tick } from './schedule.ts'

export type { Consumer } from './consume.ts'
export { crons, queues } from './dispatch.ts'
export { native } from './native.ts'
export type {
  QueueBatch,
  QueueMessage,
  WorkersEventNative,
  WorkersExecutionContext,
  WorkersNative,
  WorkersQueueNative,
  WorkersScheduledController,
  WorkersScheduledNative,
} from './native.ts'
export { queue } from './queue.ts'
export type { QueueFunction } from './queue.ts'
export { schedule } from './schedule.ts'
export type { Tick } from './schedule.ts'
export { storage } from './storage.ts'
export type { StorageFunction } from './storage.ts'
export { fanOut, topic } from './topic.ts'
export type { TopicFunction } from './topic.ts'

/** What a Worker in module format exports by default, as far as it serves http. */
export interface Worker {
  fetch(request: Request, env: object, ctx: WorkersExecutionContext): Promise<Response>
}

/** What it exports beside that, or without it, as far as it serves events. */
export interface EventWorker {
  /** Made by `queues`. */
  queue?: Consumer
  /** Made by `crons`. */
  scheduled?: Tick
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
  logUnhandled()
  return {
    async fetch(request, env, ctx) {
      const result = await run(app, { ...describeCall(request, env, ctx), sink })
      return encode(result, request.signal)
    },
  }
}

/** A Worker without http functions, which has no `fetch`. Made once, as `worker`. */
export function eventWorker(handlers: EventWorker): EventWorker {
  logUnhandled()
  return handlers
}

function logUnhandled(): void {
  addEventListener('unhandledrejection', (event) => logUncaught(sink, event.reason))
}
