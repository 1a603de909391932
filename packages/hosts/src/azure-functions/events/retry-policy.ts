import type { FunctionMetadata, RetryOptions, RpcDuration } from '../protocol.ts'

/** A function's own retries, which the host does while it holds the event. */
export interface RetryPolicy {
  /** Retries, the first try not counted; Infinity: for ever. */
  maxRetryCount: number
  /** Milliseconds before a retry; counts from 1. */
  delayBefore(retry: number): number
}

/**
 * The policy of a function. Only some triggers have them, of others the host ignores it:
 * https://learn.microsoft.com/azure/azure-functions/functions-bindings-error-pages#retry-policies
 *
 * @throws Error for a strategy that the host does not know.
 */
export function retryPolicy({ name, retryOptions }: FunctionMetadata): RetryPolicy | undefined {
  const { retryStrategy, maxRetryCount = 0 } = retryOptions ?? {}
  if (retryOptions === undefined || retryStrategy === undefined) return undefined
  const delayBefore = delays(name, retryStrategy, retryOptions)
  return { maxRetryCount: maxRetryCount === -1 ? Infinity : maxRetryCount, delayBefore }
}

function delays(name: string, strategy: string, options: RetryOptions): RetryPolicy['delayBefore'] {
  if (strategy === 'fixedDelay') {
    const delay = milliseconds(options.delayInterval)
    return () => delay
  }
  if (strategy === 'exponentialBackoff') {
    const min = milliseconds(options.minimumInterval)
    const max = milliseconds(options.maximumInterval)
    // Azure adds up to a fifth at random, this model nothing:
    // https://github.com/Azure/azure-webjobs-sdk/blob/dev/src/Microsoft.Azure.WebJobs.Host/Timers/RandomizedExponentialBackoffStrategy.cs
    return (retry) => Math.min(max, retry === 1 ? min : min + min * 2 ** (retry - 2))
  }
  throw new Error(
    `The function ${name} has the retry strategy ${JSON.stringify(strategy)}; expected fixedDelay or exponentialBackoff.`,
  )
}

function milliseconds(duration: RpcDuration | undefined): number {
  return (duration?.seconds ?? 0) * 1000
}
