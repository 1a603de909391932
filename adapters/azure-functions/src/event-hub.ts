import { runEvents, type EventApplication, type IncomingMessage } from '@isobar/core/adapter'
import {
  attemptOf,
  bindEvents,
  conclude,
  decoded,
  describeEvents,
  setAside,
  type EventHandler,
  type EventSettings,
} from './event-call.ts'
import { dateOf, expectBytes, expectText, isRecord, textOf, textsOf, unexpected } from './event-shape.ts'
import type { AzureEventContext } from './native.ts'

/**
 * The handler of a `stream()`: one record a call (the binding's cardinality `one`). The host hands over those of a
 * partition one after the other and sets the checkpoint behind a record that its retry policy is done with; so a record
 * that fails comes again alone, before the next one and with a count of its own tries. With cardinality `many` the whole
 * batch would come again.
 * https://github.com/Azure/azure-sdk-for-net/blob/main/sdk/eventhub/Microsoft.Azure.WebJobs.Extensions.EventHubs/src/Listeners/EventHubListener.PartitionProcessor.cs
 *
 * The policy never gives up, since a record that the host gives up is gone: after `maxAttempts` it is set aside here.
 */
export function eventHub(application: EventApplication, settings: EventSettings): EventHandler {
  const fn = bindEvents(application, 'stream')
  const { maxAttempts = Infinity } = settings
  return async (trigger, context) => {
    const park = (): void => setAside(context, settings, expectBytes(trigger, record))
    const result = await runEvents(fn, {
      ...describeEvents(trigger, context, settings),
      messages: [decoded(() => decode(trigger, context))],
      ordered: true,
      reject: park,
    })
    const [outcome] = result.outcomes
    const attempt = attemptOf(context)
    if (outcome?.kind !== 'retry' || attempt < maxAttempts) return conclude(result)
    await result.settle()
    park()
    context.error(`The record was tried ${attempt} times and is set aside: ${outcome.error.message}`)
  }
}

const record = 'The record of an Event Hubs trigger'

/** https://learn.microsoft.com/azure/azure-functions/functions-bindings-event-hubs-trigger#event-metadata */
function decode(trigger: unknown, context: AzureEventContext): IncomingMessage {
  const { properties, systemProperties, partitionKey, enqueuedTimeUtc, ...metadata } = context.triggerMetadata ?? {}
  const system = isRecord(systemProperties) ? systemProperties : {}
  const bytes = expectBytes(trigger, record)
  const sequence = textOf(metadata['sequenceNumber']) ?? textOf(system['sequenceNumber'])
  if (sequence === undefined) throw unexpected('The sequenceNumber of a record', 'a number', metadata['sequenceNumber'])
  const partition = metadata['partitionContext'] ?? metadata['triggerPartitionContext']
  const partitionId = isRecord(partition) ? partition['partitionId'] : undefined
  const enqueuedAt = dateOf(enqueuedTimeUtc) ?? dateOf(system['enqueuedTimeUtc'])
  const orderingKey = textOf(partitionKey) ?? textOf(system['partitionKey'])
  return {
    // Records have numbers by partition, and no id.
    id: `${expectText(textOf(partitionId), "The partitionId of a record's partition")}:${sequence}`,
    time: enqueuedAt ?? Date.now(),
    // Where the sender gave it: https://learn.microsoft.com/dotnet/api/azure.messaging.eventhubs.eventdata.contenttype
    contentType: textOf(system['content-type']),
    attributes: textsOf(properties),
    cloudEvent: 'attributes',
    payload: { bytes },
    delivery: {
      attempt: attemptOf(context),
      ...(enqueuedAt && { enqueuedAt }),
      ...(orderingKey !== undefined && { orderingKey }),
      sequence,
    },
  }
}
