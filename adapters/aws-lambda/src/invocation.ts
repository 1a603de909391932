import { createApplication, createEventFunction, loadModule, logUncaught } from '@isobar/core/adapter'
import type { Application, EventApplication, EventFunction, EventKind, HttpApplication } from '@isobar/core/adapter'
import type { HttpCall, LogSink } from '@isobar/core/adapter'
import type { NativeEvent } from './native-events.ts'
import type { NativeHttp } from './native-http.ts'

/**
 * The runtime's console puts time, request id and level in front of a line; a line written to stdout stays as it is.
 * Lambda's filter by level wants `level` and an RFC 3339 `timestamp`, else it takes every line for INFO:
 * https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html
 */
const sink: LogSink = {
  write(line) {
    globalThis.process.stdout.write(`${line.replace(/^\{"time":("[^"]*")/, '{"time":$1,"timestamp":$1')}\n`)
  },
}

/** Loads a user's module for a shim; when it throws, a line of the log says which one it was (C9). */
export function load<Module>(file: string, importer: () => Promise<Module>): Promise<Module> {
  return loadModule(sink, file, importer)
}

/** The application of a shim, made once at start. */
export function bind(input: HttpApplication): Application {
  const app = createApplication(input)
  watchFaults()
  return app
}

/** The function of a shim that serves events, made once at start. @throws TypeError when it is none of this kind. */
export function bindEvents(input: EventApplication, kind: EventKind): EventFunction {
  const fn = createEventFunction(input, kind)
  watchFaults()
  return fn
}

/**
 * What every front door and every source takes from the invocation.
 *
 * @param doorLimitMs how long the front door waits for an answer; Infinity where only the function's timeout counts.
 */
export function invocation(
  native: NativeHttp | NativeEvent,
  doorLimitMs: number,
): Pick<HttpCall, 'id' | 'native' | 'env' | 'deadline' | 'version' | 'sink' | 'fetchDecodes'> {
  const { context } = native
  return {
    id: context.awsRequestId,
    native,
    env: globalThis.process.env,
    deadline: Date.now() + Math.min(context.getRemainingTimeInMillis(), doorLimitMs),
    version: context.functionVersion,
    sink,
    fetchDecodes: true,
  }
}

/**
 * Logs what nobody caught, and leaves the end of the process to the platform (C8). A listener for unhandledRejection
 * would keep Node from ending it, so there is one of ours only where the runtime has its own: versions before 4 of
 * the runtime interface client have, 4.0 has none (aws/aws-lambda-nodejs-runtime-interface-client, src/index.mjs).
 */
function watchFaults(): void {
  const { process } = globalThis
  if (process.listeners('uncaughtExceptionMonitor').includes(logFault)) return
  process.on('uncaughtExceptionMonitor', logFault)
  if (process.listenerCount('unhandledRejection') > 0) process.prependListener('unhandledRejection', logFault)
}

function logFault(error: unknown): void {
  logUncaught(sink, error)
}
