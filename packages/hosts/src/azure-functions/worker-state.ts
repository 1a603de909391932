import type {
  FunctionMetadata,
  InvocationBegun,
  InvocationRequest,
  InvocationResponse,
  LogCategory,
  LogLevel,
  WorkerMessage,
} from './protocol.ts'

/** What an app has registered in this worker process. */
export interface WorkerState {
  started: boolean
  functions: Map<string, { metadata: FunctionMetadata; callback: FunctionCallback }>
  hooks: Record<HookName, HookCallback[]>
  model: ProgrammingModel | undefined
}

export type FunctionCallback = (...args: unknown[]) => unknown
export type HookCallback = (context: object) => unknown
export type HookName = 'appStart' | 'appTerminate' | 'preInvocation' | 'postInvocation' | 'log'

export interface ProgrammingModel {
  name: string
  version: string
  getCapabilities(defaults: Record<string, string>): Promise<Record<string, string>>
  getInvocationModel(context: CoreInvocationContext): InvocationModel
}

export interface InvocationModel {
  getArguments(): Promise<{ context: unknown; inputs: unknown[] }>
  invokeFunction(context: unknown, inputs: unknown[], callback: FunctionCallback): Promise<unknown>
  getResponse(context: unknown, result: unknown): Promise<InvocationResponse>
}

export interface CoreInvocationContext {
  invocationId: string
  request: InvocationRequest
  metadata: FunctionMetadata
  state?: 'preInvocationHooks' | 'invocation' | 'postInvocationHooks' | undefined
  log(level: LogLevel, category: LogCategory, message: string): void
}

export const state: WorkerState = {
  started: false,
  functions: new Map(),
  hooks: { appStart: [], appTerminate: [], preInvocation: [], postInvocation: [], log: [] },
  model: undefined,
}

/** Tells the host of an invocation. @returns whether it will hear it, even if this process ends at once. */
export function reportBegun(invocationId: string): Promise<boolean> {
  const message: InvocationBegun = { type: 'invocationBegun', invocationId }
  return new Promise((resolve) => {
    if (!process.connected) resolve(false)
    else process.send?.(message, (error: Error | null) => resolve(error === null))
  })
}

/** Tells the host; nothing is told once the channel is closed, since then nobody is left to listen. */
export function report(message: WorkerMessage): void {
  if (process.connected) process.send?.(message, () => {})
}
