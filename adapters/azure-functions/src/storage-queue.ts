import { runEvents, type EventApplication, type IncomingMessage } from '@isobar/core/adapter'
import {
  bindEvents,
  conclude,
  decoded,
  describeEvents,
  setAside,
  type EventHandler,
  type EventSettings,
} from './event-call.ts'
import { countOf, dateOf, expectBytes, expectText } from './event-shape.ts'
import type { AzureEventContext } from './native.ts'

/**
 * The handler of a `queue()` on a Storage queue: one message a call. Resolves: the host deletes it. Throws: it comes
 * again after `visibilityTimeout`, and goes to `<queue>-poison` after `maxDequeueCount` tries.
 * https://learn.microsoft.com/azure/azure-functions/functions-bindings-storage-queue-trigger#poison-messages
 */
export function storageQueue(application: EventApplication, settings: EventSettings): EventHandler {
  const fn = bindEvents(application, 'queue')
  return async (trigger, context) => {
    const result = await runEvents(fn, {
      ...describeEvents(trigger, context, settings),
      messages: [decoded(() => decode(trigger, context))],
      reject: () => setAside(context, settings, expectBytes(trigger, message)),
    })
    await conclude(result)
  }
}

const message = "The message of a Storage queue's trigger"

/**
 * The host writes top-level fields of a JSON message over those of the same name here, without regard to case: a message
 * `{"id": 7}` would have the id 7. It does so for texts only, and so not with `dataType: 'binary'`:
 * https://github.com/Azure/azure-functions-host/blob/dev/src/WebJobs.Script/Description/Workers/WorkerFunctionInvoker.cs
 */
function decode(trigger: unknown, { triggerMetadata = {} }: AzureEventContext): IncomingMessage {
  const { id, dequeueCount, insertionTime } = triggerMetadata
  const bytes = expectBytes(trigger, message)
  const enqueuedAt = dateOf(insertionTime)
  const attempt = countOf(dequeueCount)
  return {
    id: expectText(id, "The id of a Storage queue's message"),
    time: enqueuedAt ?? Date.now(),
    // A message is its body and nothing else (E3).
    cloudEvent: 'body',
    payload: { bytes },
    delivery: { ...(attempt !== undefined && { attempt }), ...(enqueuedAt && { enqueuedAt }) },
  }
}
