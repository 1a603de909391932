import type { CronField } from '@isobar/core'
import type { EventDeployable, Plan, PlannedEvent, PlannedSchedule } from '@isobar/compiler'
import { functionTimeoutMs } from './host-json.ts'
import { literal } from './literal.ts'
import { leases, parkedName, parkedQueue, subscriptionName } from './names.ts'
import type { Settings } from './options.ts'

/** How one event function is registered with the library. */
export interface Registration {
  name: string
  /** An expression for what the user's module exports. */
  definition: string
  /** The member of the library's `app`. */
  method: string
  /** The runtime half's function that makes the handler. */
  handler: string
  /** The trigger's binding and, where the host retries, how. */
  options: Readonly<Record<string, unknown>>
  /** What the handler is told of the app. */
  settings: Readonly<Record<string, number>>
  /** An expression for the output binding that takes what is set aside. */
  parked?: string
}

type Binding = Omit<Registration, 'name' | 'definition' | 'settings'> & { maxAttempts?: number }

export function registrationOf(plan: Plan, deployable: EventDeployable, settings: Settings): Registration {
  const { name, definition, function: planned } = deployable
  const { maxAttempts, ...binding } = bindingOf(planned, plan, settings)
  const timeoutMs = functionTimeoutMs(plan)
  return { name, definition, settings: { timeoutMs, ...(maxAttempts !== undefined && { maxAttempts }) }, ...binding }
}

/** After so many tries a record of a stream, and a change, is set aside. The platform itself would try forever. */
const recordAttempts = 5

/**
 * A record that the host gives up is gone, since the checkpoint moves on: so it never does, and the handler counts.
 * https://learn.microsoft.com/azure/azure-functions/functions-bindings-error-pages#retry-policies
 */
const forever = {
  strategy: 'exponentialBackoff',
  maxRetryCount: -1,
  minimumInterval: { seconds: 1 },
  maximumInterval: { minutes: 1 },
}

/** Two more tries, as a schedule has where the platform chooses. */
const twice = { strategy: 'fixedDelay', maxRetryCount: 2, delayInterval: { minutes: 1 } }

// Without dataType a text that is JSON would be parsed before the handler sees it (E2).
const exact = { dataType: 'binary' }

function bindingOf(planned: PlannedEvent, plan: Plan, settings: Settings): Binding {
  const { physical } = planned.resource
  const parked = storageOutput(parkedQueue(planned.name), settings.storage)
  switch (planned.kind) {
    case 'queue':
      return settings.queues === 'storage'
        ? storageQueue(physical, settings)
        : serviceBusQueue(physical, planned.trigger.ordered === true, settings)
    case 'topic':
      return {
        method: 'serviceBusTopic',
        handler: 'serviceBusTopic',
        options: {
          topicName: physical,
          subscriptionName: subscriptionName(planned),
          connection: settings.serviceBus,
          ...exact,
        },
        parked: serviceBusOutput(parkedName(physical), settings.serviceBus),
      }
    case 'schedule':
      return { method: 'timer', handler: 'timer', options: { schedule: ncrontab(planned), retry: twice } }
    case 'storage':
      return { method: 'eventGrid', handler: 'blobEvents', options: {}, parked }
    case 'stream':
      return {
        method: 'eventHub',
        handler: 'eventHub',
        options: {
          eventHubName: physical,
          connection: settings.eventHubs,
          consumerGroup: planned.name,
          cardinality: 'one',
          ...exact,
          retry: forever,
        },
        parked,
        maxAttempts: planned.trigger.maxAttempts ?? recordAttempts,
      }
    case 'changes':
      return {
        method: 'cosmosDB',
        handler: 'cosmosDb',
        options: {
          databaseName: settings.database ?? plan.application,
          containerName: physical,
          connection: settings.cosmos,
          leaseContainerName: leases,
          leaseContainerPrefix: planned.name,
          maxItemsPerInvocation: planned.trigger.batchSize ?? 1,
          retry: forever,
        },
        parked,
        maxAttempts: planned.trigger.maxAttempts ?? recordAttempts,
      }
    case 'event':
      return { method: 'eventGrid', handler: 'eventGrid', options: {}, parked }
  }
}

function storageQueue(queueName: string, { storage: connection }: Settings): Binding {
  return {
    method: 'storageQueue',
    handler: 'storageQueue',
    options: { queueName, connection, ...exact },
    // Where the host itself puts a message that was tried too often.
    parked: storageOutput(`${queueName}-poison`, connection),
  }
}

/** Of an ordered queue the messages of one session come one after the other. */
function serviceBusQueue(queueName: string, ordered: boolean, { serviceBus: connection }: Settings): Binding {
  return {
    method: 'serviceBusQueue',
    handler: 'serviceBusQueue',
    options: { queueName, connection, ...(ordered && { isSessionsEnabled: true }), ...exact },
    parked: serviceBusOutput(parkedName(queueName), connection),
  }
}

function storageOutput(queueName: string, connection: string): string {
  return `output.storageQueue(${literal({ queueName, connection })})`
}

function serviceBusOutput(queueName: string, connection: string): string {
  return `output.serviceBusQueue(${literal({ queueName, connection })})`
}

/**
 * Six fields, the seconds in front; Sunday is 0:
 * https://learn.microsoft.com/azure/azure-functions/functions-bindings-timer#ncrontab-expressions
 */
export function ncrontab({
  cron: { minute, hour, dayOfMonth, month, dayOfWeek },
}: Pick<PlannedSchedule, 'cron'>): string {
  return ['0', ...[minute, hour, dayOfMonth, month, dayOfWeek].map(field)].join(' ')
}

function field(values: CronField): string {
  return values === '*' ? '*' : values.join(',')
}
