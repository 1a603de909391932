import { MalformedEventError, type MalformedMessage } from '@isobar/core/adapter'
import { member } from './event.ts'

/**
 * Is it an event of at least one record, and each record one of the source that the function was built for? Whatever else
 * comes is never acknowledged (E4).
 *
 * @param is whether a record has what the answer of the function needs.
 */
export function hasRecords<Item>(
  event: unknown,
  is: (record: unknown) => record is Item,
): event is { Records: [Item, ...Item[]] } {
  const records = member(event, 'Records')
  return Array.isArray(records) && records.length > 0 && records.every((record) => is(record))
}

/** A record that its source does not send in this form: what came, and what was expected. */
export function malformed(id: string | undefined, what: string, expected: string, came: unknown): MalformedMessage {
  const shown = came === undefined ? 'is missing' : `is ${JSON.stringify(came).slice(0, 60)}`
  return {
    ...(id !== undefined && { id }),
    malformed: new MalformedEventError(`${what} ${shown}, and should be ${expected}.`),
  }
}

const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}(?:==)?|[A-Za-z0-9+/]{3}=?)?$/

/** The bytes that a text stands for; undefined when it is no base64. */
export function fromBase64(text: string): Uint8Array | undefined {
  return base64.test(text) ? new Uint8Array(Buffer.from(text, 'base64')) : undefined
}

/** The instant of a number of milliseconds, given as text; undefined when it is none. */
export function instant(milliseconds: unknown): Date | undefined {
  const date = new Date(typeof milliseconds === 'string' ? Number(milliseconds) : Number.NaN)
  return Number.isNaN(date.getTime()) ? undefined : date
}

/** @throws RangeError when there is no such record. */
export function at<Item>(records: readonly Item[], index: number): Item {
  const record = records[index]
  if (record === undefined) throw new RangeError(`There is no record ${index}.`)
  return record
}
