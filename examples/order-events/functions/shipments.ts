import { topic } from 'isobar'
import * as v from 'valibot'
import { call } from '../lib/services.ts'

const Shipment = v.object({
  order: v.string(),
  customer: v.string(),
  lines: v.array(v.object({ sku: v.string(), quantity: v.number() })),
})

/** Both get every shipment; one that fails comes again to its own function only. */
export const tellCustomer = topic({ topic: 'shipments', schema: Shipment }, async (message, context) => {
  const { order, customer } = message.data
  await call(context, 'MAIL_URL', '/messages', `${message.id}/mail`, {
    to: customer,
    text: `Your order ${order} is on its way.`,
  })
})

export const reduceStock = topic({ topic: 'shipments', schema: Shipment }, async (message, context) => {
  for (const { sku, quantity } of message.data.lines) {
    await call(context, 'STOCK_URL', `/items/${encodeURIComponent(sku)}`, `${message.id}/${sku}`, { change: -quantity })
  }
})
