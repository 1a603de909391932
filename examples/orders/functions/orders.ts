import { http, HttpError } from 'isobar'
import * as v from 'valibot'

import { customerOf } from '../lib/session.ts'
import { store } from '../lib/store.ts'

const NewOrder = v.object({
  lines: v.pipe(
    v.array(
      v.object({
        sku: v.pipe(v.string(), v.minLength(1)),
        quantity: v.pipe(v.number(), v.integer(), v.minValue(1)),
        cents: v.pipe(v.number(), v.integer(), v.minValue(0)),
      }),
    ),
    v.minLength(1),
  ),
})

export const createOrder = http({ route: 'POST /orders', maxBodyBytes: 64 * 1024 }, async (request, context) => {
  const customer = await customerOf(request, context)
  // Any Standard Schema library does: https://standardschema.dev
  const checked = await NewOrder['~standard'].validate(await readJson(request))
  if (checked.issues) {
    throw new HttpError(422, checked.issues.map(({ message, path }) => `${pointer(path)}: ${message}`).join('; '))
  }
  const order = { id: crypto.randomUUID(), customer, lines: checked.value.lines }
  store.add(order)
  context.waitUntil(notifyWarehouse(order.id).then(() => context.log.info('warehouse notified', { order: order.id })))
  return Response.json(order, { status: 201, headers: { location: `/orders/${order.id}` } })
})

export const getOrder = http('GET /orders/:id', (_, { params }) => {
  const order = store.get(params.id)
  if (!order) throw new HttpError(404, `There is no order ${params.id}.`)
  return Response.json(order)
})

export const latestOrder = http('GET /orders/latest', () => {
  const order = store.latest()
  if (!order) throw new HttpError(404, 'There are no orders yet.')
  return new Response(null, { status: 303, headers: { location: `/orders/${order.id}` } })
})

async function readJson(request: Request): Promise<unknown> {
  try {
    return await request.json()
  } catch (cause) {
    if (cause instanceof SyntaxError) throw new HttpError(400, 'The body is not JSON.', { cause })
    throw cause
  }
}

function pointer(path: readonly (PropertyKey | { key: PropertyKey })[] | undefined): string {
  return `/${(path ?? []).map((step) => String(typeof step === 'object' ? step.key : step)).join('/')}`
}

/** Stands for a call to another service that the customer need not wait for. */
async function notifyWarehouse(_order: string): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 20))
}
