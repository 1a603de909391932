import { runEvents, type EventApplication, type EventKind, type IncomingMessage } from '@isobar/core/adapter'
import {
  bindEvents,
  conclude,
  decoded,
  describeEvents,
  setAside,
  type EventHandler,
  type EventSettings,
} from './event-call.ts'
import { countOf, dateOf, expectBytes, isRecord, textOf, textsOf, unexpected } from './event-shape.ts'
import type { AzureEventContext } from './native.ts'

/** The handler of a `queue()` on a queue of Service Bus. */
export function serviceBusQueue(application: EventApplication, settings: EventSettings): EventHandler {
  return serviceBus('queue', application, settings)
}

/** The handler of a `topic()`, which has a subscription of its own. */
export function serviceBusTopic(application: EventApplication, settings: EventSettings): EventHandler {
  return serviceBus('topic', application, settings)
}

/**
 * One message a call (the binding's cardinality `one`). Resolves: the host completes it. Throws: the host abandons it, so
 * that it comes again at once, and Service Bus sets it aside after `maxDeliveryCount`.
 * https://learn.microsoft.com/azure/azure-functions/functions-bindings-service-bus-trigger#peeklock-behavior
 *
 * To dead-letter a message takes its lock, which the library does not hand out: a rejected one goes to a queue beside.
 */
function serviceBus(kind: EventKind, application: EventApplication, settings: EventSettings): EventHandler {
  const fn = bindEvents(application, kind)
  return async (trigger, context) => {
    const result = await runEvents(fn, {
      ...describeEvents(trigger, context, settings),
      messages: [decoded(() => decode(trigger, context))],
      reject: () => setAside(context, settings, [exactText(expectBytes(trigger, message))]),
    })
    await conclude(result)
  }
}

const message = 'The message of a Service Bus trigger'

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * What the host's output binding of Service Bus takes: of bytes it writes the name of their type, and of a text that is
 * JSON something new, but a text in an array it writes as it is.
 * https://github.com/Azure/azure-functions-host/issues/3125
 *
 * @throws Error when the message is no text. It comes again, and Service Bus itself sets it aside after its last delivery.
 */
function exactText(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes)
  } catch (cause) {
    throw new Error(
      `The message (${bytes.byteLength} bytes) is no text, which is all that the host can write to a queue of Service Bus.`,
      { cause },
    )
  }
}

/**
 * Names of the facts:
 * https://learn.microsoft.com/azure/azure-functions/functions-bindings-service-bus-trigger#message-metadata.
 * The library begins the names of application properties with a small letter.
 */
function decode(trigger: unknown, { triggerMetadata = {} }: AzureEventContext): IncomingMessage {
  const { applicationProperties, userProperties, contentType, deliveryCount, enqueuedTime, enqueuedTimeUtc } =
    triggerMetadata
  const bytes = expectBytes(trigger, message)
  const enqueuedAt = dateOf(enqueuedTime) ?? dateOf(enqueuedTimeUtc)
  const attempt = countOf(deliveryCount)
  const properties = isRecord(applicationProperties) ? applicationProperties : userProperties
  const orderingKey = textOf(triggerMetadata['sessionId']) ?? textOf(triggerMetadata['partitionKey'])
  const sequence = textOf(triggerMetadata['sequenceNumber'])
  return {
    id: idOf(triggerMetadata),
    time: enqueuedAt ?? Date.now(),
    subject: textOf(triggerMetadata['subject']),
    contentType: textOf(contentType),
    attributes: textsOf(properties),
    cloudEvent: 'attributes',
    payload: { bytes },
    delivery: {
      ...(attempt !== undefined && { attempt }),
      ...(enqueuedAt && { enqueuedAt }),
      ...(orderingKey !== undefined && { orderingKey }),
      ...(sequence !== undefined && { sequence }),
    },
  }
}

/**
 * The sender's id. The library parses a text that is JSON, so an id of digits arrives as a number; where that has lost
 * some, two messages could have one id, and the queue's own number stands in. Both are the same at a redelivery (E1).
 */
function idOf({ messageId, sequenceNumber }: Record<string, unknown>): string {
  const id = textOf(messageId) ?? textOf(sequenceNumber)
  if (id !== undefined) return id
  throw unexpected('The messageId of a Service Bus message', 'a text that is not empty', messageId)
}
