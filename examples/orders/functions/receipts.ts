import { http, HttpError } from 'isobar'

import { store } from '../lib/store.ts'

export const putReceipt = http(
  { route: 'PUT /orders/:id/receipt', maxBodyBytes: 512 * 1024 },
  async (request, { params }) => {
    if (!store.get(params.id)) throw new HttpError(404, `There is no order ${params.id}.`)
    const bytes = new Uint8Array(await request.arrayBuffer())
    store.attach(params.id, request.headers.get('content-type') ?? 'application/octet-stream', bytes)
    return new Response(null, { status: 204 })
  },
)

export const getReceipt = http('GET /orders/:id/receipt', (_, { params }) => {
  const receipt = store.receipt(params.id)
  if (!receipt) throw new HttpError(404, `The order ${params.id} has no receipt.`)
  return new Response(receipt.bytes, {
    headers: {
      'content-type': receipt.type,
      'content-disposition': `attachment; filename="${params.id}"`,
    },
  })
})
