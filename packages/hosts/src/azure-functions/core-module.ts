import { report, state } from './worker-state.ts'
import type { FunctionMetadata, LogCategory, LogLevel } from './protocol.ts'
import type { FunctionCallback, HookCallback, HookName, ProgrammingModel } from './worker-state.ts'

/**
 * What `@azure/functions` gets when it requires `@azure/functions-core`: in production Azure's Node worker answers that name.
 * https://github.com/Azure/azure-functions-nodejs-worker/blob/v4.x/src/setupCoreModule.ts
 */
export const version = '3.12.0'

export const hostVersion = '4.1040.300'

/** What a registration gives back; `dispose` undoes it. */
export class Disposable {
  readonly #onDispose: () => void

  constructor(onDispose: () => void) {
    this.#onDispose = onDispose
  }

  static from(...disposables: { dispose(): unknown }[]): Disposable {
    return new Disposable(() => {
      for (const disposable of disposables) disposable.dispose()
    })
  }

  dispose(): void {
    this.#onDispose()
  }
}

/** @throws Error for a second function of the same id, and once the app has started. */
export function registerFunction(
  metadata: Omit<FunctionMetadata, 'functionId'> & { functionId?: string },
  callback: FunctionCallback,
): Disposable {
  if (state.started) throw systemError(new Error('A function can only be registered during app startup.'))
  const functionId = metadata.functionId ?? metadata.name
  if (state.functions.has(functionId)) {
    throw systemError(new Error(`A function with id "${functionId}" has already been registered.`))
  }
  state.functions.set(functionId, { metadata: { ...metadata, functionId }, callback })
  return new Disposable(() => {
    if (state.started) throw systemError(new Error('A function can only be disposed during app startup.'))
    state.functions.delete(functionId)
  })
}

/** @throws RangeError for a name that is no hook: the library tells by it what the worker is too old for. */
export function registerHook(name: string, callback: HookCallback): Disposable {
  if (!isHookName(name)) throw systemError(new RangeError(`Unrecognized hook "${name}"`))
  const hooks = state.hooks[name]
  hooks.push(callback)
  return new Disposable(() => {
    const index = hooks.indexOf(callback)
    if (index >= 0) hooks.splice(index, 1)
  })
}

export function setProgrammingModel(model: ProgrammingModel): void {
  state.model = model
}

export function getProgrammingModel(): ProgrammingModel | undefined {
  return state.model
}

export function log(level: LogLevel, category: LogCategory, message: string): void {
  report({ type: 'rpcLog', level, category: 'Host', logCategory: category, message })
}

function isHookName(name: string): name is HookName {
  return Object.hasOwn(state.hooks, name)
}

function systemError(error: Error): Error {
  return Object.assign(error, { isAzureFunctionsSystemError: true })
}
