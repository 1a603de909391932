import type { EventDeployable } from '@isobar/compiler'
import { deadLetterTopic, documentPattern } from './names.ts'

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
  switch (planned.kind) {
    case 'queue':
      return push(planned.kind, planned.trigger.ordered === true, unwrapped)
    case 'topic':
      return push(planned.kind, false, unwrapped)
    case 'stream':
      return push(planned.kind, true, unwrapped)
    case 'schedule':
      return 'schedulerJob()'
    case 'storage':
      return 'storageEvents()'
    case 'changes':
      return `firestoreChanges(${JSON.stringify(documentPattern(planned.resource.physical))})`
    case 'event':
      return 'customEvents()'
  }
}

function push(kind: string, ordered: boolean, unwrapped: boolean): string {
  const options = ordered ? ', { ordered: true }' : ''
  return `${unwrapped ? 'pubsubUnwrapped' : 'pubsubPush'}(${JSON.stringify(kind)}${options})`
}
