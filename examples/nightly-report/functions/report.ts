import { schedule } from 'isobar'
import { salesOf, toCsv } from '../lib/sales.ts'

/**
 * Writes the report of the day before. The day comes from the tick, not from the clock: a tick that comes late, or again,
 * writes the same report to the same place.
 */
export const nightly = schedule('30 2 * * *', async (tick, context) => {
  const day = new Date(Date.parse(tick.time) - 24 * 60 * 60 * 1000).toISOString().slice(0, 10)
  const sales = await salesOf(day, context)
  const base = context.env['REPORTS_URL']
  if (base === undefined) throw new Error('The environment variable REPORTS_URL is not set.')
  const response = await fetch(`${base}/sales-${day}.csv`, {
    method: 'PUT',
    headers: { 'content-type': 'text/csv; charset=utf-8' },
    body: toCsv(sales),
    signal: context.signal,
  })
  if (!response.ok) throw new Error(`The report of ${day} was not taken: ${response.status}.`)
  context.log.info('report written', { day, rows: sales.length })
})
