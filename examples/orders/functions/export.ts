import { http } from 'isobar'

import { store } from '../lib/store.ts'

/** Streamed: the first rows are on their way before the last ones are read. */
export const exportCsv = http('GET /orders.csv', () => {
  const lines = csvLines()
  const encoder = new TextEncoder()
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      const { done, value } = lines.next()
      if (done) controller.close()
      else controller.enqueue(encoder.encode(value))
    },
  })
  return new Response(body, {
    headers: {
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': 'attachment; filename="orders.csv"',
    },
  })
})

function* csvLines(): Generator<string, void> {
  yield 'order,customer,sku,quantity,cents\r\n'
  for (const order of store.all()) {
    for (const { sku, quantity, cents } of order.lines) {
      yield `${[order.id, order.customer, sku, quantity, cents].map(csvField).join(',')}\r\n`
    }
  }
}

function csvField(value: string | number): string {
  const text = String(value)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
