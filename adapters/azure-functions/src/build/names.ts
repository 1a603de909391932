import type { Diagnostic, Plan, PlannedEvent } from '@isobar/compiler'
import type { Settings } from './options.ts'

/** The container of the leases of all change feeds. */
export const leases = 'leases'

/** The queue of Service Bus beside a queue or a topic, for what is rejected. */
export function parkedName(physical: string): string {
  return `${physical}-parked`
}

/** The Storage queue of a function for what is set aside, where the source has no place of its own. */
export function parkedQueue(name: string): string {
  return `${name}-parked`
}

/** The subscription of a function to its topic. */
export function subscriptionName({ name }: PlannedEvent): string {
  return name
}

interface Rule {
  what: string
  pattern: RegExp
  longest: number
  shortest: number
  /** What the pattern asks for, for whoever reads it. */
  of: string
}

/** https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules */
const rules = {
  storageQueue: {
    what: 'Storage queue',
    pattern: /^[a-z0-9]+(?:-[a-z0-9]+)*$/,
    shortest: 3,
    longest: 63,
    of: 'lower-case letters, digits and single hyphens between them',
  },
  container: {
    what: 'blob container',
    pattern: /^[a-z0-9]+(?:-[a-z0-9]+)*$/,
    shortest: 3,
    longest: 63,
    of: 'lower-case letters, digits and single hyphens between them',
  },
  serviceBus: {
    what: 'queue or topic of Service Bus',
    pattern: /^[a-z0-9](?:[\w./-]*[a-z0-9])?$/i,
    shortest: 1,
    longest: 260,
    of: 'letters, digits, dots, hyphens, underscores and slashes, the first and the last a letter or digit',
  },
  subscription: {
    what: 'subscription of Service Bus',
    pattern: /^[a-z0-9](?:[\w.-]*[a-z0-9])?$/i,
    shortest: 1,
    longest: 50,
    of: 'letters, digits, dots, hyphens and underscores',
  },
  eventHub: {
    what: 'event hub',
    pattern: /^[a-z0-9](?:[\w.-]*[a-z0-9])?$/i,
    shortest: 1,
    longest: 256,
    of: 'letters, digits, dots, hyphens and underscores, the first and the last a letter or digit',
  },
  consumerGroup: {
    what: 'consumer group of an event hub',
    pattern: /^[a-z0-9](?:[\w.-]*[a-z0-9])?$/i,
    shortest: 1,
    longest: 50,
    of: 'letters, digits, dots, hyphens and underscores',
  },
  cosmos: {
    what: 'container of Cosmos DB',
    pattern: /^[^/\\#?]*[^/\\#?\s]$/,
    shortest: 1,
    longest: 255,
    of: 'any characters but / \\ # ?, the last no space',
  },
  eventSubscription: {
    what: 'event subscription of Event Grid',
    pattern: /^[a-z0-9-]+$/i,
    shortest: 3,
    longest: 64,
    of: 'letters, digits and hyphens',
  },
} satisfies Record<string, Rule>

/** A name that would be made, and where it comes from: the resource, or the function's own name. */
interface Made {
  name: string
  rule: Rule
  from: 'resource' | 'function'
}

function namesOf(planned: PlannedEvent, { queues }: Settings): Made[] {
  const { name, resource } = planned
  const { physical } = resource
  const own = (rule: Rule, made = physical): Made => ({ name: made, rule, from: 'resource' })
  const byFunction = (rule: Rule, made = name): Made => ({ name: made, rule, from: 'function' })
  const parked = byFunction(rules.storageQueue, parkedQueue(name))
  switch (planned.kind) {
    case 'queue':
      return queues === 'storage'
        ? [own(rules.storageQueue), own(rules.storageQueue, `${physical}-poison`)]
        : [own(rules.serviceBus), own(rules.serviceBus, parkedName(physical))]
    case 'topic':
      return [own(rules.serviceBus), own(rules.serviceBus, parkedName(physical)), byFunction(rules.subscription)]
    case 'schedule':
      return []
    case 'storage':
      return [own(rules.container), byFunction(rules.eventSubscription, eventSubscriptionName(planned)), parked]
    case 'stream':
      return [own(rules.eventHub), byFunction(rules.consumerGroup), parked]
    case 'changes':
      return [own(rules.cosmos), parked]
    case 'event':
      return [byFunction(rules.eventSubscription, eventSubscriptionName(planned)), parked]
  }
}

/** At least three characters are asked for. */
export function eventSubscriptionName({ name }: PlannedEvent): string {
  return `fn-${name}`
}

/** One diagnostic for each function whose first name, of those that it would have on the platform, cannot be. */
export function nameDiagnostics({ events, target }: Plan, settings: Settings): Diagnostic[] {
  return events.flatMap(({ function: planned }) => {
    if (!hostTakes(planned.name)) return [wrongFunctionName(planned, target)]
    const wrong = namesOf(planned, settings).find(({ name, rule }) => !fits(name, rule))
    return wrong ? [wrongName(planned, wrong, target)] : []
  })
}

function fits(name: string, { pattern, shortest, longest }: Rule): boolean {
  return name.length >= shortest && name.length <= longest && pattern.test(name)
}

/** https://github.com/Azure/azure-functions-host/blob/dev/src/WebJobs.Script/Utility.cs: FunctionNameValidationRegex */
function hostTakes(name: string): boolean {
  return name.length <= 128 && name !== 'host'
}

function wrongName(planned: PlannedEvent, { name, rule, from }: Made, target: string): Diagnostic {
  const { what, shortest, longest, of } = rule
  return {
    id: 'azure-resource-name',
    severity: 'error',
    text: `'${planned.name}' would need a ${what} named '${name}', which Azure does not take: it must have ${shortest} to ${longest} characters, ${of}.`,
    notes: [
      from === 'resource'
        ? `Give '${planned.resource.logical}' another name on this target, in the config's resources.`
        : 'The name is made of the name of the function: give it another name.',
      'https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules',
    ],
    location: { file: planned.source, line: planned.line, column: 1 },
    target,
    function: planned.name,
  }
}

function wrongFunctionName(planned: PlannedEvent, target: string): Diagnostic {
  return {
    id: 'azure-function-name',
    severity: 'error',
    text: `The Azure Functions host takes no function named '${planned.name}': a name has at most 128 characters, and is not 'host'.`,
    notes: [
      'Give the function another name.',
      'https://github.com/Azure/azure-functions-host/blob/dev/src/WebJobs.Script/Utility.cs',
    ],
    location: { file: planned.source, line: planned.line, column: 1 },
    target,
    function: planned.name,
  }
}
