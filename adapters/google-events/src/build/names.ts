import type { Diagnostic, EventDeployable, PlannedEvent } from '@isobar/compiler'

/** The place for what a function rejects: the dead-letter topic of its subscription, else a topic of its own. */
export function deadLetterTopic(service: string, kind: PlannedEvent['kind']): string | undefined {
  if (kind === 'schedule') return undefined
  return isPubsub(kind) ? `${service}-dead` : `${service}-parked`
}

export function isPubsub(kind: PlannedEvent['kind']): kind is 'queue' | 'topic' | 'stream' {
  return kind === 'queue' || kind === 'topic' || kind === 'stream'
}

/** The documents of a collection, as Eventarc's path patterns have them; the parts in braces are the key of a change. */
export function documentPattern(collection: string): string {
  return `${collection}/{id}`
}

interface NameRule {
  what: string
  pattern: RegExp
  says: string
  source: string
}

/** https://docs.cloud.google.com/pubsub/docs/pubsub-basics#resource_names */
const topicRule: NameRule = {
  what: 'Pub/Sub topic',
  pattern: /^(?!goog)[A-Za-z][\w.~+%-]{2,254}$/,
  says: "3 to 255 letters, digits and - . _ ~ + %, a letter first, and not 'goog' in front",
  source: 'https://docs.cloud.google.com/pubsub/docs/pubsub-basics#resource_names',
}

const rules: Partial<Record<PlannedEvent['kind'], NameRule>> = {
  queue: topicRule,
  topic: topicRule,
  stream: topicRule,
  storage: {
    what: 'bucket of Cloud Storage',
    pattern: /^[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]$/,
    says: '3 to 222 lower-case letters, digits and - _ . with a letter or digit at each end',
    source: 'https://docs.cloud.google.com/storage/docs/buckets#naming',
  },
  changes: {
    what: 'collection of Firestore',
    // A path of collections and documents, of which those in braces stand for any.
    pattern: /^(?!__.*__$)[^/\s]+(?:\/[^/\s]+\/[^/\s]+)*$/,
    says: "a collection's path, such as 'users' or 'users/{user}/orders'",
    source: 'https://docs.cloud.google.com/eventarc/docs/path-patterns',
  },
}

/** Names that the platform does not take. */
export function checkNames(target: string, events: readonly PlannedEvent[]): Diagnostic[] {
  return events.flatMap((planned) => {
    const rule = rules[planned.kind]
    if (!rule || rule.pattern.test(planned.resource.physical)) return []
    return [wrongName(target, planned, rule)]
  })
}

function wrongName(target: string, planned: PlannedEvent, { what, says, source }: NameRule): Diagnostic {
  const { logical, physical } = planned.resource
  return {
    id: 'google-resource-name',
    severity: 'error',
    text: `'${planned.name}' listens to '${physical}', which cannot name a ${what}: ${says}.`,
    notes: [`Give '${logical}' another name for this target in the config's \`resources\`.`, source],
    ...at(planned),
    target,
  }
}

/** A queue and a topic of one name would be one topic of Pub/Sub, and each would get the messages of the other. */
export function checkSharedTopics(target: string, events: readonly PlannedEvent[]): Diagnostic[] {
  const first = new Map<string, PlannedEvent>()
  return events
    .filter(({ kind }) => isPubsub(kind))
    .flatMap((planned): Diagnostic[] => {
      const { physical } = planned.resource
      const other = first.get(physical)
      if (!other) first.set(physical, planned)
      if (!other || (other.kind === planned.kind && other.resource.logical === planned.resource.logical)) return []
      return [
        {
          id: 'pubsub-topic-clash',
          severity: 'error',
          text: `'${planned.name}' listens to the ${planned.kind} '${physical}' and '${other.name}' to the ${other.kind} '${other.resource.physical}': both are the Pub/Sub topic '${physical}', so each would get the messages of the other.`,
          notes: [`Give one of them another name for this target in the config's \`resources\`.`],
          ...at(planned),
          target,
        },
      ]
    })
}

/** https://docs.cloud.google.com/functions/docs/reference/rest/v2/projects.locations.functions, and triggers of Eventarc likewise. */
const longestService = 63

/** Names made of those of the application and the function, which cannot be changed for one target. */
export function checkServices(target: string, events: readonly EventDeployable[]): Diagnostic[] {
  const services = new Map(events.map(({ service, name }) => [service, name]))
  return events.flatMap((event): Diagnostic[] => {
    const { service, function: planned } = event
    const error = (text: string): Diagnostic => ({
      id: 'google-service-name',
      severity: 'error',
      text,
      notes: ['Give the function another name.'],
      ...at(planned),
      target,
    })
    const [longest, ...others] = derivedNames(event)
    if (longest !== undefined && longest.length > longestService) {
      return [
        error(
          `'${planned.name}' would be deployed as '${longest}', which has ${longest.length} characters; Google takes at most ${longestService}.`,
        ),
      ]
    }
    return [longest, ...others].flatMap((name) => {
      const other = name === service ? undefined : services.get(name ?? '')
      return other === undefined
        ? []
        : [error(`'${planned.name}' needs the name '${name}' for itself, which is that of '${other}'.`)]
    })
  })
}

/** What is deployed for a function, the longest of services and triggers first. */
function derivedNames({ service, function: planned }: EventDeployable): string[] {
  const triggers = planned.kind === 'storage' ? [`${service}-created`, `${service}-deleted`] : [service]
  return [...triggers, deadLetterTopic(service, planned.kind) ?? service]
}

/** Where a diagnostic of a function points to. */
export function at(planned: PlannedEvent): Required<Pick<Diagnostic, 'location' | 'function'>> {
  return { location: { file: planned.source, line: planned.line, column: 1 }, function: planned.name }
}
