import { createApplication, loadModule, logUncaught } from '@isobar/core/adapter'
import type { Application, HttpApplication } from '@isobar/core/adapter'
import { sink } from './log.ts'

/** Loads a user's module; when it throws, a line names it and the host reports that the app did not start (C9). */
export function load<Module>(file: string, importer: () => Promise<Module>): Promise<Module> {
  watchFaults()
  return loadModule(sink, file, importer)
}

/** The application of a shim, made once at start. */
export function bind(application: HttpApplication): Application {
  watchFaults()
  return createApplication(application)
}

/**
 * Only looks on: the worker ends as it would without us, and the host starts another (C8). A floating rejection comes
 * here too, since Node turns it into an uncaught error where nobody listens for rejections.
 *
 * Not at module scope: a handler that imports `native` has this module on every other target as well.
 */
export function watchFaults(): void {
  if (process.listeners('uncaughtExceptionMonitor').includes(logFault)) return
  process.on('uncaughtExceptionMonitor', logFault)
}

function logFault(error: unknown): void {
  logUncaught(sink, error)
}
