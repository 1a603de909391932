import { type EventDefinition, queue, type StandardSchemaV1 } from '@isobar/core'
import { obey } from '../lib/obey.ts'

// Every queue has the same number of attempts: some platforms have one setting for all queues of an application.
const maxAttempts = 5

export const jobs: EventDefinition = queue({ queue: 'jobs', maxAttempts }, obey)
export const texts: EventDefinition = queue({ queue: 'texts', data: 'text', maxAttempts }, obey)
export const blobs: EventDefinition = queue({ queue: 'blobs', data: 'bytes', maxAttempts }, obey)
export const single: EventDefinition = queue({ queue: 'single', concurrency: 1, maxAttempts }, obey)
export const slow: EventDefinition = queue({ queue: 'slow', timeoutMs: 400, maxAttempts }, obey)

/** An order, and what a sender may have left out. */
const order: StandardSchemaV1<unknown, { id: string; amount: number }> = {
  '~standard': {
    version: 1,
    vendor: 'conformance',
    validate(value) {
      if (typeof value !== 'object' || value === null) return { issues: [{ message: 'must be an object' }] }
      const id = 'id' in value ? value.id : undefined
      const amount = 'amount' in value ? value.amount : 1
      if (typeof id !== 'string') return { issues: [{ message: 'must be a text', path: ['id'] }] }
      if (typeof amount !== 'number') return { issues: [{ message: 'must be a number', path: ['amount'] }] }
      return { value: { id, amount } }
    },
  },
}

export const checked: EventDefinition = queue({ queue: 'checked', schema: order, maxAttempts }, obey)
export const rechecked: EventDefinition = queue(
  { queue: 'rechecked', schema: order, invalid: 'retry', maxAttempts },
  obey,
)
