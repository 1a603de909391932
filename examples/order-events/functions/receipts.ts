import { Reject, storage } from 'isobar'
import { call } from '../lib/services.ts'

/** Enters a receipt into the books when its file arrives. The event tells of the object and never has its content. */
export const fileReceipt = storage({ bucket: 'order-events-receipts', on: 'created' }, async (object, context) => {
  const { bucket, key, size } = object.data
  const order = /^receipts\/([^/]+)\.pdf$/.exec(key)?.[1]
  if (order === undefined) throw Reject(`'${key}' is no receipt: receipts are receipts/<order>.pdf.`)
  await call(context, 'BOOKS_URL', '/receipts', `${object.source}/${object.id}`, {
    order,
    file: `${bucket}/${key}`,
    size,
  })
})
