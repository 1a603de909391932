import type { Records } from '../../events/records.ts'
import type { DeliveryRecord } from '../../events/types.ts'
import type { EventFunction } from './event-function.ts'
import type { Invoker, TriggerInput } from './invoker.ts'

/**
 * Hands a batch to a function of a source with checkpoints. The checkpoint comes after the last try, whatever came of it,
 * so that a batch that fails is lost unless the function's policy tries again.
 *
 * @param onEnd is called when the checkpoint is made.
 */
export function runBatch(
  { invoker, fn, records }: { invoker: Invoker; fn: EventFunction; records: Records },
  batch: readonly DeliveryRecord[],
  input: () => TriggerInput,
  onEnd: () => void,
): Promise<void> {
  return invoker.runWithPolicy(
    fn,
    input,
    () => {
      const attempts = batch.map((record) => records.begun(record))
      return (error) => {
        for (const attempt of attempts) {
          attempt.outcome = error === undefined ? 'ack' : 'retry'
          if (error !== undefined) attempt.error = error
        }
      }
    },
    (error) => {
      for (const record of batch) record.end = error === undefined ? 'acknowledged' : 'dropped'
      onEnd()
    },
  )
}
