import { startWorker, type WorkerChannel, type WorkerOptions } from './worker-channel.ts'

/** The worker of an app, replaced by a new one after it has ended. */
export interface WorkerPool {
  readonly current: WorkerChannel
  /** A worker that runs: a new one when the last has ended. */
  get(): Promise<WorkerChannel>
  stop(): Promise<void>
}

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
  return {
    get current() {
      return current
    },
    get: async () => (current.running ? current : (starting ??= restart())),
    async stop() {
      await starting?.catch(() => {})
      await current.stop()
    },
  }
}
