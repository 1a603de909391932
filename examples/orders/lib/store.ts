/**
 * Stands where a database goes. It lives in the memory of one instance, so a real service puts its own store behind
 * the same functions: a platform may start a second instance, or end this one, at any time.
 */
export interface Order {
  id: string
  customer: string
  lines: { sku: string; quantity: number; cents: number }[]
}

const orders = new Map<string, Order>()
const receipts = new Map<string, { type: string; bytes: Uint8Array<ArrayBuffer> }>()

export const store = {
  add(order: Order): void {
    orders.set(order.id, order)
  },
  get: (id: string): Order | undefined => orders.get(id),
  latest: (): Order | undefined => [...orders.values()].at(-1),
  /** One at a time, so that an export does not hold them all. */
  all: (): IterableIterator<Order> => orders.values(),
  attach(id: string, type: string, bytes: Uint8Array<ArrayBuffer>): void {
    receipts.set(id, { type, bytes })
  },
  receipt: (id: string): { type: string; bytes: Uint8Array<ArrayBuffer> } | undefined => receipts.get(id),
}
