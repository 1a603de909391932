import type { InvocationRequest, InvocationResponse, LogLevel } from './protocol.ts'
import { report, state, type CoreInvocationContext, type HookName } from './worker-state.ts'

const appHookData: Record<string, unknown> = {}

/**
 * One invocation, in the order of Azure's worker: arguments, hooks, the function, hooks, response.
 * https://github.com/Azure/azure-functions-nodejs-worker/blob/v4.x/src/eventHandlers/InvocationHandler.ts
 */
export async function invoke(request: InvocationRequest): Promise<InvocationResponse> {
  const registered = state.functions.get(request.functionId)
  if (registered === undefined || state.model === undefined) {
    throw new Error(`Function "${request.functionId}" is not registered in this app.`)
  }
  const { metadata, callback } = registered
  const core: CoreInvocationContext = {
    invocationId: request.invocationId,
    request,
    metadata,
    state: undefined,
    log(level, logCategory, message) {
      report({ type: 'rpcLog', level, category: `${metadata.name}.Invocation`, logCategory, message })
    },
  }
  const model = state.model.getInvocationModel(core)
  const { context, inputs } = await model.getArguments()
  const hookData: Record<string, unknown> = {}

  core.state = 'preInvocationHooks'
  const before = { hookData, appHookData, invocationContext: context, inputs, functionCallback: callback }
  await runHooks('preInvocation', before)

  core.state = 'invocation'
  const after: { inputs: unknown[]; result: unknown; error: unknown } & Record<string, unknown> = {
    hookData,
    appHookData,
    invocationContext: context,
    inputs: before.inputs,
    result: null,
    error: null,
  }
  try {
    after.result = await model.invokeFunction(context, before.inputs, before.functionCallback)
  } catch (error) {
    after.error = error ?? new Error(`The function "${metadata.name}" threw ${String(error)}`)
  }

  core.state = 'postInvocationHooks'
  await runHooks('postInvocation', after)
  core.state = undefined
  // A hook may set an error, or clear it and so rescue the invocation.
  if (after.error !== null && after.error !== undefined) throw after.error
  return model.getResponse(context, after.result)
}

/** Hooks that belong to the app as a whole: `appStart` and `appTerminate`. */
export async function runAppHooks(name: 'appStart' | 'appTerminate', functionAppDirectory: string): Promise<void> {
  await runHooks(name, { functionAppDirectory, hookData: {}, appHookData })
}

/** A line in the name of the worker itself. */
export function systemLog(level: LogLevel, message: string): void {
  report({ type: 'rpcLog', level, category: 'Worker', logCategory: 'system', message })
}

async function runHooks(name: HookName, context: object): Promise<void> {
  for (const hook of state.hooks[name]) await hook(context)
}
