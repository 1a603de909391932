import { BicepExpression, bicepMember, type BicepResource, type BicepValue } from './bicep.ts'

/** What an event subscription says of delivery to one function. */
export interface EventGridSubscription {
  schema: 'EventGridSchema' | 'CloudEventSchemaV1_0'
  /** Of the topic that events are published to. */
  inputSchema: 'EventGridSchema' | 'CloudEventSchemaV1_0'
  maxDeliveryAttempts: number
  timeToLiveMs: number
  hasDeadLetter: boolean
  /** Does its filter let an event through? */
  takes(type: string, subject: string): boolean
}

const minuteMs = 60_000

/**
 * Milliseconds before each retry, the last one for all that follow.
 * https://learn.microsoft.com/azure/event-grid/delivery-and-retry#retry-schedule
 */
const schedule = [10_000, 30_000].concat([1, 5, 10, 30, 60, 180, 360, 720].map((minutes) => minutes * minuteMs))

/** @param retry counts from 1. */
export function delayBeforeRetry(retry: number): number {
  return schedule[Math.min(retry, schedule.length) - 1] ?? 0
}

/**
 * The subscription of a function in the deploy files, or Event Grid's defaults where there is none that can be read.
 * https://learn.microsoft.com/azure/templates/microsoft.eventgrid/eventsubscriptions
 *
 * @throws Error for a delivery schema that Event Grid does not have for the topic.
 */
export function eventGridSubscription(
  resources: readonly BicepResource[],
  functionName: string,
): EventGridSubscription {
  const found = resources.find(({ type, properties }) => {
    return type.endsWith('/eventsubscriptions') && isTo(properties['destination'], functionName)
  })
  const properties = found?.properties ?? {}
  const { retryPolicy, filter } = properties
  const inputSchema = schemaOf(topicOf(resources, found)?.properties['inputSchema'])
  const schema = schemaOf(properties['eventDeliverySchema'])
  if (inputSchema === 'CloudEventSchemaV1_0' && schema !== inputSchema) {
    // https://learn.microsoft.com/azure/event-grid/event-schema#event-schema-compatibility
    throw new Error(
      `The event subscription of ${functionName} delivers ${schema}; a topic that takes CloudEvents delivers only CloudEventSchemaV1_0.`,
    )
  }
  return {
    schema,
    inputSchema,
    maxDeliveryAttempts: number(bicepMember(retryPolicy, 'maxDeliveryAttempts'), 30),
    timeToLiveMs: number(bicepMember(retryPolicy, 'eventTimeToLiveInMinutes'), 1440) * minuteMs,
    hasDeadLetter:
      properties['deadLetterDestination'] !== undefined || properties['deadLetterWithResourceIdentity'] !== undefined,
    takes: filtered(filter),
  }
}

/** An Azure function is named at the end of its resource's id, a webhook of the extension in its query. */
function isTo(destination: BicepValue | undefined, functionName: string): boolean {
  const properties = bicepMember(destination, 'properties')
  const targets = [bicepMember(properties, 'resourceId'), bicepMember(properties, 'endpointUrl')]
  return targets.some((one) => {
    const text = one instanceof BicepExpression ? one.text : one
    if (typeof text !== 'string') return false
    return new RegExp(
      `(?:/functions/|'|functionName=(?:Host\\.Functions\\.)?)${escaped(functionName)}(?:'?\\)?$|&)`,
    ).test(text)
  })
}

function escaped(text: string): string {
  return text.replaceAll(/[^\w-]/g, String.raw`\$&`)
}

/** The topic that a subscription belongs to: a custom one has a schema, the system topic of a storage account has not. */
function topicOf(
  resources: readonly BicepResource[],
  subscription: BicepResource | undefined,
): BicepResource | undefined {
  const { parent } = subscription ?? {}
  if (parent !== undefined) return parent
  const topics = resources.filter(({ type }) => type === 'microsoft.eventgrid/topics')
  return subscription !== undefined && topics.length === 1 ? topics[0] : undefined
}

function schemaOf(value: BicepValue | undefined): EventGridSubscription['schema'] {
  return value === 'CloudEventSchemaV1_0' ? value : 'EventGridSchema'
}

function number(value: BicepValue | undefined, standard: number): number {
  return typeof value === 'number' ? value : standard
}

/** https://learn.microsoft.com/azure/event-grid/event-filtering */
function filtered(filter: BicepValue | undefined): EventGridSubscription['takes'] {
  const types = bicepMember(filter, 'includedEventTypes')
  const begin = bicepMember(filter, 'subjectBeginsWith')
  const end = bicepMember(filter, 'subjectEndsWith')
  const isSensitive = bicepMember(filter, 'isSubjectCaseSensitive') === true
  const folded = (text: string): string => (isSensitive ? text : text.toLowerCase())
  return (type, subject) => {
    if (Array.isArray(types) && types.every((one) => typeof one === 'string') && !types.includes(type)) return false
    if (typeof begin === 'string' && !begin.includes('${') && !folded(subject).startsWith(folded(begin))) return false
    return typeof end !== 'string' || end.includes('${') || folded(subject).endsWith(folded(end))
  }
}
