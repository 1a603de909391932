import type { Plan } from '@isobar/compiler'
import type { App } from './apps.ts'
import { json } from './files.ts'
import type { Settings } from './options.ts'
import { serviceBus, sharedSettings, storageQueues, type SharedSettings } from './shared-settings.ts'

/** What every plan allows: https://learn.microsoft.com/azure/azure-functions/functions-scale#timeout */
const longestOnEveryPlanMs = 600_000

/**
 * How long an event may take. Ten minutes, or what the longest `timeoutMs` among the events needs, with a minute for the
 * host: when the time is over the host ends the whole worker.
 */
export function functionTimeoutMs({ events }: Plan): number {
  const longest = Math.max(0, ...events.map(({ function: { trigger } }) => trigger.timeoutMs ?? 0))
  return Math.max(longestOnEveryPlanMs, Math.ceil(longest / 60_000 + 1) * 60_000)
}

/** https://learn.microsoft.com/azure/azure-functions/functions-host-json */
export function hostJson(plan: Plan, app: App, settings: Settings): string {
  const events = app.events.map((one) => one.function)
  const shared = sharedSettings(events, settings)
  return json({
    version: '2.0',
    ...(events.length > 0 && {
      functionTimeout: timeSpan(functionTimeoutMs(plan)),
      // Without a bundle the host knows no binding but HTTP and timers.
      extensionBundle: { id: 'Microsoft.Azure.Functions.ExtensionBundle', version: '[4.0.0, 5.0.0)' },
    }),
    extensions: {
      // Without it every path would start with /api.
      http: { routePrefix: '' },
      ...(storageQueues(events, settings).length > 0 && { queues: queuesOf(shared) }),
      ...(serviceBus(events, settings).length > 0 && { serviceBus: serviceBusOf(plan, shared) }),
      ...(events.some(({ kind }) => kind === 'stream') && { eventHubs: { batchCheckpointFrequency: 1 } }),
    },
    logging: { logLevel: { default: 'Information' } },
  })
}

/** https://learn.microsoft.com/azure/azure-functions/functions-bindings-storage-queue#host-json */
function queuesOf({ attempts = 5, queueConcurrency = 24 }: SharedSettings): object {
  // Together they are how many messages of a queue are handled at a time on one instance.
  const batchSize = Math.min(32, Math.max(1, Math.ceil((queueConcurrency * 2) / 3)))
  return {
    // The default is 0, with which all tries of a message burn within a second.
    visibilityTimeout: timeSpan(30_000),
    maxDequeueCount: attempts,
    batchSize,
    newBatchThreshold: queueConcurrency - batchSize,
    messageEncoding: 'base64',
  }
}

/** https://learn.microsoft.com/azure/azure-functions/functions-bindings-service-bus#hostjson-settings */
function serviceBusOf(plan: Plan, { serviceBusConcurrency = 16 }: SharedSettings): object {
  return {
    autoCompleteMessages: true,
    // A message whose lock ends while it is handled would come again beside itself.
    maxAutoLockRenewalDuration: timeSpan(functionTimeoutMs(plan)),
    maxConcurrentCalls: serviceBusConcurrency,
    // Of ordered queues; in a session one message at a time.
    maxConcurrentSessions: serviceBusConcurrency,
    prefetchCount: 0,
  }
}

/** `hh:mm:ss`, with days in front where there are some. */
function timeSpan(milliseconds: number): string {
  const seconds = Math.ceil(milliseconds / 1000)
  const two = (value: number): string => String(value).padStart(2, '0')
  const days = Math.floor(seconds / 86_400)
  const clock = [Math.floor(seconds / 3600) % 24, Math.floor(seconds / 60) % 60, seconds % 60].map(two).join(':')
  return days > 0 ? `${days}.${clock}` : clock
}
