import { randomBytes } from 'node:crypto'

import type { ChangeInput, EventInput, RecordValue } from '../../../events/types.ts'
import { region } from '../../lambda-function.ts'
import { attributeMap, type AttributeValue } from './attribute-value.ts'
import type { NewRecord } from './stream.ts'

type Item = Record<string, AttributeValue>

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_StreamSpecification.html */
export const viewTypes = ['KEYS_ONLY', 'NEW_IMAGE', 'OLD_IMAGE', 'NEW_AND_OLD_IMAGES'] as const
export type ViewType = (typeof viewTypes)[number]

const names = { inserted: 'INSERT', updated: 'MODIFY', deleted: 'REMOVE' } as const

/**
 * A change of a table as its stream has it. Images have the key among their attributes, as every item has it.
 *
 * @returns what its shard is chosen by, and the record.
 * @throws Error for what DynamoDB would refuse.
 */
export function recordForChange(
  input: EventInput,
  source: string,
  streamArn: string,
  view: ViewType,
): { key: string; record: NewRecord } {
  if (!('change' in input)) throw new Error(`${source} takes changes: { change, key, before, after }.`)
  const Keys = keysOf(input, source)
  const images = imagesOf(input, view, source)
  return {
    key: JSON.stringify(Keys),
    record: {
      data: { body: Buffer.from(JSON.stringify({ Keys, ...images })), attributes: {} },
      native({ sequenceNumber, arrivedAt }) {
        const id = randomBytes(16).toString('hex')
        // https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_Record.html
        const record = {
          eventID: id,
          eventName: names[input.change],
          eventVersion: '1.1',
          eventSource: 'aws:dynamodb',
          awsRegion: region,
          dynamodb: {
            ApproximateCreationDateTime: Math.floor(arrivedAt / 1000),
            Keys,
            ...images,
            SequenceNumber: sequenceNumber,
            SizeBytes: [Keys, ...Object.values(images)].reduce((sum, item) => sum + sizeOf(item), 0),
            StreamViewType: view,
          },
          eventSourceARN: streamArn,
        }
        return { id, record }
      },
    },
  }
}

/** One or two attributes, text, numbers or bytes: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.CoreComponents.html#HowItWorks.CoreComponents.PrimaryKey */
function keysOf({ key }: ChangeInput, source: string): Item {
  const values = Object.values(key)
  const fits = values.every((value) =>
    typeof value === 'string' ? value !== '' : ['number', 'bigint'].includes(typeof value),
  )
  if (!fits || values.length < 1 || values.length > 2) {
    throw new Error(
      `DynamoDB does not take this change for ${source}: a key has one or two attributes, text (not empty) or numbers.`,
    )
  }
  return attributeMap(key)
}

function imagesOf(
  { change, key, before, after }: ChangeInput,
  view: ViewType,
  source: string,
): { NewImage?: Item; OldImage?: Item } {
  const missing = (what: string): never => {
    throw new Error(`DynamoDB does not take this change for ${source}: what was ${change} has ${what}.`)
  }
  const image = (values: Record<string, RecordValue> | undefined, what: string): Item =>
    attributeMap({ ...key, ...(values ?? missing(what)) })
  const newImage = change === 'deleted' ? undefined : image(after, 'an after')
  const oldImage = change === 'inserted' ? undefined : image(before, 'a before')
  const showsNew = view === 'NEW_IMAGE' || view === 'NEW_AND_OLD_IMAGES'
  const showsOld = view === 'OLD_IMAGE' || view === 'NEW_AND_OLD_IMAGES'
  return {
    ...(showsNew && newImage !== undefined && { NewImage: newImage }),
    ...(showsOld && oldImage !== undefined && { OldImage: oldImage }),
  }
}

/** Names and values, as the vendor counts them, but for the packing of numbers. */
function sizeOf(item: Item): number {
  return Object.entries(item).reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + valueSize(value), 0)
}

function valueSize(value: AttributeValue): number {
  if ('S' in value) return Buffer.byteLength(value.S)
  if ('N' in value) return Math.ceil(value.N.replaceAll(/\D/g, '').length / 2) + 1
  if ('L' in value) return value.L.reduce((sum, one) => sum + valueSize(one) + 1, 3)
  if ('M' in value) return sizeOf(value.M) + 3
  return 1
}
