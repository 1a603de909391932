import { startTimer, type Invocation } from './invocation.ts'

/** What a handler that is not done in time is ended with (C2). */
export class DeadlineError extends Error {
  constructor(message = 'The handler was not done before its deadline.') {
    super(message)
    this.name = 'DeadlineError'
  }
}

/**
 * Rejects with a DeadlineError when the work is not done by `answerBy`. What comes of it later goes to `letGo`; a late
 * failure is logged.
 */
export async function beforeDeadline<T>(
  work: Promise<T>,
  invocation: Invocation,
  letGo: (late: T) => void = () => undefined,
): Promise<T> {
  const { answerBy } = invocation
  if (answerBy === undefined) return work
  let timer: ReturnType<typeof setTimeout> | undefined
  const expired = new Promise<never>((_, reject) => {
    timer = startTimer(() => reject(new DeadlineError()), answerBy - Date.now())
  })
  try {
    return await Promise.race([work, expired])
  } catch (error) {
    if (error instanceof DeadlineError) {
      work.then(letGo, (late: unknown) => invocation.fault('handler', 'The handler failed after its deadline.', late))
    }
    throw error
  } finally {
    clearTimeout(timer)
  }
}
