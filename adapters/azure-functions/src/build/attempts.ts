import type { Diagnostic, Plan, PlannedEvent } from '@isobar/compiler'
import type { Settings } from './options.ts'

interface Limit {
  most: number
  service: string
  page: string
}

const eventGrid: Limit = {
  most: 30,
  service: 'Event Grid',
  page: 'https://learn.microsoft.com/azure/event-grid/delivery-and-retry#retry-policy',
}

const serviceBus: Limit = {
  most: 2000,
  service: 'Service Bus',
  page: 'https://learn.microsoft.com/azure/service-bus-messaging/service-bus-dead-letter-queues#maximum-delivery-count',
}

/** What the platform cannot keep of `maxAttempts`. */
export function attemptDiagnostics({ events, target }: Plan, settings: Settings): Diagnostic[] {
  return events.flatMap(({ function: planned }): Diagnostic[] => {
    const { trigger, name } = planned
    const attempts = 'maxAttempts' in trigger ? trigger.maxAttempts : undefined
    if (attempts === undefined) return []
    const at = { location: { file: planned.source, line: planned.line, column: 1 }, target, function: name }
    const limit = limitOf(planned, settings)
    if (limit !== undefined && attempts > limit.most) {
      return [
        {
          id: 'azure-attempts',
          severity: 'error',
          text: `'${name}' asks for ${attempts} attempts, but ${limit.service} makes ${limit.most} at the most.`,
          notes: ['Lower maxAttempts.', limit.page],
          ...at,
        },
      ]
    }
    const batch = planned.kind === 'changes' ? (planned.trigger.batchSize ?? 1) : 1
    if (batch === 1) return []
    return [
      {
        id: 'azure-batch-attempts',
        severity: 'warning',
        text: `The attempts of '${name}' are counted for each batch of up to ${batch} changes, not for each change: a change behind one that fails is set aside after fewer.`,
        notes: ['Leave out batchSize, then each change is a call of its own.'],
        ...at,
      },
    ]
  })
}

function limitOf({ kind }: PlannedEvent, { queues }: Settings): Limit | undefined {
  if (kind === 'storage' || kind === 'event') return eventGrid
  return kind === 'topic' || (kind === 'queue' && queues === 'service-bus') ? serviceBus : undefined
}
