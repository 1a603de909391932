import { randomUUID } from 'node:crypto'

import type { Clock } from '../../../events/clock.ts'
import type { EventInput } from '../../../events/types.ts'
import { accountId, region } from '../../lambda-function.ts'
import { structuredText, textOfBytes } from '../cloud-event.ts'
import { isObject, type Properties } from '../values.ts'

/** An event on a bus. */
export interface BusEvent {
  id: string
  /** JSON, as it comes to a function. */
  text: string
  value: Properties
}

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/calculate-putevents-entry-size.html */
const maxEntryBytes = 256 * 1024

/**
 * What a sender puts on a bus. EventBridge has no binding of CloudEvents, and gives every event an id of its own. Type and
 * source of a CloudEvent become those of the event. In binary mode its data is the detail, its time the event's, and id,
 * subject and extensions have no place; in structured mode the detail is the CloudEvent itself.
 *
 * @throws Error for what EventBridge would refuse.
 */
export function eventForBus(input: EventInput, source: string, clock: Clock): BusEvent {
  const refuse = (why: string): never => {
    throw new Error(`EventBridge does not take this event for ${source}: ${why}.`)
  }
  if (!('cloudEvent' in input)) throw new Error(`${source} takes CloudEvents.`)
  const { cloudEvent, mode } = input
  const data = cloudEvent.data === undefined ? '{}' : textOfBytes(cloudEvent.data)
  const detail = (mode === 'structured' ? structuredText(input) : data) ?? refuse('its data is not UTF-8 text')
  if (!isObject(parsed(detail))) refuse('its detail must be a JSON object')
  if (cloudEvent.type.length > 128) refuse('its type has over 128 characters')
  if (cloudEvent.source.startsWith('aws.')) refuse('sources that begin with aws. are reserved')
  const size = [detail, cloudEvent.source, cloudEvent.type].reduce((sum, one) => sum + Buffer.byteLength(one), 14)
  if (size >= maxEntryBytes) refuse(`it has ${size} bytes, and ${maxEntryBytes} are too many`)
  return busEvent(cloudEvent.source, cloudEvent.type, timeOf(cloudEvent.time) ?? new Date(clock.now()), detail)
}

/** @param detail JSON; it is put in as it stands, since its numbers may be such as no double holds. */
export function busEvent(
  source: string,
  detailType: string,
  time: Date,
  detail: string,
  resources: readonly string[] = [],
): BusEvent {
  const id = randomUUID()
  // https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-structure.html
  const envelope = {
    version: '0',
    id,
    'detail-type': detailType,
    source,
    account: accountId,
    time: `${time.toISOString().slice(0, 19)}Z`,
    region,
    resources,
  }
  return {
    id,
    text: `${JSON.stringify(envelope).slice(0, -1)},"detail":${detail}}`,
    value: { ...envelope, detail: parsed(detail) },
  }
}

function timeOf(text: string | undefined): Date | undefined {
  const time = new Date(text ?? '')
  return Number.isNaN(time.getTime()) ? undefined : time
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
