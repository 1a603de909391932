export { blobEvents } from './blob-events.ts'
export { buffered } from './buffered.ts'
export { cosmosDb } from './cosmos-db.ts'
export type { EventHandler, EventSettings } from './event-call.ts'
export { eventGrid } from './event-grid.ts'
export { eventHub } from './event-hub.ts'
export { load } from './faults.ts'
export { native } from './native.ts'
export type {
  AzureEventContext,
  AzureFunctionsEventNative,
  AzureFunctionsNative,
  AzureHttpRequest,
  AzureInvocationContext,
  AzureOutput,
} from './native.ts'
export { serviceBusQueue, serviceBusTopic } from './service-bus.ts'
export { storageQueue } from './storage-queue.ts'
export { streaming } from './streaming.ts'
export { timer } from './timer.ts'
