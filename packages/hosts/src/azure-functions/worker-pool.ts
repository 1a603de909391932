import type { InvocationRequest, InvocationResponse } from './protocol.ts'
import { startWorker, type WorkerChannel, type WorkerOptions } from './worker-channel.ts'

/** The worker of an app, replaced by a new one after it has ended. */
export interface WorkerPool {
  readonly current: WorkerChannel
  /** A worker that runs: a new one when the last has ended. */
  get(): Promise<WorkerChannel>
  /**
   * Hands an invocation to a worker. One that ends before it has begun with it leaves it to the next one, as Azure's host
   * keeps invocations while it restarts a worker: https://github.com/Azure/azure-functions-host/issues/7462
   * @param now the time that the function is to read from its clock. @default the system's
   * @throws Error when several workers in a row end so, or a new one does not start.
   */
  begin(request: InvocationRequest, now?: number): Promise<Begun>
  stop(): Promise<void>
}

/** An invocation that a worker has begun with, and no other one will. */
export interface Begun {
  worker: WorkerChannel
  /** Rejects when the function fails and when the worker ends before it has answered. */
  response: Promise<InvocationResponse>
}

// As often as Azure's host restarts the workers of an app: `ErrorEventsThreshold` of
// https://github.com/Azure/azure-functions-host/blob/dev/src/WebJobs.Script/Workers/Rpc/FunctionRegistration/RpcFunctionInvocationDispatcher.cs
const maxWorkers = 3

/** Starts the first worker. @throws Error when the app cannot be loaded. */
export async function createWorkerPool(options: WorkerOptions): Promise<WorkerPool> {
  let current = await startWorker(options)
  let starting: Promise<WorkerChannel> | undefined
  const restart = async (): Promise<WorkerChannel> => {
    try {
      current = await startWorker(options)
      return current
    } finally {
      starting = undefined
    }
  }
  const get = async (): Promise<WorkerChannel> => (current.running ? current : (starting ??= restart()))
  return {
    get current() {
      return current
    },
    get,
    async begin(request, now) {
      for (let count = 0; count < maxWorkers; count += 1) {
        const worker = await get()
        const { begun, response } = worker.invoke(request, now)
        if (await begun) return { worker, response }
      }
      throw new Error(`${maxWorkers} worker processes in a row ended before they had begun with the invocation.`)
    },
    async stop() {
      await starting?.catch(() => {})
      await current.stop()
    },
  }
}
