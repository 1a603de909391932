import type { Clock } from '../../events/clock.ts'
import type { Records } from '../../events/records.ts'
import type { DeadLetter, DeliveryRecord, SourceName } from '../../events/types.ts'
import { withMembers } from './binding-data.ts'
import { delayBeforeRetry, type EventGridSubscription } from './event-grid.ts'
import type { GridEvent } from './event-grid-events.ts'
import { isBinary, type EventFunction } from './event-function.ts'
import type { Invoker, TriggerInput } from './invoker.ts'

export interface EventGridOptions {
  source: SourceName
  fn: EventFunction
  invoker: Invoker
  subscription: EventGridSubscription
  clock: Clock
  records: Records
}

export interface EventGridTrigger {
  /** Events that the filter does not let through are not told of. */
  send(event: GridEvent, id: string): void
  readonly dead: DeadLetter[]
}

/** Event Grid waits before it puts an event among the dead: https://learn.microsoft.com/azure/event-grid/delivery-and-retry#dead-letter-events */
const deadLetterDelayMs = 300_000

/**
 * Event Grid delivers to a function one event a call, and again on its schedule when that fails, until it has tried too
 * often or the event is too old.
 *
 * @throws Error for a function that asks for bytes, since the extension has no conversion to them.
 */
export function listenToEventGrid(options: EventGridOptions): EventGridTrigger {
  const { source, fn, invoker, subscription, clock, records } = options
  if (isBinary(fn.trigger.binding)) {
    // https://github.com/Azure/azure-sdk-for-net/blob/main/sdk/eventgrid/Microsoft.Azure.WebJobs.Extensions.EventGrid/src/Config/EventGridExtensionConfigProvider.cs
    throw new Error(`The function ${fn.name} has dataType "binary"; an event of Event Grid comes as text only.`)
  }
  const dead: DeadLetter[] = []

  const deliver = async (event: GridEvent, record: DeliveryRecord, tries: number): Promise<void> => {
    const attempt = records.begun(record)
    const error = await invoker.run(fn, () => gridInput(event))
    attempt.outcome = error === undefined ? 'ack' : 'retry'
    if (error === undefined) {
      record.end = 'acknowledged'
      return
    }
    attempt.error = error
    const retryAt = clock.now() + delayBeforeRetry(tries)
    const expiry = record.sentAt.getTime() + subscription.timeToLiveMs
    if (tries >= subscription.maxDeliveryAttempts) giveUp(event, record, 'MaxDeliveryAttemptsExceeded', clock.now())
    else if (retryAt > expiry) giveUp(event, record, 'TimeToLiveExceeded', expiry)
    else clock.at(retryAt, () => deliver(event, record, tries + 1))
  }
  const giveUp = (event: GridEvent, record: DeliveryRecord, reason: string, at: number): void => {
    if (!subscription.hasDeadLetter) {
      clock.at(at, () => void (record.end = 'dropped'))
      return
    }
    clock.at(at + deadLetterDelayMs, () => {
      record.end = 'dead-lettered'
      dead.push(deadLetter(event, record, reason))
    })
  }
  return {
    dead,
    send(event, id) {
      if (!subscription.takes(event.type, event.subject)) return
      const record = records.sent(source, fn.name, id)
      clock.at(clock.now(), () => deliver(event, record, 1))
    },
  }
}

/** The blob that Event Grid writes; its properties are those of the event and these. */
function deadLetter(event: GridEvent, record: DeliveryRecord, deadLetterReason: string): DeadLetter {
  const last = record.attempts.at(-1)
  const facts = {
    deadLetterReason,
    deliveryAttempts: record.attempts.length,
    lastDeliveryOutcome: 'InternalServerError',
    publishTime: record.sentAt.toISOString(),
    lastDeliveryAttemptTime: last?.at.toISOString(),
  }
  return { body: Buffer.from(`${event.text.slice(0, -1)},${JSON.stringify(facts).slice(1)}`), attributes: {} }
}

/** Text, which the library parses; the event's members are added to the trigger's metadata. */
function gridInput({ text }: GridEvent): TriggerInput {
  return { data: { string: text }, bindingData: withMembers({}, text) }
}
