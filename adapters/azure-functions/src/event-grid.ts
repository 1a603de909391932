import { runEvents, type EventApplication, type EventDefinition, type IncomingMessage } from '@isobar/core/adapter'
import {
  bindEvents,
  conclude,
  decoded,
  describeEvents,
  setAside,
  type EventHandler,
  type EventSettings,
} from './event-call.ts'
import { expectRecord, expectText, textOf, textsOf } from './event-shape.ts'

/**
 * The handler of an `event()`: one event a call, in the schema of CloudEvents 1.0 or Event Grid's own. Throws: Event Grid
 * sends it again by the retry policy of the subscription, and then to its dead-letter container.
 * https://learn.microsoft.com/azure/event-grid/delivery-and-retry
 */
export function eventGrid(application: EventApplication, settings: EventSettings): EventHandler {
  const fn = bindEvents(application, 'event')
  return async (trigger, context) => {
    const result = await runEvents(fn, {
      ...describeEvents(trigger, context, settings),
      messages: [decoded(() => decode(trigger, fn.definition))],
      reject: () => setAside(context, settings, asJson(trigger)),
    })
    await conclude(result)
  }
}

/** An event as it came, but for its white space: the library has parsed it. */
export function asJson(trigger: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(trigger))
}

function decode(trigger: unknown, { trigger: options }: EventDefinition): IncomingMessage {
  const event = expectRecord(trigger, 'The event of an Event Grid trigger')
  if ('specversion' in event) return fromCloudEvent(event)
  // https://learn.microsoft.com/azure/event-grid/event-schema
  const { id, topic, subject, eventType, eventTime, data, dataVersion, metadataVersion } = event
  const isText = 'data' in options && (options.data === 'text' || options.data === 'bytes') && typeof data === 'string'
  return {
    id: expectText(id, 'The id of an Event Grid event'),
    time: expectText(eventTime, 'The eventTime of an Event Grid event'),
    type: expectText(eventType, 'The eventType of an Event Grid event'),
    source: expectText(topic, 'The topic of an Event Grid event'),
    subject: textOf(subject),
    attributes: textsOf({ dataVersion: textOf(dataVersion), metadataVersion: textOf(metadataVersion) }),
    payload: { text: isText ? data : JSON.stringify(data ?? null) },
    delivery: {},
  }
}

/** Core unwraps it, as it stands in the body of a message (E3). */
function fromCloudEvent(event: Record<string, unknown>): IncomingMessage {
  expectText(event['source'], 'The source of a CloudEvent')
  expectText(event['type'], 'The type of a CloudEvent')
  return {
    id: expectText(event['id'], 'The id of a CloudEvent'),
    time: textOf(event['time']) ?? Date.now(),
    contentType: 'application/cloudevents+json',
    cloudEvent: 'attributes',
    payload: { text: JSON.stringify(event) },
    delivery: {},
  }
}
