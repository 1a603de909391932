import { join } from 'node:path'

import { ownScript } from '../own-script.ts'
import { untilReady } from '../running.ts'
import { startRuntime } from '../runtime-process.ts'
import type { LogEntry } from '../types.ts'
import type {
  FunctionMetadata,
  HostMessage,
  InvocationRequest,
  InvocationResponse,
  LogLevel,
  WorkerMessage,
} from './protocol.ts'
import { httpFunctions, type HttpFunction } from './routes.ts'

/** One worker process with an app in it. */
export interface WorkerChannel {
  /** The app's HTTP functions. */
  functions: HttpFunction[]
  /** Every function that the app has registered. */
  registered: FunctionMetadata[]
  /** Where the library listens, when the app enabled HTTP streaming. */
  httpUri: URL | undefined
  readonly running: boolean
  /** @param now the time that the function is to read from its clock. @default the system's */
  invoke(request: InvocationRequest, now?: number): Invocation
  stop(): Promise<void>
  /** Ends the process at once, and with it all that runs in it. */
  kill(): Promise<void>
}

/** An invocation on its way to a worker. */
export interface Invocation {
  /** False when the worker has ended and has not begun with it: another one may have it. */
  begun: Promise<boolean>
  /** Rejects when the function fails and when the worker ends before it has answered. */
  response: Promise<InvocationResponse>
}

export interface WorkerOptions {
  directory: string
  /** The app's entry, relative to the directory. */
  main: string
  /** `extensions.http.routePrefix` of host.json. */
  routePrefix: string
  /** The library's name and version, for messages. */
  library: string
  env: Record<string, string>
  startTimeoutMs?: number | undefined
  onLog(entry: LogEntry): void
}

/** How long hooks may take when the app ends, in milliseconds; Azure gives 10 s. */
const graceMs = 2000

interface Pending {
  begin(): void
  resolve(response: InvocationResponse): void
  reject(error: Error): void
}

/**
 * Starts a worker and loads the app.
 * @throws Error that shows what the worker printed, when the app cannot be loaded.
 */
export async function startWorker(options: WorkerOptions): Promise<WorkerChannel> {
  const pending = new Map<string, Pending>()
  const ready = Promise.withResolvers<Extract<WorkerMessage, { type: 'workerInitResponse' }>>()
  const runtime = startRuntime({
    script: ownScript('#azure-functions/worker'),
    cwd: options.directory,
    env: options.env,
    // The library's own server listens on all interfaces.
    preload: [ownScript('#loopback')],
    ipc: true,
    onLog: options.onLog,
  })
  const send = (message: HostMessage): void => {
    // What cannot be sent any more shows in the worker's end, which follows.
    runtime.child.send(message, () => {})
  }
  runtime.child.on('message', (message: WorkerMessage) => {
    if (message.type === 'workerInitResponse') ready.resolve(message)
    else if (message.type === 'workerInitFailure') ready.reject(new Error(message.message))
    else if (message.type === 'rpcLog') logLines(message.level, message.message, options.onLog)
    else if (message.type === 'invocationBegun') pending.get(message.invocationId)?.begin()
    else if (message.type === 'invocationResponse')
      pending.get(message.response.invocationId)?.resolve(message.response)
    else {
      logLines('error', message.stack ?? message.message, options.onLog)
      pending.get(message.invocationId)?.reject(new Error(message.message))
    }
  })
  void runtime.exited.then(({ code, signal }) => {
    const how = signal === null ? `with code ${code}` : `by ${signal}`
    for (const { reject } of pending.values()) reject(new Error(`The worker process ended ${how}.`))
  })
  send({
    type: 'workerInitRequest',
    functionAppDirectory: options.directory,
    main: options.main,
    hostVersion: '4.0.0',
  })
  const { capabilities, registered, functions } = await untilReady(
    runtime,
    ready.promise.then(({ capabilities, functions }) => ({
      capabilities,
      registered: functions,
      functions: httpFunctions(functions, options.routePrefix),
    })),
    `The app ${join(options.directory, options.main)} in ${options.library}`,
    options.startTimeoutMs,
  )
  return {
    functions,
    registered,
    httpUri: capabilities['HttpUri'] === undefined ? undefined : new URL(capabilities['HttpUri']),
    get running() {
      return runtime.running && runtime.child.connected
    },
    invoke(request, now) {
      const { promise: response, resolve, reject } = Promise.withResolvers<InvocationResponse>()
      const forget = (): void => void pending.delete(request.invocationId)
      response.then(forget, forget)
      const begun = new Promise<boolean>((settle) => {
        pending.set(request.invocationId, { begin: () => settle(true), resolve, reject })
        // All that it had said has been heard by then.
        void runtime.exited.then(() => settle(false))
      })
      if (runtime.running && runtime.child.connected)
        send({ type: 'invocationRequest', request, ...(now !== undefined && { now }) })
      else reject(new Error('The worker process has ended.'))
      return { begun, response }
    },
    async stop() {
      // The app's appTerminate hooks run, then the worker ends itself.
      const timer = setTimeout(() => void runtime.stop(0), graceMs)
      if (runtime.child.connected) send({ type: 'workerTerminate' })
      await runtime.exited
      clearTimeout(timer)
    },
    async kill() {
      runtime.child.kill('SIGKILL')
      await runtime.exited
    },
  }
}

function logLines(level: LogLevel, text: string, onLog: WorkerOptions['onLog']): void {
  const stream = level === 'error' || level === 'critical' ? 'stderr' : 'stdout'
  for (const line of text.split('\n')) {
    const fields = jsonObject(line)
    onLog(fields === undefined ? { line, stream } : { line, stream, fields })
  }
}

function jsonObject(text: string): Record<string, unknown> | undefined {
  if (!text.startsWith('{')) return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
