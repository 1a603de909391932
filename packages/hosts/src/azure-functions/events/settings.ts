import { parseTimeSpan } from './time-span.ts'

/** What host.json says of events, with Azure's own defaults. */
export interface EventSettings {
  /** How long one invocation may take, milliseconds; Infinity: no limit. */
  functionTimeoutMs: number
  /** Does host.json name the bundle in which the triggers of events come? */
  hasExtensionBundle: boolean
  queues: QueueSettings
  serviceBus: ServiceBusSettings
  eventHubs: EventHubSettings
}

/** https://learn.microsoft.com/azure/azure-functions/functions-bindings-storage-queue#host-json */
export interface QueueSettings {
  /** How long a message that failed stays hidden, milliseconds. */
  visibilityTimeoutMs: number
  maxDequeueCount: number
  /** Messages that are fetched at once. */
  batchSize: number
  /** More are fetched when no more than these are in hand. */
  newBatchThreshold: number
  messageEncoding: 'base64' | 'none'
}

/** https://learn.microsoft.com/azure/azure-functions/functions-bindings-service-bus#host-json */
export interface ServiceBusSettings {
  maxConcurrentCalls: number
  maxConcurrentSessions: number
  maxMessageBatchSize: number
  /** Are messages completed when the function returns? */
  autoCompleteMessages: boolean
}

/** https://learn.microsoft.com/azure/azure-functions/functions-bindings-event-hubs#host-json */
export interface EventHubSettings {
  maxEventBatchSize: number
}

/** @throws Error that names the setting for a value that Azure's host does not take. */
export function readSettings(host: Record<string, unknown>): EventSettings {
  const extensions = section(host, 'extensions')
  const queues = section(extensions, 'queues')
  const serviceBus = section(extensions, 'serviceBus')
  const eventHubs = section(extensions, 'eventHubs')
  const batchSize = integer(queues, 'batchSize', 16, 1, 32)
  return {
    functionTimeoutMs: timeout(host['functionTimeout']),
    hasExtensionBundle: section(host, 'extensionBundle')['id'] === 'Microsoft.Azure.Functions.ExtensionBundle',
    queues: {
      visibilityTimeoutMs: timeSpan(queues, 'visibilityTimeout', 0),
      maxDequeueCount: integer(queues, 'maxDequeueCount', 5, 1),
      batchSize,
      // Half a batch for each processor; this model has one.
      newBatchThreshold: integer(queues, 'newBatchThreshold', Math.floor(batchSize / 2), 0),
      messageEncoding: encoding(queues['messageEncoding']),
    },
    serviceBus: {
      maxConcurrentCalls: integer(serviceBus, 'maxConcurrentCalls', 16, 1),
      maxConcurrentSessions: integer(serviceBus, 'maxConcurrentSessions', 8, 1),
      maxMessageBatchSize: integer(serviceBus, 'maxMessageBatchSize', 1000, 1),
      autoCompleteMessages: serviceBus['autoCompleteMessages'] !== false,
    },
    eventHubs: { maxEventBatchSize: integer(eventHubs, 'maxEventBatchSize', 100, 1) },
  }
}

// Of a Flex Consumption app: https://learn.microsoft.com/azure/azure-functions/functions-scale#timeout
const defaultTimeoutMs = 30 * 60_000

function timeout(value: unknown): number {
  if (value === undefined) return defaultTimeoutMs
  if (value === '-1') return Infinity
  return timeSpan({ functionTimeout: value }, 'functionTimeout', defaultTimeoutMs)
}

function timeSpan(from: Record<string, unknown>, name: string, standard: number): number {
  const value = from[name]
  if (value === undefined) return standard
  const parsed = typeof value === 'string' ? parseTimeSpan(value) : undefined
  if (parsed === undefined) throw wrong(name, value, 'a time as "00:00:30"')
  return parsed
}

function integer(from: Record<string, unknown>, name: string, standard: number, min: number, max = Infinity): number {
  const value = from[name]
  if (value === undefined) return standard
  if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return value
  throw wrong(name, value, `a whole number from ${min}${max === Infinity ? '' : ` to ${max}`}`)
}

function encoding(value: unknown): 'base64' | 'none' {
  if (value === undefined) return 'base64'
  const known = typeof value === 'string' ? value.toLowerCase() : undefined
  if (known === 'base64' || known === 'none') return known
  throw wrong('messageEncoding', value, '"base64" or "none"')
}

function wrong(name: string, value: unknown, expected: string): Error {
  return new Error(`host.json has ${JSON.stringify(value)} as "${name}"; expected ${expected}.`)
}

function section(from: Record<string, unknown>, name: string): Record<string, unknown> {
  const value = from[name]
  return typeof value === 'object' && value !== null ? { ...value } : {}
}
