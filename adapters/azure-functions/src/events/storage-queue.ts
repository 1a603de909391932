import { runEvents, type EventApplication, type IncomingMessage, type MalformedMessage } from '@isobar/core/adapter'
import type { AzureEventContext } from '../native.ts'
import { bindEvents, conclude, describeEvents, type EventHandler, type EventSettings } from './call.ts'
import { countOf, dateOf, expectBytes, expectText } from './shape.ts'

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
      messages: [decode(trigger, context)],
      reject: ({ payload }) => {
        // Bytes are one message; of a text that holds a JSON array the host would make several:
        // https://github.com/Azure/azure-functions-host/blob/dev/src/WebJobs.Script/Binding/FunctionBinding.cs
        if (settings.parked && 'bytes' in payload) context.extraOutputs.set(settings.parked, payload.bytes)
        else throw new Error('The function was registered without an output for messages that are set aside.')
      },
    })
    await conclude(result)
  }
}

/**
 * The host writes top-level fields of a JSON message over those of the same name here, without regard to case: a message
 * `{"id": 7}` would have the id 7. It does so for texts only, and so not with `dataType: 'binary'`:
 * https://github.com/Azure/azure-functions-host/blob/dev/src/WebJobs.Script/Description/Workers/WorkerFunctionInvoker.cs
 */
function decode(trigger: unknown, { triggerMetadata = {} }: AzureEventContext): IncomingMessage | MalformedMessage {
  const { id, dequeueCount, insertionTime } = triggerMetadata
  try {
    const bytes = expectBytes(trigger, "The message of a Storage queue's trigger")
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
  } catch (error) {
    return { malformed: error instanceof Error ? error : new Error(String(error)) }
  }
}
