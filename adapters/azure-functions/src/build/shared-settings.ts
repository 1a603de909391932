import type { Diagnostic, Plan, PlannedEvent } from '@isobar/compiler'
import type { Settings } from './options.ts'

/** Settings of host.json that are one for all functions of a service. */
export interface SharedSettings {
  /** Of Storage queues. Absent: no function says it. */
  attempts?: number
  /** Of Storage queues. */
  queueConcurrency?: number
  /** Of queues and topics of Service Bus. */
  serviceBusConcurrency?: number
}

/** What functions ask for that there is once for the app: the first that asks has it. */
export function sharedSettings(events: readonly PlannedEvent[], settings: Settings): SharedSettings {
  const [attempts] = wishes(storageQueues(events, settings), 'maxAttempts')
  const [queue] = wishes(storageQueues(events, settings), 'concurrency')
  const [bus] = wishes(serviceBus(events, settings), 'concurrency')
  return {
    ...(attempts && { attempts: attempts.value }),
    ...(queue && { queueConcurrency: queue.value }),
    ...(bus && { serviceBusConcurrency: bus.value }),
  }
}

export function storageQueues(events: readonly PlannedEvent[], { queues }: Settings): PlannedEvent[] {
  return queues === 'storage' ? events.filter(({ kind }) => kind === 'queue') : []
}

export function serviceBus(events: readonly PlannedEvent[], { queues }: Settings): PlannedEvent[] {
  return events.filter(({ kind }) => kind === 'topic' || (kind === 'queue' && queues === 'service-bus'))
}

interface Wish {
  planned: PlannedEvent
  value: number
}

function wishes(events: readonly PlannedEvent[], option: 'maxAttempts' | 'concurrency'): Wish[] {
  return events.flatMap((planned) => {
    const value = option in planned.trigger ? Reflect.get(planned.trigger, option) : undefined
    return typeof value === 'number' ? [{ planned, value }] : []
  })
}

const pages = {
  queues: 'https://learn.microsoft.com/azure/azure-functions/functions-bindings-storage-queue#host-json',
  serviceBus: 'https://learn.microsoft.com/azure/azure-functions/functions-bindings-service-bus#hostjson-settings',
}

/** Says where two functions ask for different values of what there is once for the app. */
export function sharedDiagnostics({ events, target }: Plan, settings: Settings): Diagnostic[] {
  const planned = events.map((one) => one.function)
  const queues = storageQueues(planned, settings)
  return [
    ...clashes(queues, 'maxAttempts', 'Storage queues', pages.queues, target),
    ...clashes(queues, 'concurrency', 'Storage queues', pages.queues, target),
    ...clashes(serviceBus(planned, settings), 'concurrency', 'Service Bus', pages.serviceBus, target),
  ]
}

function clashes(
  events: readonly PlannedEvent[],
  option: 'maxAttempts' | 'concurrency',
  service: string,
  page: string,
  target: string,
): Diagnostic[] {
  const [first, ...others] = wishes(events, option)
  return others.flatMap((other): Diagnostic[] => {
    if (first === undefined || first.value === other.value) return []
    const { planned, value } = other
    return [
      {
        id: 'azure-shared-setting',
        severity: 'error',
        text: `'${planned.name}' asks for ${option}: ${value} and '${first.planned.name}' for ${first.value}, but all functions of one app share that setting of ${service}.`,
        notes: [`Give both the same ${option}, or leave it out at one of them.`, page],
        location: { file: planned.source, line: planned.line, column: 1 },
        target,
        function: planned.name,
      },
    ]
  })
}
