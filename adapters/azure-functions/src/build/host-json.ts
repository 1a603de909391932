import type { Plan, PlannedEvent } from '@isobar/compiler'
import type { App } from './apps.ts'
import { json } from './files.ts'

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
export function hostJson(plan: Plan, { events }: App): string {
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
      ...(events.some(isStorageQueue) && { queues: queues(events.map((one) => one.function)) }),
    },
    logging: { logLevel: { default: 'Information' } },
  })
}

function isStorageQueue({ function: { kind } }: App['events'][number]): boolean {
  return kind === 'queue'
}

/** Settings of all Storage queues of the app: https://learn.microsoft.com/azure/azure-functions/functions-bindings-storage-queue#host-json */
function queues(events: readonly PlannedEvent[]): object {
  const attempts = events.flatMap((one) => (one.kind === 'queue' ? (one.trigger.maxAttempts ?? []) : []))
  const concurrency = events.flatMap((one) => (one.kind === 'queue' ? (one.trigger.concurrency ?? []) : []))
  return {
    // The default is 0, with which all tries of a message burn within a second.
    visibilityTimeout: timeSpan(30_000),
    maxDequeueCount: attempts[0] ?? 5,
    ...sideBySide(concurrency[0] ?? 24),
    messageEncoding: 'base64',
  }
}

/** As many messages of a queue as are handled at a time on one instance: batchSize and newBatchThreshold together. */
function sideBySide(concurrency: number): { batchSize: number; newBatchThreshold: number } {
  const batchSize = Math.min(32, Math.max(1, Math.ceil((concurrency * 2) / 3)))
  return { batchSize, newBatchThreshold: concurrency - batchSize }
}

/** `hh:mm:ss`, with days in front where there are some. */
function timeSpan(milliseconds: number): string {
  const seconds = Math.ceil(milliseconds / 1000)
  const two = (value: number): string => String(value).padStart(2, '0')
  const days = Math.floor(seconds / 86_400)
  const clock = [Math.floor(seconds / 3600) % 24, Math.floor(seconds / 60) % 60, seconds % 60].map(two).join(':')
  return days > 0 ? `${days}.${clock}` : clock
}
