import type { Clock } from './clock.ts'
import type { DeliveryAttempt, DeliveryRecord, SourceName } from './types.ts'

/** Writes down what becomes of each event. */
export interface Records {
  /** An event was sent to a function. */
  sent(source: SourceName, functionName: string, id: string): DeliveryRecord
  /** The platform hands it over; the attempt is to be completed with what comes of it. */
  begun(record: DeliveryRecord): DeliveryAttempt
  all(): DeliveryRecord[]
}

export function createRecords(clock: Clock): Records {
  const all: DeliveryRecord[] = []
  return {
    sent(source, functionName, id) {
      const record: DeliveryRecord = { id, source, function: functionName, sentAt: new Date(clock.now()), attempts: [] }
      all.push(record)
      return record
    },
    begun(record) {
      const attempt: DeliveryAttempt = { at: new Date(clock.now()), number: record.attempts.length + 1 }
      record.attempts.push(attempt)
      return attempt
    },
    all: () => [...all],
  }
}
