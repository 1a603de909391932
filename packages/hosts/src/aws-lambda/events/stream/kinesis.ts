import { randomUUID } from 'node:crypto'

import type { EventInput } from '../../../events/types.ts'
import { accountId, region } from '../../lambda-function.ts'
import { structuredText } from '../cloud-event.ts'
import type { NewRecord } from './stream.ts'

/** Bytes of the data and its key: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecord.html */
const maxRecordBytes = 1024 * 1024

/**
 * What a producer puts into a stream of Kinesis, which has no attributes: a CloudEvent is structured in either mode.
 *
 * @returns the partition key, and the record.
 * @throws Error for what Kinesis would refuse.
 */
export function recordForKinesis(
  input: EventInput,
  source: string,
  streamArn: string,
): { key: string; record: NewRecord } {
  if (!('body' in input || 'cloudEvent' in input)) throw new Error(`${source} takes messages (a body) and CloudEvents.`)
  const body = 'body' in input ? input.body : structuredText(input)
  const data = Buffer.from(body)
  // Producers that need no order choose a key at random.
  const key = input.orderingKey ?? randomUUID()
  const refuse = (why: string): never => {
    throw new Error(`Kinesis does not take this record for ${source}: ${why}.`)
  }
  if (key.length === 0 || key.length > 256) refuse(`its orderingKey has ${key.length} characters, not 1 to 256`)
  if (data.length + Buffer.byteLength(key) > maxRecordBytes) refuse(`it is over ${maxRecordBytes} bytes`)
  return {
    key,
    record: {
      data: { body: data, attributes: {}, orderingKey: key },
      native({ shardId, sequenceNumber, arrivedAt }) {
        const id = `${shardId}:${sequenceNumber}`
        // https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html
        const record = {
          kinesis: {
            kinesisSchemaVersion: '1.0',
            partitionKey: key,
            sequenceNumber,
            data: data.toString('base64'),
            approximateArrivalTimestamp: arrivedAt / 1000,
          },
          eventSource: 'aws:kinesis',
          eventVersion: '1.0',
          eventID: id,
          eventName: 'aws:kinesis:record',
          invokeIdentityArn: `arn:aws:iam::${accountId}:role/lambda-role`,
          awsRegion: region,
          eventSourceARN: streamArn,
        }
        return { id, record }
      },
    },
  }
}
