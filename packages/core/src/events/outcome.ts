/** Thrown by a handler whose event shall come again after a while. Made by `Retry.after`. */
export class RetryError extends Error {
  /** Tells an error of another copy of this package, which `instanceof` cannot. */
  readonly 'isobar.retry': true = true
  readonly delaySeconds: number

  constructor(delaySeconds: number, reason?: string) {
    super(reason ?? `Again after ${delaySeconds} s.`)
    this.name = 'Retry'
    this.delaySeconds = delaySeconds
  }
}

/** Thrown by a handler whose event shall not come again: it is set aside as dead. Made by `Reject`. */
export class RejectError extends Error {
  readonly 'isobar.reject': true = true

  constructor(reason: string, options?: { cause?: unknown }) {
    super(reason, options)
    this.name = 'Reject'
  }
}

export const Retry: {
  /**
   * `throw Retry.after(30)`: the event comes again after that time, where the target can delay (`queue.delay`), else as
   * after any other error.
   *
   * @param seconds 0 or more; what a platform cannot do is rounded to the nearest that it can.
   * @throws RangeError for anything else.
   */
  after(seconds: number, reason?: string): RetryError
} = {
  after(seconds, reason) {
    if (!Number.isFinite(seconds) || seconds < 0) {
      throw new RangeError(`Retry.after takes a number of seconds, 0 or more, got ${String(seconds)}.`)
    }
    return new RetryError(seconds, reason)
  },
}

/**
 * `throw Reject('no such order')`: the event is set aside as dead at once, whatever attempts are left.
 *
 * @param reason goes to the log and, where it can be carried, with the event.
 */
export function Reject(reason: string, options?: { cause?: unknown }): RejectError {
  return new RejectError(reason, options)
}

export function isRetry(value: unknown): value is RetryError {
  return hasMark(value, 'isobar.retry') && 'delaySeconds' in value && typeof value.delaySeconds === 'number'
}

export function isReject(value: unknown): value is RejectError {
  return hasMark(value, 'isobar.reject') && 'message' in value && typeof value.message === 'string'
}

function hasMark(value: unknown, mark: string): value is object {
  try {
    return typeof value === 'object' && value !== null && mark in value
  } catch {
    return false
  }
}
