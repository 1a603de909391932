import type { OptionRule } from '@isobar/compiler'
import type { FrontDoor } from './capabilities.ts'

export interface AzureFunctionsOptions {
  /** The target's name: its folder, and the value of `--target`. @default 'azure-functions' */
  name?: string
  /** `streaming` needs host 4.28 or newer; `buffered` hands answers over in one message. @default 'streaming' */
  frontDoor?: FrontDoor
  /**
   * What a `queue()` is: a Storage queue, which costs next to nothing and has no order and no attributes, or a queue of
   * Service Bus, which has both. @default 'storage'
   */
  queues?: QueueService
  /** App setting, or prefix of settings, with the connection to Storage queues. @default 'AzureWebJobsStorage' */
  storageConnection?: string
  /** … to the Service Bus namespace. @default 'ServiceBus' */
  serviceBusConnection?: string
  /** … to the Event Hubs namespace. @default 'EventHubs' */
  eventHubsConnection?: string
  /** … to the Cosmos DB account. @default 'CosmosDB' */
  cosmosConnection?: string
  /** The Cosmos DB database that has the tables. @default the name of the application */
  cosmosDatabase?: string
}

export type QueueService = 'storage' | 'service-bus'

export const frontDoors: readonly FrontDoor[] = ['streaming', 'buffered']
export const queueServices: readonly QueueService[] = ['storage', 'service-bus']

export const known: Record<keyof AzureFunctionsOptions, OptionRule> = {
  name: { type: 'string' },
  frontDoor: { type: 'string', oneOf: frontDoors },
  queues: { type: 'string', oneOf: queueServices },
  storageConnection: { type: 'string' },
  serviceBusConnection: { type: 'string' },
  eventHubsConnection: { type: 'string' },
  cosmosConnection: { type: 'string' },
  cosmosDatabase: { type: 'string' },
}

/** The options as far as they are right, with the defaults of the others: what is wrong the compiler tells. */
export interface Settings {
  frontDoor: FrontDoor
  queues: QueueService
  storage: string
  serviceBus: string
  eventHubs: string
  cosmos: string
  /** Absent: the name of the application. */
  database?: string
}

export function settingsOf(options: AzureFunctionsOptions): Settings {
  const database = text(options.cosmosDatabase, '')
  return {
    frontDoor: frontDoors.find((one) => one === options.frontDoor) ?? 'streaming',
    queues: queueServices.find((one) => one === options.queues) ?? 'storage',
    storage: text(options.storageConnection, 'AzureWebJobsStorage'),
    serviceBus: text(options.serviceBusConnection, 'ServiceBus'),
    eventHubs: text(options.eventHubsConnection, 'EventHubs'),
    cosmos: text(options.cosmosConnection, 'CosmosDB'),
    ...(database !== '' && { database }),
  }
}

function text(given: unknown, otherwise: string): string {
  return typeof given === 'string' && given !== '' ? given : otherwise
}
