import { ownScript } from '../own-script.ts'
import { defaultStartTimeoutMs } from '../running.ts'
import { startRuntime, type RuntimeProcess } from '../runtime-process.ts'
import type { LogEntry } from '../types.ts'
import { errorPayload, type FunctionError, type Invocation, type Outcome } from './invocation.ts'
import { createRuntimeApi } from './runtime-api.ts'

export interface EnvironmentOptions {
  /** `index.mjs` of aws-lambda-ric. */
  script: string
  /** Where the function's code is: the working directory and `LAMBDA_TASK_ROOT`. */
  taskRoot: string
  env: Record<string, string>
  /** @default 15000 */
  initTimeoutMs?: number | undefined
  onLog: (entry: LogEntry) => void
  /** The runtime asked for the next invocation after it had finished one. */
  onIdle: (environment: Environment) => void
  /** The process has ended; the environment is of no more use. */
  onEnd: (environment: Environment) => void
}

/** An execution environment: one process with the runtime and the function, called once at a time. */
export interface Environment {
  /** Resolves when the runtime first asks for an invocation. @throws InitFailure */
  readonly ready: Promise<void>
  /** The invocation runs until the runtime asks for the next one; the outcome may be there before that. `onLine` gets what is printed meanwhile. */
  invoke(invocation: Invocation, onLine?: (line: string) => void): Promise<Outcome>
  freeze(): void
  /** Ends it as a crash of the machine would; resolves when it has ended. */
  kill(): Promise<void>
  stop(): Promise<void>
}

/** The function could not be initialized: `payload` is what invocations answer, the message shows what was printed. */
export class InitFailure extends Error {
  override readonly name = 'InitFailure'
  readonly payload: Uint8Array

  constructor(payload: Uint8Array, output: string) {
    const printed = output === '' ? ' It printed nothing.' : ` It printed:\n${output.replaceAll(/^/gm, '  ')}`
    super(`The Lambda function could not be initialized: ${described(payload)}.${printed}`)
    this.payload = payload
  }
}

/** Starts a process for the function. It is listened to from the first moment: await `ready` before anything else. */
export async function startEnvironment(options: EnvironmentOptions): Promise<Environment> {
  const ready = Promise.withResolvers<void>()
  // Whoever never comes to await it learns of the failure by `onEnd`.
  ready.promise.catch(() => {})
  let initialized = false
  let initError: Uint8Array | undefined
  let deadline: NodeJS.Timeout | undefined
  let printed: ((line: string) => void) | undefined

  const api = await createRuntimeApi({
    onNext() {
      clearTimeout(deadline)
      if (initialized) return options.onIdle(environment)
      initialized = true
      ready.resolve()
    },
    onInitError(payload) {
      initError = payload
    },
  })
  let runtime: RuntimeProcess
  try {
    runtime = startRuntime({
      script: options.script,
      cwd: options.taskRoot,
      env: { ...options.env, LAMBDA_TASK_ROOT: options.taskRoot, AWS_LAMBDA_RUNTIME_API: api.address },
      preload: [ownScript('#aws-lambda/rapid-client'), ownScript('#aws-lambda/resolve')],
      onLog(entry) {
        options.onLog(entry)
        printed?.(entry.line)
      },
    })
  } catch (error) {
    await api.close()
    throw error
  }
  const initTimeoutMs = options.initTimeoutMs ?? defaultStartTimeoutMs
  const initTimer = setTimeout(() => {
    initError ??= errorPayload({
      errorType: 'Sandbox.Timedout',
      errorMessage: `The function was not initialized after ${initTimeoutMs} ms (option startTimeoutMs).`,
    })
    kill(runtime)
  }, initTimeoutMs)
  void ready.promise.then(() => clearTimeout(initTimer)).catch(() => {})

  let requestId = ''
  const ended = runtime.exited.then(async (exit) => {
    clearTimeout(initTimer)
    clearTimeout(deadline)
    const error = exitError(requestId, exit)
    api.fail(error)
    ready.reject(new InitFailure(initError ?? errorPayload(error), exit.output))
    await api.close()
    options.onEnd(environment)
  })

  const environment: Environment = {
    ready: ready.promise,
    invoke(invocation, onLine) {
      requestId = invocation.id
      printed = onLine
      const timeoutMs = invocation.deadline - Date.now()
      runtime.thaw()
      deadline = setTimeout(() => {
        api.fail(timeoutError(invocation.id, timeoutMs))
        kill(runtime)
      }, timeoutMs)
      return api.hand(invocation)
    },
    freeze() {
      runtime.freeze()
    },
    async kill() {
      kill(runtime)
      await ended
    },
    async stop() {
      await runtime.stop(0)
    },
  }
  return environment
}

/** Type and message of an error object, or the text that came instead of one. */
function described(payload: Uint8Array): string {
  const text = Buffer.from(payload).toString()
  try {
    const { errorType, errorMessage }: Partial<FunctionError> = JSON.parse(text)
    return `${errorType}: ${errorMessage}`
  } catch {
    return text
  }
}

/** Lambda ends an environment without a word to it: SIGTERM is for functions with extensions. */
function kill(runtime: RuntimeProcess): void {
  if (runtime.running) runtime.child.kill('SIGKILL')
}

/** https://docs.aws.amazon.com/lambda/latest/dg/troubleshooting-invocation.html#troubleshooting-timeouts */
function timeoutError(id: string, timeoutMs: number): FunctionError {
  const seconds = (timeoutMs / 1000).toFixed(2)
  return {
    errorType: 'Sandbox.Timedout',
    errorMessage: `RequestId: ${id} Error: Task timed out after ${seconds} seconds`,
  }
}

/** https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html (failures during the invoke phase) */
function exitError(id: string, exit: { code: number | null; signal: string | null }): FunctionError {
  const how =
    exit.code === 0
      ? 'Runtime exited without providing a reason'
      : `Runtime exited with error: ${exit.signal === null ? `exit status ${exit.code}` : `signal: ${exit.signal}`}`
  return { errorType: 'Runtime.ExitError', errorMessage: `RequestId: ${id} Error: ${how}` }
}
