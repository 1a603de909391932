import type { Binding, FunctionMetadata, TypedData } from '../protocol.ts'
import { retryPolicy, type RetryPolicy } from './retry-policy.ts'

/** A function with a trigger that is not HTTP, in the app that it belongs to. */
export interface EventFunction {
  name: string
  metadata: FunctionMetadata
  /** The trigger's name in `bindings`, its type in lower case, and the binding. */
  trigger: { name: string; type: string; binding: Binding }
  outputs: { name: string; binding: Binding }[]
  retry: RetryPolicy | undefined
}

/** The event functions among those that an app has registered. */
export function eventFunctions(registered: FunctionMetadata[]): EventFunction[] {
  return registered.flatMap((metadata) => {
    const bindings = Object.entries(metadata.bindings)
    const found = bindings.find(([, { type }]) => /trigger$/i.test(type))
    if (found === undefined || found[1].type.toLowerCase() === 'httptrigger') return []
    const [name, binding] = found
    return [
      {
        name: metadata.name,
        metadata,
        trigger: { name, type: binding.type.toLowerCase(), binding },
        outputs: outputBindings(metadata),
        retry: retryPolicy(metadata),
      },
    ]
  })
}

/** The bindings through which a function writes to queues. */
export function outputBindings({ bindings }: FunctionMetadata): { name: string; binding: Binding }[] {
  return Object.entries(bindings).flatMap(([name, binding]) => (binding.direction === 'out' ? [{ name, binding }] : []))
}

/** Bytes for a function that asks for them (`dataType: 'binary'`), else text. @throws TypeError for text that is no UTF-8. */
export function inputData({ trigger }: EventFunction, body: Uint8Array): TypedData {
  if (isBinary(trigger.binding)) return { bytes: body }
  return { string: strictText(body) }
}

export function isBinary({ dataType }: Binding): boolean {
  return dataType?.toLowerCase() === 'binary'
}

/** @throws TypeError when it is no UTF-8. */
export function strictText(body: Uint8Array): string {
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body)
}
