import type { EventContext } from 'isobar'

export interface Sale {
  sku: string
  quantity: number
  cents: number
}

/** @param day `2026-01-31` */
export async function salesOf(day: string, context: EventContext): Promise<Sale[]> {
  const base = context.env['SALES_URL']
  if (base === undefined) throw new Error('The environment variable SALES_URL is not set.')
  const response = await fetch(`${base}/sales?day=${day}`, { signal: context.signal })
  if (!response.ok) throw new Error(`The sales of ${day} cannot be had: ${response.status}.`)
  return response.json()
}

/** https://www.rfc-editor.org/rfc/rfc4180 */
export function toCsv(sales: readonly Sale[]): string {
  const rows = sales.map(({ sku, quantity, cents }) => [sku, String(quantity), (cents / 100).toFixed(2)])
  return [['sku', 'quantity', 'amount'], ...rows].map((row) => row.map(quote).join(',')).join('\r\n') + '\r\n'
}

function quote(value: string): string {
  return /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value
}
