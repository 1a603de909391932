export type Queue = <Value>(work: () => Promise<Value>) => Promise<Value>

/** Runs at most `width` pieces of work at a time, in the order in which they came. */
export function createQueue(width: number): Queue {
  const waiting: (() => void)[] = []
  let running = 0
  return async (work) => {
    if (running === width) await new Promise<void>((resolve) => waiting.push(resolve))
    else running++
    try {
      return await work()
    } finally {
      // The place goes to the next in line.
      const next = waiting.shift()
      if (next) next()
      else running--
    }
  }
}
