import { randomUUID } from 'node:crypto'

import type { Clock } from '../../events/clock.ts'
import type { Records } from '../../events/records.ts'
import type { DeliveryAttempt, DeliveryRecord, SourceName } from '../../events/types.ts'
import type { TypedData } from '../protocol.ts'
import { bindingData, dateTime, dateTimeOffset, jsonData, withMembers, type BindingData } from './binding-data.ts'
import { isBinary, type EventFunction } from './event-function.ts'
import type { Invoker, TriggerInput } from './invoker.ts'
import type { BusMessage, Entity } from './service-bus.ts'
import type { ServiceBusSettings } from './settings.ts'

export interface ServiceBusOptions {
  source: SourceName
  fn: EventFunction
  entity: Entity
  invoker: Invoker
  settings: ServiceBusSettings
  clock: Clock
  records: Records
}

/**
 * The listener of Azure's extension: a message is completed when the function returns and abandoned when it does not, so
 * that it comes again at once, until it has come too often.
 * https://learn.microsoft.com/azure/azure-functions/functions-bindings-service-bus-trigger#peeklock-behavior
 *
 * @throws Error for a function and an entity of which only one has sessions.
 */
export function listenToServiceBus(options: ServiceBusOptions): void {
  const { source, fn, entity, invoker, settings, clock, records } = options
  const { isSessionsEnabled = false, cardinality } = fn.trigger.binding
  const isMany = cardinality?.toLowerCase() === 'many'
  if (isSessionsEnabled !== entity.requiresSession && entity.isDeclared)
    throw sessionsDiffer(fn.name, isSessionsEnabled)
  if (!settings.autoCompleteMessages) throw notModelled(fn.name, 'autoCompleteMessages: false')
  let inHand = 0
  const sessions = new Set<string>()
  const limit = isMany ? 1 : isSessionsEnabled ? settings.maxConcurrentSessions : settings.maxConcurrentCalls

  const take = (): BusMessage[] => {
    const { available } = entity
    const first = available.find(({ sessionId }) => sessionId === undefined || !sessions.has(sessionId))
    if (first === undefined) return []
    const same = isMany
      ? available.filter(({ sessionId }) => !isSessionsEnabled || sessionId === first.sessionId)
      : [first]
    const batch = same.slice(0, settings.maxMessageBatchSize)
    for (const one of batch) available.splice(available.indexOf(one), 1)
    if (isSessionsEnabled && first.sessionId !== undefined) sessions.add(first.sessionId)
    return batch
  }
  const receive = (): void => {
    while (inHand < limit) {
      const batch = take()
      const [first] = batch
      if (first === undefined) return
      inHand += 1
      clock.at(clock.now(), async () => {
        await process(batch)
        inHand -= 1
        receive()
      })
    }
  }
  const process = async (batch: BusMessage[]): Promise<void> => {
    const attempts = batch.map((message): [BusMessage, DeliveryRecord, DeliveryAttempt] => {
      message.deliveryCount += 1
      message.record ??= records.sent(source, fn.name, `${source}/other/${message.sequence}`)
      return [message, message.record, records.begun(message.record)]
    })
    const error = await invoker.run(fn, () => busInput(fn, batch, isMany))
    for (const { sessionId } of batch) if (sessionId !== undefined) sessions.delete(sessionId)
    for (const [message, record, attempt] of attempts) {
      attempt.outcome = error === undefined ? 'ack' : 'retry'
      if (error === undefined) record.end = 'acknowledged'
      else {
        attempt.error = error
        if (message.deliveryCount < entity.maxDeliveryCount) entity.abandon(message)
        else {
          record.end = 'dead-lettered'
          entity.dead.push(deadLetter(message))
        }
      }
    }
  }
  if (entity.onMessage !== undefined)
    throw new Error(`The function ${fn.name} and another one would compete for the messages of one entity.`)
  entity.onMessage = receive
}

function sessionsDiffer(name: string, isSessionsEnabled: boolean): Error {
  const [has, hasNot] = isSessionsEnabled ? ['function', 'entity'] : ['entity', 'function']
  return new Error(`The ${has} of ${name} has sessions and the ${hasNot} has none, so that nothing would be received.`)
}

function notModelled(name: string, what: string): Error {
  return new Error(`The function ${name} needs ${what} of Service Bus, which this host does not have.`)
}

/** https://learn.microsoft.com/azure/service-bus-messaging/service-bus-dead-letter-queues#maximum-delivery-count */
function deadLetter({ body, attributes, sessionId }: BusMessage): Entity['dead'][number] {
  return {
    body,
    attributes: { ...attributes, DeadLetterReason: 'MaxDeliveryCountExceeded' },
    ...(sessionId !== undefined && { orderingKey: sessionId }),
  }
}

function busInput(fn: EventFunction, messages: BusMessage[], isMany: boolean): TriggerInput {
  const bodies = messages.map(({ body }) => body)
  const texts = bodies.map((body) => Buffer.from(body).toString())
  const binary = isBinary(fn.trigger.binding)
  if (isMany) {
    const data: TypedData = binary ? { collectionBytes: { bytes: bodies } } : { collectionString: { string: texts } }
    return { data, bindingData: arrays(messages.map(facts)) }
  }
  const [body = new Uint8Array()] = bodies
  const [text = ''] = texts
  const own = single(messages.map(facts)[0] ?? {})
  return binary
    ? { data: { bytes: body }, bindingData: own }
    : { data: { string: text }, bindingData: withMembers(own, text) }
}

// No time to live: DateTime.MaxValue.
const never = '9999-12-31T23:59:59.9999999'

/** https://github.com/Azure/azure-sdk-for-net/blob/main/sdk/servicebus/Microsoft.Azure.WebJobs.Extensions.ServiceBus/src/Triggers/ServiceBusTriggerBindingStrategy.cs */
function facts(message: BusMessage): Record<string, unknown> {
  return {
    DeliveryCount: message.deliveryCount,
    LockToken: randomUUID(),
    ExpiresAtUtc: never,
    ExpiresAt: `${never}+00:00`,
    EnqueuedTimeUtc: dateTime(message.enqueuedAt),
    EnqueuedTime: dateTimeOffset(message.enqueuedAt),
    MessageId: message.id,
    ContentType: message.contentType ?? null,
    SequenceNumber: message.sequence,
    ApplicationProperties: message.attributes,
    UserProperties: message.attributes,
    SessionId: message.sessionId ?? null,
    PartitionKey: message.sessionId ?? null,
  }
}

/** Strings that are no times travel as strings. */
const strings = new Set(['LockToken', 'MessageId', 'ContentType', 'SessionId', 'PartitionKey'])

function single(values: Record<string, unknown>): BindingData {
  const entries = Object.entries(values).map(([name, value]) => {
    return [name, typeof value === 'string' && strings.has(name) ? value : jsonData(value)] as const
  })
  return bindingData(Object.fromEntries(entries))
}

function arrays(all: Record<string, unknown>[]): BindingData {
  const names = Object.keys(all[0] ?? {})
  return bindingData(Object.fromEntries(names.map((name) => [`${name}Array`, jsonData(all.map((one) => one[name]))])))
}
