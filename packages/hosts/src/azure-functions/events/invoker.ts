import { randomUUID } from 'node:crypto'

import type { Clock } from '../../events/clock.ts'
import type { LogEntry } from '../../types.ts'
import type { InvocationRequest, InvocationResponse, RetryContext, TypedData } from '../protocol.ts'
import type { WorkerPool } from '../worker-pool.ts'
import type { BindingData } from './binding-data.ts'
import type { EventFunction } from './event-function.ts'
import type { OutputWriter } from './output-writer.ts'

/** What a trigger hands to its function. */
export interface TriggerInput {
  data: TypedData
  bindingData: BindingData
}

/** Runs event functions of one app. */
export interface Invoker {
  /** One try. @returns what went wrong, or undefined. */
  run(fn: EventFunction, input: () => TriggerInput, retry?: RetryContext): Promise<string | undefined>
  /**
   * Tries as often as the function's policy says, each on the clock, and tells the end of each try.
   *
   * @param onTry is called before each try, and gives what is to be told of its end.
   * @param onEnd is called once: with what went wrong in the last try, or undefined.
   */
  runWithPolicy(
    fn: EventFunction,
    input: () => TriggerInput,
    onTry: () => (error: string | undefined) => void,
    onEnd: (error: string | undefined) => Promise<void> | void,
  ): Promise<void>
}

export interface InvokerOptions {
  pool: WorkerPool
  clock: Clock
  outputs: OutputWriter
  /** Of the time in which a function really runs; the clock stands still meanwhile. */
  functionTimeoutMs: number
  onLog(entry: LogEntry): void
}

export function createInvoker(options: InvokerOptions): Invoker {
  const { pool, clock, outputs, functionTimeoutMs, onLog } = options

  const invoke = async (fn: EventFunction, input: TriggerInput, retry: RetryContext | null): Promise<void> => {
    const invocationId = randomUUID()
    const request: InvocationRequest = {
      invocationId,
      functionId: fn.metadata.functionId,
      inputData: [{ name: fn.trigger.name, data: input.data }],
      triggerMetadata: { ...input.bindingData, sys: systemData(fn, clock) },
      traceContext: { traceParent: newTraceParent(), traceState: '', attributes: {} },
      retryContext: retry,
    }
    const begun = await pool.begin(request, clock.now())
    // The worker is restarted, and what else runs in it ends with it: `RestartWorkerWithInvocationIdAsync` of
    // https://github.com/Azure/azure-functions-host/blob/dev/src/WebJobs.Script.WebHost/WebScriptHostExceptionHandler.cs
    const response = await within(begun.response, functionTimeoutMs, async () => {
      await begun.worker.kill()
      return `Timeout value of ${functionTimeoutMs} ms was exceeded by function: Functions.${fn.name}`
    })
    await write(fn, response)
  }

  /** The function has returned; what fails here fails the invocation all the same. */
  const write = async (fn: EventFunction, { outputData, returnValue }: InvocationResponse): Promise<void> => {
    await Promise.all(
      fn.outputs.map(async ({ name, binding }) => {
        const data = name === '$return' ? returnValue : outputData.find((one) => one.name === name)?.data
        if (data !== undefined && data !== null) await outputs.write(binding, data)
      }),
    )
  }

  const run: Invoker['run'] = async (fn, input, retry) => {
    try {
      await invoke(fn, input(), retry ?? null)
      return undefined
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      onLog({ line: `Executed 'Functions.${fn.name}' (Failed): ${reason}`, stream: 'stderr' })
      return reason
    }
  }

  return {
    run,
    async runWithPolicy(fn, input, onTry, onEnd) {
      const { retry } = fn
      const attempt = async (count: number, last: string | undefined): Promise<void> => {
        const told = onTry()
        const error = await run(fn, input, retry && retryContext(count, retry.maxRetryCount, last))
        told(error)
        if (error === undefined || retry === undefined || count >= retry.maxRetryCount) await onEnd(error)
        else clock.at(clock.now() + retry.delayBefore(count + 1), () => attempt(count + 1, error))
      }
      await attempt(0, undefined)
    },
  }
}

// https://github.com/Azure/azure-webjobs-sdk/blob/dev/src/Microsoft.Azure.WebJobs.Host/Executors/FunctionExecutorExtensions.cs
function retryContext(retryCount: number, maxRetryCount: number, last: string | undefined): RetryContext {
  return {
    retryCount,
    maxRetryCount: maxRetryCount === Infinity ? -1 : maxRetryCount,
    ...(last !== undefined && { exception: { message: last, source: '', stackTrace: '' } }),
  }
}

/** https://learn.microsoft.com/azure/azure-functions/functions-bindings-expressions-patterns: `sys` is in all binding data. */
function systemData({ name }: EventFunction, clock: Clock): TypedData {
  const values = { MethodName: name, UtcNow: new Date(clock.now()).toISOString(), RandGuid: randomUUID() }
  return { json: JSON.stringify(values) }
}

/** W3C: https://www.w3.org/TR/trace-context/#traceparent-header */
function newTraceParent(): string {
  const hex = (): string => randomUUID().replaceAll('-', '')
  return `00-${hex()}-${hex().slice(0, 16)}-00`
}

/** @param late is called when it is; it has to make `result` fail, and gives what the error says. */
async function within<T>(result: Promise<T>, milliseconds: number, late: () => Promise<string>): Promise<T> {
  // A longer one would fire at once.
  if (milliseconds > 0x7f_ff_ff_ff) return result
  let lateness: Promise<string> | undefined
  const timer = setTimeout(() => (lateness = late()), milliseconds)
  try {
    return await result
  } catch (error) {
    throw lateness === undefined ? error : new Error(await lateness, { cause: error })
  } finally {
    clearTimeout(timer)
  }
}
