import { loadModule, logUncaught } from '@isobar/core/adapter'
import { sink } from './log.ts'

export { buffered } from './buffered.ts'
export { native } from './native.ts'
export type { AzureFunctionsNative, AzureHttpRequest, AzureInvocationContext } from './native.ts'
export { streaming } from './streaming.ts'

/** Loads a user's module; when it throws, a line names it and the host reports that the app did not start (C9). */
export function load<Module>(file: string, importer: () => Promise<Module>): Promise<Module> {
  return loadModule(sink, file, importer)
}

// Only looks on: the worker ends as it would without us, and the host starts another (C8). A floating rejection comes
// here too, since Node turns it into an uncaught error where nobody listens for rejections.
process.on('uncaughtExceptionMonitor', (error) => logUncaught(sink, error))
