import { randomUUID } from 'node:crypto'

import type { DeadLetter, DeliveryRecord } from '../../../events/types.ts'
import { collectOutcome } from '../../invocation.ts'
import { failureDestination } from '../async/settings.ts'
import { batchFailures } from '../batch-item-failures.ts'
import { plainDeadLetter } from '../dead-letters.ts'
import { invocationRecord } from '../invocation-record.ts'
import type { Consumer, EventPlatformParts } from '../parts.ts'
import { flagOf, isObject, listOf, numberOf, objectOf, textOf, type Properties } from '../values.ts'
import type { Trigger } from '../wiring.ts'
import { readShard, type ReaderSettings } from './reader.ts'
import type { Shard, Stream, StreamRecord } from './stream.ts'

/** How a function follows a stream; gets a delivery for each record. */
export interface StreamMapping {
  consumer: Consumer
  follow(record: StreamRecord, delivery: DeliveryRecord): void
}

/**
 * Lets Lambda read a stream for a function:
 * https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-parameters.html
 * https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-params.html
 *
 * @param batchInfo what tells the positions of records that were given up: `KinesisBatchInfo`.
 * @throws Error for what Lambda would not create.
 */
export function mapStream(
  parts: EventPlatformParts,
  trigger: Extract<Trigger, { kind: 'mapping' }>,
  consumer: Consumer,
  stream: Stream,
  batchInfo: string,
): StreamMapping {
  const { clock, records } = parts
  const { settings, id, function: one } = trigger
  checkSettings(settings, id)
  const reports = listOf(settings['FunctionResponseTypes']).includes('ReportBatchItemFailures')
  const onFailure = failureDestination(settings, id, parts.queues)
  const deliveries = new Map<StreamRecord, DeliveryRecord>()
  const end = (all: readonly StreamRecord[], how: NonNullable<DeliveryRecord['end']>): void => {
    for (const record of all) {
      const delivery = deliveries.get(record)
      if (delivery !== undefined) delivery.end = how
      deliveries.delete(record)
    }
  }
  const read = (shard: Shard): (() => void) =>
    readShard(
      shard,
      readerSettings(settings, stream),
      {
        async invoke(batch) {
          const attempts = batch.map((record) => {
            const delivery = deliveries.get(record)
            return delivery && records.begun(delivery)
          })
          const event = JSON.stringify({ Records: batch.map(({ native }) => native) })
          const outcome = await collectOutcome(await consumer.lambda.invoke(Buffer.from(event)))
          const identifiers = batch.map(({ sequenceNumber }) => sequenceNumber)
          const failures = batchFailures(outcome, reports, new Set(identifiers))
          const lowest = failures.all ? 0 : identifiers.findIndex((one) => failures.failed.has(one))
          for (const [index, attempt] of attempts.entries()) {
            if (attempt === undefined) continue
            const failed = lowest >= 0 && index >= lowest
            attempt.outcome = failed ? 'retry' : 'ack'
            if (failed)
              attempt.error = failures.all ? failures.error : 'The function reported this or an earlier record.'
          }
          return failures
        },
        passed: (all) => end(all, 'acknowledged'),
        discarded(all, condition, count) {
          end(all, onFailure === undefined ? 'dropped' : 'dead-lettered')
          const given = {
            timestamp: new Date(clock.now()),
            requestId: randomUUID(),
            functionArn: one.arn,
            condition,
            count,
          }
          const info = JSON.stringify(batchInfoOf(all, shard, stream))
          onFailure?.send({ body: invocationRecord(given, [[batchInfo, info]]), attributes: {} })
        },
      },
      clock,
    )
  const readers = new Map(stream.shards.map((shard) => [shard, read(shard)]))
  stream.listen((shard) => readers.get(shard)?.())
  if (onFailure !== undefined) {
    // A record of a batch has positions only: what it was is read from the stream.
    parts.addDead(consumer.source, {
      queue: onFailure,
      read: ({ body, ...message }) =>
        readBatch(body, batchInfo, one.arn, stream) ?? [plainDeadLetter({ ...message, body })],
    })
  }
  return { consumer, follow: (record, delivery) => void deliveries.set(record, delivery) }
}

function checkSettings(settings: Properties, id: string): void {
  for (const name of ['FilterCriteria', 'TumblingWindowInSeconds']) {
    if (settings[name] !== undefined)
      throw new Error(`template.yaml: ${id} has ${name}, which this host does not model.`)
  }
  if (textOf(settings['StartingPosition']) === undefined)
    throw new Error(`template.yaml: ${id} lacks StartingPosition.`)
}

/** -1 is infinite, and the default. */
function readerSettings(settings: Properties, stream: Stream): ReaderSettings {
  const limit = (name: string): number => {
    const value = numberOf(settings[name]) ?? -1
    return value < 0 ? Infinity : value
  }
  return {
    batchSize: numberOf(settings['BatchSize']) ?? 100,
    maximumRetryAttempts: limit('MaximumRetryAttempts'),
    maximumAgeMs: Math.min(limit('MaximumRecordAgeInSeconds') * 1000, stream.retentionMs),
    bisects: flagOf(settings['BisectBatchOnFunctionError']) === true,
  }
}

function batchInfoOf(all: readonly StreamRecord[], shard: Shard, stream: Stream): Properties {
  const time = (record: StreamRecord | undefined): string => new Date(record?.arrivedAt ?? 0).toISOString()
  return {
    shardId: shard.id,
    startSequenceNumber: all[0]?.sequenceNumber,
    endSequenceNumber: all.at(-1)?.sequenceNumber,
    approximateArrivalOfFirstRecord: time(all[0]),
    approximateArrivalOfLastRecord: time(all.at(-1)),
    batchSize: all.length,
    streamArn: stream.arn,
  }
}

/** @returns undefined when it is no record of a batch: the function itself put it there. */
function readBatch(body: string, batchInfo: string, functionArn: string, stream: Stream): DeadLetter[] | undefined {
  let record: unknown
  try {
    record = JSON.parse(body)
  } catch {
    return undefined
  }
  const info = objectOf(record)[batchInfo]
  if (!isObject(info)) return undefined
  if (objectOf(objectOf(record)['requestContext'])['functionArn'] !== functionArn) return []
  const shard = stream.shards.find((one) => one.id === info['shardId'])
  const position = (name: string): number =>
    shard?.records.findIndex(({ sequenceNumber }) => sequenceNumber === info[name]) ?? -1
  const [first, last] = [position('startSequenceNumber'), position('endSequenceNumber')]
  return shard?.records.slice(first, last + 1).map(({ data }) => data) ?? []
}
