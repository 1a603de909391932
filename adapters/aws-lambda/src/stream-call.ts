import { runEvents, type EventCall, type EventFunction } from '@isobar/core/adapter'
import { invocation } from './invocation.ts'
import type { NativeEvent } from './native-events.ts'
import type { BatchResult } from './sqs.ts'

/**
 * Runs a batch of one shard, in order. What failed first is where the batch goes on, whatever the partition keys are, since
 * a shard has one checkpoint.
 *
 * A batch of which nothing is done is a failed invocation: Lambda then halves it (BisectBatchOnFunctionError), until the
 * record that fails is alone. Reported, it would be cut where it begins, which leaves the records behind it to be discarded
 * with it when the attempts are used up.
 *
 * https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-batchfailurereporting.html
 * https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
 *
 * @param sequences of the records, in their order.
 * @throws the error of the first record when it is to come again.
 */
export async function runShard(
  fn: EventFunction,
  native: NativeEvent,
  sequences: readonly string[],
  call: Pick<EventCall, 'messages' | 'reject'>,
): Promise<BatchResult> {
  const { outcomes, settle } = await runEvents(fn, {
    ...invocation(native, Infinity),
    ...call,
    ordered: true,
    partition: 'batch',
  })
  await settle()
  const [first] = outcomes
  if (first?.kind === 'retry') throw first.error
  const failed = sequences.find((_, index) => outcomes[index]?.kind === 'retry')
  return { batchItemFailures: failed === undefined ? [] : [{ itemIdentifier: failed }] }
}
