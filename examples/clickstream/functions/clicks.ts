import { Reject, stream } from 'isobar'
import * as v from 'valibot'

const Click = v.object({
  page: v.pipe(v.string(), v.startsWith('/')),
  visitor: v.string(),
  at: v.pipe(v.string(), v.isoTimestamp()),
})

/**
 * Counts clicks by page and minute. Records of one key come in order, and a batch is repeated from the first that failed:
 * a record may come twice, so the counter is told the record's own id and counts it once.
 */
export const countClicks = stream({ stream: 'clicks', schema: Click }, async (record, context) => {
  const { page, visitor, at } = record.data
  const minute = `${at.slice(0, 16)}Z`
  const base = context.env['COUNTERS_URL']
  if (base === undefined) throw new Error('The environment variable COUNTERS_URL is not set.')
  const response = await fetch(`${base}/counters`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': `${record.source}/${record.id}` },
    body: JSON.stringify({ page, minute, visitor }),
    signal: context.signal,
  })
  // What the counter will never take must not hold the records behind it.
  if (response.status === 422) throw Reject(`The counter does not take ${page}.`)
  if (!response.ok) throw new Error(`The counter answers ${response.status}.`)
})
