import type { EventInput } from '../../../events/types.ts'
import type { DeployedResource } from '../deployment.ts'
import { sendTo, type Connect, type Consumer, type EventPlatformParts } from '../parts.ts'
import { numberOf, objectOf, textOf } from '../values.ts'
import { recordForChange, viewTypes, type ViewType } from './dynamodb.ts'
import { recordForKinesis } from './kinesis.ts'
import { mapStream, type StreamMapping } from './mapping.ts'
import { createStream, type NewRecord, type Stream } from './stream.ts'

interface Mapped {
  stream: Stream
  mappings: StreamMapping[]
  /** @throws Error for what the stream would refuse. */
  encode(input: EventInput, source: string): { key: string; record: NewRecord }
  batchInfo: string
}

/** Streams of Kinesis and of tables, each with the functions that follow it. */
export function connectStreams(parts: EventPlatformParts): Connect<'mapping'> {
  const { records } = parts
  const streams = new Map<string, Mapped>()
  return (trigger, consumer: Consumer) => {
    const { sourceArn: arn } = trigger
    const mapped = streams.get(arn) ?? createMapped(parts, arn)
    streams.set(arn, mapped)
    const { stream, mappings, batchInfo } = mapped
    mappings.push(mapStream(parts, trigger, consumer, stream, batchInfo))
    parts.addSource(consumer.source, arn, () => ({
      prepare(input) {
        const { key, record } = mapped.encode(input, consumer.source)
        return () => {
          const sent = stream.put(key, record)
          return sendTo(records, sent.id, mappings, ({ follow }, delivery) => follow(sent, delivery))
        }
      },
    }))
  }
}

function createMapped(parts: EventPlatformParts, arn: string): Mapped {
  const { deployment } = parts
  const service = arn.split(':')[2]
  const kinesis = deployment.ofType('AWS::Kinesis::Stream').find((one) => one.attributes['Arn'] === arn)
  if (kinesis !== undefined) return kinesisStream(parts, arn, kinesis)
  const table = deployment.ofType('AWS::DynamoDB::Table').find((one) => one.attributes['StreamArn'] === arn)
  if (table !== undefined) return tableStream(parts, arn, table)
  // One that is not the template's own is as its owner made it: as the function needs it.
  if (service === 'kinesis') return kinesisStream(parts, arn, onDemand)
  if (service === 'dynamodb') return tableStream(parts, arn, bothImages)
  throw new Error(`template.yaml has no stream ${arn}.`)
}

const onDemand = { id: '', properties: { StreamModeDetails: { StreamMode: 'ON_DEMAND' } } }
const bothImages = { id: '', properties: { StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' } } }

const hourMs = 3_600_000
/** Streams of tables, and the default of Kinesis. */
const retentionHours = 24
/** Of a stream in on-demand mode: https://docs.aws.amazon.com/streams/latest/dev/how-do-i-size-a-stream.html */
const onDemandShards = 4

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-kinesis-stream.html */
function kinesisStream(
  { clock }: EventPlatformParts,
  arn: string,
  { properties, id }: Pick<DeployedResource, 'id' | 'properties'>,
): Mapped {
  const isOnDemand = objectOf(properties['StreamModeDetails'])['StreamMode'] === 'ON_DEMAND'
  const shards = isOnDemand ? onDemandShards : numberOf(properties['ShardCount'])
  if (shards === undefined) throw new Error(`template.yaml: ${id} lacks ShardCount, and is not in the mode ON_DEMAND.`)
  const stream = createStream(clock, {
    arn,
    retentionMs: (numberOf(properties['RetentionPeriodHours']) ?? retentionHours) * hourMs,
    shardIds: Array.from({ length: shards }, (_, index) => `shardId-${String(index).padStart(12, '0')}`),
    firstSequence: 49_590_338_271_490_256_608_559_692_538_361_571_095_921_575_989_136_588_898n,
    step: 1_208_925_819_614_629_174_706_176n,
  })
  const encode: Mapped['encode'] = (input, source) => recordForKinesis(input, source, arn)
  return { stream, mappings: [], batchInfo: 'KinesisBatchInfo', encode }
}

function tableStream(
  { clock }: EventPlatformParts,
  arn: string,
  { properties, id }: Pick<DeployedResource, 'id' | 'properties'>,
): Mapped {
  const given = textOf(objectOf(properties['StreamSpecification'])['StreamViewType'])
  const view = viewTypes.find((one): one is ViewType => one === given)
  if (view === undefined) throw new Error(`template.yaml: ${id} lacks StreamSpecification.StreamViewType.`)
  const stream = createStream(clock, {
    arn,
    retentionMs: retentionHours * hourMs,
    shardIds: ['shardId-00000001573689847184-864758bb', 'shardId-00000001573689847185-1b2c3d4e'],
    firstSequence: 4_421_584_500_000_000_017_450_439_091n,
    step: 1n,
  })
  const encode: Mapped['encode'] = (input, source) => recordForChange(input, source, arn, view)
  return { stream, mappings: [], batchInfo: 'DDBStreamBatchInfo', encode }
}
