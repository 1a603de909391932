import type { Diagnostic, Plan, PlannedEvent } from '@isobar/compiler'
import { attemptsOf, limits, type ConsumedQueue } from './queues.ts'

/** What the platform refuses of the queues of an application, or does not give to its functions. */
export function checkQueues({ events, target }: Plan, consumed: readonly ConsumedQueue[]): Diagnostic[] {
  const users = new Map<string, PlannedEvent>()
  const clashes = consumed.flatMap(({ name, planned }) => {
    const rival = users.get(name)
    users.set(name, planned)
    return rival ? [clash(planned, rival, name, target)] : []
  })
  return [
    ...consumed.filter(({ deadLetters }) => !isQueueName(deadLetters)).map((queue) => wrongName(queue, target)),
    ...clashes,
    ...events.flatMap((event) => overLimit(event.function, target)),
  ]
}

/**
 * https://developers.cloudflare.com/queues/get-started/#2-create-a-queue; that letters are lower case is asked for by
 * Cloudflare's own tool: https://github.com/cloudflare/workers-sdk/tree/main/packages/create-cloudflare
 */
function isQueueName(name: string): boolean {
  return /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(name)
}

function wrongName({ name, deadLetters, planned }: ConsumedQueue, target: string): Diagnostic {
  return {
    id: 'cloudflare-queue-name',
    severity: 'error',
    text: `'${planned.name}' needs the queues '${name}' and '${deadLetters}', but a queue of Cloudflare is named with lower-case letters, digits and hyphens between them, 63 characters at most.`,
    notes: [
      `Name what it listens to otherwise on this target, in the config: ${resourceHint(planned, target)}.`,
      'https://developers.cloudflare.com/queues/get-started/#2-create-a-queue',
    ],
    ...where(planned, target),
  }
}

function clash(planned: PlannedEvent, rival: PlannedEvent, queue: string, target: string): Diagnostic {
  return {
    id: 'cloudflare-queue-clash',
    severity: 'error',
    text: `'${planned.name}' (${planned.kind}) and '${rival.name}' (${rival.kind}) both need the queue '${queue}', which can have one consumer.`,
    notes: [
      `Name what one of them listens to otherwise on this target, in the config: ${resourceHint(planned, target)}.`,
    ],
    ...where(planned, target),
  }
}

function overLimit(planned: PlannedEvent, target: string): Diagnostic[] {
  const { batchSize = 0, maxAttempts = 0 } = attemptsOf(planned)
  const asked = [
    { option: 'batchSize', value: batchSize, most: limits.batchSize },
    { option: 'maxAttempts', value: maxAttempts, most: limits.maxAttempts },
  ]
  return asked
    .filter(({ value, most }) => value > most)
    .map(({ option, value, most }) => ({
      id: 'cloudflare-queue-limit',
      severity: 'warning',
      text: `'${planned.name}' asks for ${option}: ${value}, but Cloudflare Queues gives ${most} at most, which it gets.`,
      notes: ['https://developers.cloudflare.com/queues/platform/limits/'],
      ...where(planned, target),
    }))
}

function resourceHint({ kind, resource: { logical } }: PlannedEvent, target: string): string {
  return `resources: { '${kind}:${logical}': { '${target}': '…' } }`
}

function where(
  { name, source, line }: PlannedEvent,
  target: string,
): Pick<Diagnostic, 'location' | 'target' | 'function'> {
  return { location: { file: source, line, column: 1 }, target, function: name }
}
