/** What is to be done at a time. */
export interface Due<T> {
  time: number
  what: T
}

/** A heap: the earliest first, of equal ones in any order. */
export interface DueHeap<T> {
  add(entry: Due<T>): void
  peek(): Due<T> | undefined
  take(): Due<T> | undefined
}

export function createDueHeap<T>(): DueHeap<T> {
  const heap: Due<T>[] = []
  const earlier = (a: number, b: number): boolean => (heap[a]?.time ?? Infinity) < (heap[b]?.time ?? Infinity)
  const swap = (a: number, b: number): void => {
    const [one, other] = [heap[a], heap[b]]
    if (one === undefined || other === undefined) return
    heap[a] = other
    heap[b] = one
  }
  return {
    add(entry) {
      heap.push(entry)
      let at = heap.length - 1
      while (at > 0) {
        const parent = (at - 1) >> 1
        if (!earlier(at, parent)) break
        swap(at, parent)
        at = parent
      }
    },
    peek: () => heap[0],
    take() {
      const first = heap[0]
      const last = heap.pop()
      if (last === undefined || heap.length === 0) return first
      heap[0] = last
      for (let at = 0; ;) {
        const [left, right] = [2 * at + 1, 2 * at + 2]
        const child = earlier(right, left) ? right : left
        if (!earlier(child, at)) return first
        swap(child, at)
        at = child
      }
    },
  }
}
