import { queue, Reject } from 'isobar'
import * as v from 'valibot'
import { call } from '../lib/services.ts'

const Order = v.object({
  id: v.pipe(v.string(), v.minLength(1)),
  customer: v.string(),
  cents: v.pipe(v.number(), v.integer()),
  currency: v.optional(v.picklist(['CHF', 'EUR', 'USD']), 'EUR'),
})

/** Charges an order. An order that the schema refuses never comes here: it is set aside with the reason in the log. */
export const charge = queue({ queue: 'orders', schema: Order, maxAttempts: 5 }, async (message, context) => {
  const { id, customer, cents, currency } = message.data
  if (cents <= 0) throw Reject(`The order ${id} is over ${cents} cents.`)
  await call(context, 'PAYMENTS_URL', '/charges', `${message.source}/${message.id}`, {
    order: id,
    customer,
    cents,
    currency,
  })
  context.log.info('charged', { order: id, attempt: context.delivery.attempt })
})
