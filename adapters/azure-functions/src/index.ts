export { buffered } from './buffered.ts'
export { storageQueue } from './events/storage-queue.ts'
export type { EventHandler, EventSettings } from './events/call.ts'
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
export { streaming } from './streaming.ts'
