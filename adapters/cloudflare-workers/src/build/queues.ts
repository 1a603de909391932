import type { Diagnostic, EventDeployable, Plan, PlannedEvent } from '@isobar/compiler'
import { sourceOf, type ShimSource } from './source.ts'

/** A queue that the Worker consumes. */
export interface ConsumedQueue {
  name: string
  /** Where those go that were tried too often or rejected. */
  deadLetters: string
  source: ShimSource
  settings: ConsumerSettings
}

/** https://developers.cloudflare.com/queues/configuration/configure-queues/ */
export interface ConsumerSettings {
  max_batch_size: number
  /** Seconds. */
  max_batch_timeout: number
  max_retries: number
}

export interface PlannedQueues {
  consumed: ConsumedQueue[]
  diagnostics: Diagnostic[]
}

/** What the platform takes where nothing is said; said all the same, since the local engine has other defaults. */
const defaults: ConsumerSettings = { max_batch_size: 10, max_batch_timeout: 5, max_retries: 3 }

/** https://developers.cloudflare.com/queues/platform/limits/ */
const maxBatchSize = 100
const maxRetries = 100

/** The queues of the event functions of an application, and what is wrong with them. */
export function planQueues({ events, target }: Plan): PlannedQueues {
  const diagnostics: Diagnostic[] = []
  const consumed: ConsumedQueue[] = []
  const users = new Map<string, PlannedEvent>()
  for (const deployable of events) {
    const { function: planned } = deployable
    for (const queue of queuesOf(deployable, target)) {
      const rival = users.get(queue.name)
      if (rival) diagnostics.push(clash(planned, rival, queue.name, target))
      if (!isQueueName(queue.deadLetters)) diagnostics.push(wrongName(planned, queue.name, target))
      users.set(queue.name, planned)
      consumed.push(queue)
    }
    diagnostics.push(...overLimit(planned, target))
  }
  return { consumed, diagnostics }
}

/** The name of the binding under which the Worker sends to a queue; names of queues differ in more than their case. */
export function bindingOf(queue: string): string {
  return `QUEUE_${queue.toUpperCase().replaceAll('-', '_')}`
}

/** The queue of those that are dead. */
function deadOf(queue: string): string {
  return `${queue}-dead`
}

function queuesOf(deployable: EventDeployable, target: string): ConsumedQueue[] {
  const { function: planned } = deployable
  if (planned.kind !== 'queue') return []
  return [consumedBy(deployable, planned.resource.physical, target)]
}

function consumedBy({ function: planned, definition }: EventDeployable, name: string, target: string): ConsumedQueue {
  const deadLetters = deadOf(name)
  return {
    name,
    deadLetters,
    source: sourceOf(planned, target, definition, { deadLetters: bindingOf(deadLetters) }),
    settings: settingsOf(planned),
  }
}

function settingsOf({ trigger }: PlannedEvent): ConsumerSettings {
  const { batchSize, maxAttempts } = attemptsOf(trigger)
  return {
    ...defaults,
    ...(batchSize !== undefined && { max_batch_size: Math.min(maxBatchSize, batchSize) }),
    ...(maxAttempts !== undefined && { max_retries: Math.min(maxRetries, maxAttempts - 1) }),
  }
}

function attemptsOf(trigger: PlannedEvent['trigger']): { batchSize?: number; maxAttempts?: number } {
  return 'cron' in trigger ? {} : trigger
}

/** https://developers.cloudflare.com/queues/get-started/#2-create-a-queue; lower case by the tool that creates it. */
function isQueueName(name: string): boolean {
  return /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(name)
}

type Where = Pick<Diagnostic, 'location' | 'target' | 'function'>

function where({ name, source, line }: PlannedEvent, target: string): Where {
  return { location: { file: source, line, column: 1 }, target, function: name }
}

function wrongName(planned: PlannedEvent, queue: string, target: string): Diagnostic {
  const { logical } = planned.resource
  return {
    id: 'cloudflare-queue-name',
    severity: 'error',
    text: `'${planned.name}' needs the queues '${queue}' and '${deadOf(queue)}', but a queue of Cloudflare is named with lower-case letters, digits and hyphens within, 63 at most.`,
    notes: [
      `Give it another name on this target in the config: resources: { '${planned.kind}:${logical}': { '${target}': '…' } }.`,
      'https://developers.cloudflare.com/queues/get-started/#2-create-a-queue',
    ],
    ...where(planned, target),
  }
}

function clash(planned: PlannedEvent, rival: PlannedEvent, queue: string, target: string): Diagnostic {
  return {
    id: 'cloudflare-queue-clash',
    severity: 'error',
    text: `'${planned.name}' takes messages of the queue '${queue}', and so does '${rival.name}': a queue has one consumer.`,
    notes: [
      `Give one of them another name on this target in the config: resources: { '${planned.kind}:${planned.resource.logical}': { '${target}': '…' } }.`,
    ],
    ...where(planned, target),
  }
}

function overLimit(planned: PlannedEvent, target: string): Diagnostic[] {
  const { batchSize = 1, maxAttempts = 1 } = attemptsOf(planned.trigger)
  const over = [
    ...(batchSize > maxBatchSize ? [`batchSize ${batchSize}, of which ${maxBatchSize}`] : []),
    ...(maxAttempts > maxRetries + 1 ? [`maxAttempts ${maxAttempts}, of which ${maxRetries + 1}`] : []),
  ]
  return over.map((what) => ({
    id: 'cloudflare-queue-limit',
    severity: 'warning',
    text: `'${planned.name}' wants ${what} is the most that Cloudflare Queues gives.`,
    notes: ['https://developers.cloudflare.com/queues/platform/limits/'],
    ...where(planned, target),
  }))
}
