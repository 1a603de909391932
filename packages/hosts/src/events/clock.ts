/** A clock that stands still but for `advance`, and what is to happen on it. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number
  /** Has something happen at a time; what is past happens with the next `settle`. @returns a function that cancels it */
  at(time: number, act: () => Promise<void> | void): () => void
  /** Does what is due, and what that makes due, until nothing is. */
  settle(): Promise<void>
  /** Moves the clock from one due time to the next, up to a time or by milliseconds. @throws RangeError for a time that is past */
  advance(time: number | Date): Promise<void>
}

interface Task {
  time: number
  act(): Promise<void> | void
}

/** @param start milliseconds since 1970. Default: now. */
export function createClock(start: number = Date.now()): Clock {
  let now = start
  const tasks = new Set<Task>()
  const running = new Set<Promise<void>>()
  /** No task is due before it: most calls need not look. */
  let soonest = Infinity

  const next = (): number => {
    let least = Infinity
    for (const { time } of tasks) least = Math.min(least, time)
    return least
  }
  const begin = (task: Task): void => {
    tasks.delete(task)
    const run: Promise<void> = Promise.resolve()
      .then(task.act)
      .finally(() => running.delete(run))
    running.add(run)
  }
  /** What is due at one time runs side by side; what is running may make more due. */
  const settle = async (): Promise<void> => {
    for (;;) {
      if (soonest <= now) {
        for (const task of tasks) if (task.time <= now) begin(task)
        soonest = next()
      }
      if (running.size === 0) return
      await Promise.race(running)
    }
  }

  return {
    now: () => now,
    at(time, act) {
      const task: Task = { time, act }
      tasks.add(task)
      soonest = Math.min(soonest, time)
      return () => void tasks.delete(task)
    },
    settle,
    async advance(time) {
      const until = typeof time === 'number' ? now + time : time.getTime()
      if (!(until >= now)) throw new RangeError(`The clock is at ${new Date(now).toISOString()} and only goes forward.`)
      await settle()
      for (let due = next(); due <= until; due = next()) {
        now = Math.max(now, due)
        await settle()
      }
      now = Math.max(now, until)
    },
  }
}
