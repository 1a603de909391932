import { createRequire, registerHooks } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

import { invoke, runAppHooks, systemLog } from './invocation.ts'
import type { HostMessage } from './protocol.ts'
import { setClock } from './worker-clock.ts'
import { report, reportBegun, state } from './worker-state.ts'

/**
 * The child process that stands for Azure's Node worker: it loads the app with the real `@azure/functions` and runs
 * invocations that the host sends.
 */
const requireHere = createRequire(import.meta.url)
const coreModule = pathToFileURL(requireHere.resolve('#azure-functions/core-module')).href

// https://github.com/Azure/azure-functions-nodejs-worker/blob/v4.x/src/eventHandlers/getWorkerCapabilities.ts
const defaultCapabilities = {
  RawHttpBodyBytes: 'true',
  RpcHttpTriggerMetadataRemoved: 'true',
  RpcHttpBodyOnly: 'true',
  IgnoreEmptyValuedRpcHttpHeaders: 'true',
  UseNullableValueDictionaryForHttp: 'true',
  WorkerStatus: 'true',
  TypedDataCollection: 'true',
  HandlesWorkerTerminateMessage: 'true',
}

registerHooks({
  resolve(specifier, context, next) {
    if (specifier === '@azure/functions-core') return { url: coreModule, shortCircuit: true }
    try {
      return next(specifier, context)
    } catch (error) {
      // A built target is deployed with its library installed beside it; locally it may stand in a folder without one.
      if (specifier !== '@azure/functions') throw error
      return { url: pathToFileURL(requireHere.resolve(specifier)).href, shortCircuit: true }
    }
  },
})

let appDirectory = ''

process.on('message', (message: HostMessage) => {
  if (message.type === 'workerInitRequest') void start(message.functionAppDirectory, message.main)
  else if (message.type === 'invocationRequest') void answer(message)
  else void terminate()
})

// There is no handler for uncaught errors on purpose: Node prints the error and ends with code 1, as Azure's worker does, and
// the host starts another. https://github.com/Azure/azure-functions-nodejs-worker/blob/v4.x/src/nodejsWorker.ts
process.on('disconnect', () => {
  process.kill(process.pid, 'SIGKILL')
})

async function start(functionAppDirectory: string, main: string): Promise<void> {
  appDirectory = functionAppDirectory
  try {
    await import(pathToFileURL(join(functionAppDirectory, main)).href)
    await runAppHooks('appStart', functionAppDirectory)
    const capabilities = (await state.model?.getCapabilities({ ...defaultCapabilities })) ?? defaultCapabilities
    state.started = true
    report({
      type: 'workerInitResponse',
      capabilities,
      functions: [...state.functions.values()].map(({ metadata }) => structuredClone(metadata)),
      ...(state.model && { model: { name: state.model.name, version: state.model.version } }),
    })
  } catch (error) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
    report({ type: 'workerInitFailure', message: `Worker was unable to load entry point "${main}": ${text}` })
  }
}

async function answer({ request, now }: Extract<HostMessage, { type: 'invocationRequest' }>): Promise<void> {
  const { invocationId } = request
  setClock(now)
  // The host gives to another worker what this one has not told of: nothing may run before.
  if (!(await reportBegun(invocationId))) return
  try {
    report({ type: 'invocationResponse', response: await invoke(request) })
  } catch (error) {
    const { message, stack } = error instanceof Error ? error : new Error(String(error))
    report({ type: 'invocationFailure', invocationId, message, ...(stack !== undefined && { stack }) })
  }
}

async function terminate(): Promise<void> {
  try {
    await runAppHooks('appTerminate', appDirectory)
  } catch (error) {
    systemLog('error', `An appTerminate hook failed: ${String(error)}`)
  }
  process.kill(process.pid, 'SIGKILL')
}
