import type { EventDeployable, Plan, PlannedEvent } from '@isobar/compiler'
import { functionTimeoutMs } from './host-json.ts'
import { literal } from './literal.ts'
import type { Settings } from './options.ts'

/** How one event function is registered with the library. */
export interface Registration {
  name: string
  /** An expression for what the user's module exports. */
  definition: string
  /** The member of the library's `app`. */
  method: string
  /** The runtime half's function that makes the handler. */
  handler: string
  /** The trigger's binding and, where the host retries, how. */
  options: Readonly<Record<string, unknown>>
  /** What the handler is told of the app. */
  settings: Readonly<Record<string, number>>
  /** An expression for the output binding that takes what is set aside. */
  parked?: string
}

type Binding = Pick<Registration, 'method' | 'handler' | 'options' | 'parked'>

export function registrationOf(plan: Plan, deployable: EventDeployable, settings: Settings): Registration {
  const { name, definition, function: planned } = deployable
  return { name, definition, settings: { timeoutMs: functionTimeoutMs(plan) }, ...bindingOf(planned, settings) }
}

function bindingOf(planned: PlannedEvent, { storage }: Settings): Binding {
  const { physical } = planned.resource
  switch (planned.kind) {
    case 'queue':
      return {
        method: 'storageQueue',
        handler: 'storageQueue',
        // Without dataType a text that is JSON would be parsed before the handler sees it (E2).
        options: { queueName: physical, connection: storage, dataType: 'binary' },
        parked: storageOutput(`${physical}-poison`, storage),
      }
    default:
      throw new Error(`No binding for ${planned.kind}().`)
  }
}

function storageOutput(queueName: string, connection: string): string {
  return `output.storageQueue(${literal({ queueName, connection })})`
}
