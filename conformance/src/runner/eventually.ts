const pollMs = 20

/** Tries an assertion every 20 ms until it holds; throws what it threw last when the time is up or `isOver`. */
export async function eventually<Result>(
  assertion: () => Result | Promise<Result>,
  isOver: () => boolean,
  timeoutMs = 2000,
): Promise<Result> {
  const until = performance.now() + timeoutMs
  for (;;) {
    try {
      return await assertion()
    } catch (error) {
      if (isOver() || performance.now() >= until) throw error
    }
    await new Promise((resolve) => setTimeout(resolve, pollMs))
  }
}
