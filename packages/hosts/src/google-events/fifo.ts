/** First in, first out, without moving what is left. */
export interface Fifo<T> {
  push(item: T): void
  shift(): T | undefined
}

export function createFifo<T>(): Fifo<T> {
  let incoming: T[] = []
  let outgoing: T[] = []
  return {
    push(item) {
      incoming.push(item)
    },
    shift() {
      if (outgoing.length === 0) {
        outgoing = incoming.toReversed()
        incoming = []
      }
      return outgoing.pop()
    },
  }
}
