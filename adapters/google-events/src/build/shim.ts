import type { EventDeployable } from '@isobar/compiler'
import { deadLetterTopic, isPubsub } from './names.ts'

/** What a shim says of one event function. */
export interface EventShim {
  /** What it imports of the adapter. */
  imports: string[]
  /** The members of the object that describes the function to the adapter, in order. */
  members: string[]
}

/** The source of a function, and where what it rejects goes. */
export function eventSource(
  { definition, service, function: planned }: EventDeployable,
  { unwrapped, timeoutSeconds }: { unwrapped: boolean; timeoutSeconds: number },
): EventShim {
  const call = sourceCall(planned, unwrapped)
  const topic = deadLetterTopic(service, planned.kind)
  return {
    imports: [call.slice(0, call.indexOf('('))],
    members: [
      `definition: ${definition}`,
      `source: ${call}`,
      ...(topic === undefined ? [] : [`deadLetterTopic: ${JSON.stringify(topic)}`, 'publish']),
      `timeoutSeconds: ${timeoutSeconds}`,
    ],
  }
}

function sourceCall(planned: EventDeployable['function'], unwrapped: boolean): string {
  const { kind, trigger } = planned
  if (isPubsub(kind)) {
    const ordered = kind === 'stream' || ('ordered' in trigger && trigger.ordered === true)
    const rest = ordered ? ', { ordered: true }' : ''
    return `${unwrapped ? 'pubsubUnwrapped' : 'pubsubPush'}(${JSON.stringify(kind)}${rest})`
  }
  throw new TypeError(`No source for ${kind}.`)
}
