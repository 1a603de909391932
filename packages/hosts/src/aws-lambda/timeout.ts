/** The result of `work`, or `late` when it takes longer; the work itself goes on. */
export async function inTime<T>(timeoutMs: number, late: T, work: () => Promise<T>): Promise<T> {
  const limit = Promise.withResolvers<T>()
  const timer = setTimeout(() => limit.resolve(late), timeoutMs)
  try {
    return await Promise.race([work(), limit.promise])
  } finally {
    clearTimeout(timer)
  }
}
