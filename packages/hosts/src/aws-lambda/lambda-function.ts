import { randomBytes, randomUUID } from 'node:crypto'

import { InitFailure, startEnvironment, type Environment, type EnvironmentOptions } from './environment.ts'
import { maxRequestBytes, RequestTooLarge, type Outcome } from './invocation.ts'

export interface LambdaFunctionOptions extends Omit<EnvironmentOptions, 'onIdle' | 'onEnd'> {
  name: string
  /** How long one invocation may take, in milliseconds. */
  timeoutMs: number
  /** How many invocations may run at once, each in an environment of its own. @default 4 */
  maxConcurrency?: number
}

export interface InvokeOptions {
  /** @default a UUID */
  requestId?: string
  /** `Root=…`, as a front door made or passed it. */
  traceRoot?: string
  /** JSON. */
  clientContext?: string | undefined
  /** Called for every line that the function prints meanwhile. */
  onLine?: ((line: string) => void) | undefined
}

/** A function as Lambda runs it: one environment per concurrent invocation, frozen in between, replaced when it ends. */
export interface LambdaFunction {
  readonly name: string
  readonly arn: string
  /** @throws RequestTooLarge */
  invoke(event: Uint8Array, options?: InvokeOptions): Promise<Outcome>
  /** Starts the first environment. @throws InitFailure */
  warm(): Promise<void>
  /** Ends all environments at once, and with them what runs there; the next call gets a new one. */
  kill(): Promise<void>
  stop(): Promise<void>
}

/** Default of `maxConcurrency`. */
export const defaultConcurrency = 4

type Waiter = PromiseWithResolvers<Environment>

/** How long a call waits for an environment that has answered before it gets another one. */
const finishMs = 200

/** Made up, but of the right form; the account of the examples in the vendor's documentation. */
export const accountId = '123456789012'
export const region = 'us-east-1'

export function createLambdaFunction(options: LambdaFunctionOptions): LambdaFunction {
  const { name, timeoutMs, maxConcurrency = defaultConcurrency } = options
  const arn = `arn:aws:lambda:${region}:${accountId}:function:${name}`
  const environments = new Set<Environment>()
  const idle: Environment[] = []
  /** Have answered and will ask for the next invocation within a moment: the next call waits for them. */
  const answered = new Set<Environment>()
  const current = new Map<Environment, string>()
  const waiting: Waiter[] = []
  /** Environments that run, are being started or have not ended yet. */
  let slots = 0
  let stopped = false

  const onIdle = (environment: Environment): void => {
    answered.delete(environment)
    current.delete(environment)
    const waiter = waiting.shift()
    if (waiter !== undefined) return waiter.resolve(environment)
    idle.push(environment)
    environment.freeze()
  }
  const onEnd = (environment: Environment): void => {
    slots -= 1
    environments.delete(environment)
    answered.delete(environment)
    current.delete(environment)
    const index = idle.indexOf(environment)
    if (index >= 0) idle.splice(index, 1)
    const waiter = waiting.shift()
    if (waiter !== undefined) acquire().then(waiter.resolve, waiter.reject)
  }
  const start = async (): Promise<Environment> => {
    slots += 1
    let environment: Environment
    try {
      environment = await startEnvironment({ ...options, onIdle, onEnd })
    } catch (error) {
      slots -= 1
      throw error
    }
    environments.add(environment)
    if (stopped) await environment.stop()
    await environment.ready
    return environment
  }
  const acquire = async (): Promise<Environment> => {
    if (stopped) throw new Error(`The function ${name} has been stopped.`)
    const environment = idle.pop()
    if (environment !== undefined) return environment
    const finishing = answered.size > waiting.length
    if (slots < maxConcurrency && !finishing) return start()
    const waiter: Waiter = Promise.withResolvers()
    waiting.push(waiter)
    if (finishing) setTimeout(() => startFor(waiter), finishMs).unref()
    return waiter.promise
  }
  /** What goes on after its answer keeps an environment. */
  const startFor = (waiter: Waiter): void => {
    const index = waiting.indexOf(waiter)
    if (index < 0 || slots >= maxConcurrency) return
    waiting.splice(index, 1)
    start().then(waiter.resolve, waiter.reject)
  }

  return {
    name,
    arn,
    async invoke(event, { requestId = randomUUID(), traceRoot = newTraceRoot(), clientContext, onLine } = {}) {
      if (event.length > maxRequestBytes) throw new RequestTooLarge('InvokeFunction')
      let environment: Environment
      try {
        environment = await acquire()
      } catch (error) {
        if (error instanceof InitFailure) return { kind: 'error', payload: error.payload }
        throw error
      }
      const invocation = {
        id: requestId,
        event,
        deadline: Date.now() + timeoutMs,
        functionArn: arn,
        traceId: `${traceRoot};Parent=${randomBytes(8).toString('hex')};Sampled=0`,
        clientContext,
      }
      current.set(environment, requestId)
      const outcome = await environment.invoke(invocation, onLine)
      const onAnswered = (): void => {
        if (current.get(environment) === requestId) answered.add(environment)
      }
      if (outcome.kind === 'stream') return { ...outcome, body: tellEnd(outcome.body, onAnswered) }
      onAnswered()
      return outcome
    },
    async warm() {
      onIdle(await start())
    },
    async kill() {
      await Promise.all([...environments].map((environment) => environment.kill()))
    },
    async stop() {
      stopped = true
      for (const waiter of waiting.splice(0)) waiter.reject(new Error(`The function ${name} has been stopped.`))
      await Promise.all([...environments].map((environment) => environment.stop()))
    },
  }
}

async function* tellEnd(body: AsyncIterable<Uint8Array>, onEnd: () => void): AsyncGenerator<Uint8Array> {
  try {
    yield* body
  } finally {
    onEnd()
  }
}

/** `Root=1-<seconds, hex>-<96 bits, hex>`, see https://docs.aws.amazon.com/xray/latest/devguide/xray-api-sendingdata.html */
export function newTraceRoot(now: number = Date.now()): string {
  return `Root=1-${Math.floor(now / 1000).toString(16)}-${randomBytes(12).toString('hex')}`
}
