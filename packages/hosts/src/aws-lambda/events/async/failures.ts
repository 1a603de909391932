import type { DeadLetter, SourceName } from '../../../events/types.ts'
import { plainDeadLetter } from '../dead-letters.ts'
import type { DeployedFunction } from '../deployment.ts'
import type { EventPlatformParts } from '../parts.ts'
import { isObject, objectOf, textOf, type Properties } from '../values.ts'
import { asyncSettings } from './settings.ts'

/**
 * Ties the places where Lambda puts the asynchronous invocations of a function that it gives up to the source of its
 * events. There lie records of invocations, or events; what is read of them is the data that the sender gave.
 *
 * @param original of the event that the function was called with.
 */
export function addFailures(
  parts: EventPlatformParts,
  one: DeployedFunction,
  source: SourceName,
  original: (event: Properties) => DeadLetter,
): void {
  const { onFailure, deadLetterQueue } = asyncSettings(one, parts.deployment, parts.queues)
  if (onFailure !== undefined) {
    parts.addDead(source, {
      queue: onFailure,
      read(message) {
        const record = parsed(message.body)
        const arn = textOf(objectOf(record?.['requestContext'])['functionArn'])
        const payload = record?.['requestPayload']
        // What the function itself put there.
        if (arn === undefined || !isObject(payload)) return [plainDeadLetter(message)]
        return arn === `${one.arn}:$LATEST` ? [original(payload)] : []
      },
    })
  }
  if (deadLetterQueue !== undefined) {
    parts.addDead(source, {
      queue: deadLetterQueue,
      read(message) {
        const event = message.attributes['RequestID'] === undefined ? undefined : parsed(message.body)
        return [event === undefined ? plainDeadLetter(message) : original(event)]
      },
    })
  }
}

function parsed(text: string): Properties | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

/** Of a source whose events are nothing but their JSON. */
export function jsonDeadLetter(value: unknown): DeadLetter {
  return { body: Buffer.from(JSON.stringify(value)), attributes: {} }
}
