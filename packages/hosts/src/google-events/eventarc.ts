import type { Clock } from '../events/clock.ts'
import type { Records } from '../events/records.ts'
import type { SourceName } from '../events/types.ts'
import { required, type Block } from './block.ts'
import { matches, type Criterion } from './criteria.ts'
import { checkForwarding, moveToDead } from './dead-letter-policy.ts'
import { readUpdates, type SubscriptionUpdate } from './gcloud.ts'
import type { Grants } from './iam.ts'
import { attributesOf, type Message } from './message.ts'
import type { PubSub } from './pub-sub.ts'
import { failureOf, send, type Destination, type EventService } from './service.ts'
import { createSubscription, type DeliveryPolicy } from './subscription.ts'
import type { Terraform } from './terraform.ts'

/** An event on its way through Eventarc, in the mode that its sender chose. */
export interface RoutedEvent {
  /** That triggers filter by. */
  attributes: Readonly<Record<string, string>>
  headers: [name: string, value: string][]
  body: Uint8Array
}

/** A trigger of the deploy files, and the function that it brings events to. */
export interface Trigger {
  functionName: string
  /** What it asks of an attribute. */
  criterion(attribute: string): string | undefined
  matches(event: RoutedEvent): boolean
  /** How events that have both are encoded. */
  contentType: 'application/json' | 'application/protobuf'
  /** Where what was tried too often goes; undefined: it comes until it expires. */
  deadTopic: string | undefined
  /** @param id of the delivery */
  send(id: string, event: RoutedEvent): void
}

export interface EventarcSetup {
  clock: Clock
  records: Records
  pubSub: PubSub
  terraform: Terraform
  grants: Grants
  services: readonly EventService[]
  sourceOf(functionName: string): SourceName | undefined
}

/** Its transport is Pub/Sub: https://cloud.google.com/eventarc/docs/retry-events#how_retries_work */
const backoff = { minMs: 10_000, maxMs: 600_000 }
const retentionMs = 24 * 3600 * 1000

/** The default of a subscription, which no argument of a trigger changes: https://cloud.google.com/pubsub/docs/lease-management */
const triggerAckDeadlineMs = 10_000
/** Event-driven functions may take nine minutes: https://cloud.google.com/functions/docs/configuring/timeout */
const functionAckDeadlineMs = 600_000

/** As Eventarc's requests have them: https://github.com/googleapis/google-cloudevents/tree/main/proto/google/events/cloud/audit/v1 */
const senderHeaders: RoutedEvent['headers'] = [
  ['accept', 'application/json'],
  ['from', 'noreply@google.com'],
  ['user-agent', 'APIs-Google; (+https://developers.google.com/webmasters/APIs-Google.html)'],
]

/**
 * Makes the triggers of the deploy files. Eventarc makes a subscription for each, which only a command can change.
 * @throws Error for a trigger that calls no event function, and for a command that changes what no trigger has
 */
export function setUpEventarc(setup: EventarcSetup): Trigger[] {
  const { terraform } = setup
  const updates = readUpdates(terraform)
  const made = new Set<string>()
  const services = terraform.resources('google_eventarc_trigger').map((block) => {
    const reference = `\${google_eventarc_trigger.${block.label}.transport[0].pubsub[0].subscription}`
    const subscription = terraform.resolve(reference, block.where)
    made.add(subscription)
    return serviceTrigger(block, { subscription, update: updates.get(subscription) }, setup)
  })
  for (const [name, { where }] of updates) {
    if (!made.has(name)) throw new Error(`${where}: there is no subscription ${name} of a trigger.`)
  }
  return [
    ...services,
    ...terraform.resources('google_cloudfunctions2_function').flatMap((block) => {
      const trigger = block.block('event_trigger')
      return trigger === undefined ? [] : [functionTrigger(required(block, 'name', block.text('name')), trigger, setup)]
    }),
  ]
}

/** https://github.com/hashicorp/terraform-provider-google/blob/main/website/docs/r/eventarc_trigger.html.markdown */
function serviceTrigger(
  block: Block,
  transport: Pick<TriggerParts, 'subscription' | 'update'>,
  setup: EventarcSetup,
): Trigger {
  const run = block.block('destination')?.block('cloud_run_service')
  if (run === undefined) throw new Error(`${block.where} has no destination.cloud_run_service.`)
  const name = required(run, 'service', run.text('service'))
  const path = run.text('path') ?? ''
  const criteria = block.blocks('matching_criteria').map(readCriterion)
  if (!criteria.some(({ attribute }) => attribute === 'type'))
    throw new Error(`${block.where} has no filter for "type".`)
  const contentType = block.text('event_data_content_type') ?? 'application/json'
  if (contentType !== 'application/json' && contentType !== 'application/protobuf') {
    throw new Error(`${block.where}: "event_data_content_type" is ${JSON.stringify(contentType)}.`)
  }
  return createTrigger(setup, {
    where: block.where,
    service: name,
    target: path.startsWith('/') ? path : `/${path}`,
    account: block.text('service_account'),
    criteria,
    contentType,
    ...transport,
    ackDeadlineMs: transport.update?.ackDeadlineMs ?? triggerAckDeadlineMs,
    maxAttempts: undefined,
  })
}

/** https://github.com/hashicorp/terraform-provider-google/blob/main/website/docs/r/cloudfunctions2_function.html.markdown#nested_event_trigger */
function functionTrigger(service: string, block: Block, setup: EventarcSetup): Trigger {
  for (const argument of ['event_data_content_type', 'channel']) {
    if (block.raw(argument) !== undefined)
      throw new Error(`${block.where}: event_trigger has no argument "${argument}".`)
  }
  const type = required(block, 'event_type', block.text('event_type'))
  const retries = block.text('retry_policy') === 'RETRY_POLICY_RETRY'
  const { number } = setup.terraform.place
  return createTrigger(setup, {
    where: block.where,
    service,
    target: '/',
    // "If empty, defaults to the Compute Engine default service account"
    account: block.text('service_account_email') ?? `${number}-compute@developer.gserviceaccount.com`,
    criteria: [
      { attribute: 'type', value: type, isPattern: false },
      ...block.blocks('event_filters').map(readCriterion),
    ],
    // Functions get Firestore's events so: https://cloud.google.com/functions/docs/calling/cloud-firestore
    contentType: 'application/protobuf',
    // Terraform does not say what it is called.
    subscription: '',
    update: undefined,
    ackDeadlineMs: functionAckDeadlineMs,
    maxAttempts: retries ? undefined : 1,
  })
}

interface TriggerParts extends Pick<Trigger, 'contentType'> {
  where: string
  service: string
  target: string
  account: string | undefined
  criteria: Criterion[]
  subscription: string
  update: SubscriptionUpdate | undefined
  ackDeadlineMs: number
  maxAttempts: number | undefined
}

function createTrigger(setup: EventarcSetup, parts: TriggerParts): Trigger {
  const { clock, records, services, sourceOf, pubSub } = setup
  const { where, target, account, criteria, contentType, update } = parts
  const name = parts.service.slice(parts.service.lastIndexOf('/') + 1)
  const service = services.find((one) => one.name === name)
  const functionName = service?.functionAt(target)
  const source = functionName === undefined ? undefined : sourceOf(functionName)
  if (service === undefined || functionName === undefined || source === undefined) {
    throw new Error(`${where}: the path ${target} of the service ${name} is the address of no event function.`)
  }
  const [url = ''] = service.urls
  const destination: Destination = { service, target, host: new URL(url).host, url: url + target }
  const timeoutMs = Math.min(parts.ackDeadlineMs, service.timeoutMs)
  const dead = deadOf(parts, setup)
  const events = new WeakMap<Message, RoutedEvent>()
  const policy: DeliveryPolicy = {
    backoff: { minMs: update?.backoff.minMs ?? backoff.minMs, maxMs: update?.backoff.maxMs ?? backoff.maxMs },
    retentionMs: update?.retentionMs ?? retentionMs,
    ordered: false,
    maxAttempts: update?.deadLetter?.maxAttempts ?? parts.maxAttempts,
    setAside: (message, attempts) => (dead === undefined ? 'dropped' : moveToDead(pubSub, dead, message, attempts)),
  }
  const subscription = createSubscription({
    clock,
    records,
    policy,
    async push(message) {
      const { headers = [], body = message.data } = events.get(message) ?? {}
      const request = { headers: [...senderHeaders, ...headers], body, timeoutMs, account, audience: undefined }
      const answer = await send(destination, { ...request, now: clock.now() })
      return failureOf(answer, (status) => status >= 200 && status < 300)
    },
  })
  return {
    functionName,
    contentType,
    deadTopic: dead?.topic,
    criterion: (attribute) => criteria.find((one) => one.attribute === attribute)?.value,
    matches: ({ attributes }) => criteria.every((one) => matches(one, attributes)),
    send(id, event) {
      const message: Message = {
        id,
        data: event.body,
        attributes: attributesOf(event.headers),
        publishTime: clock.now(),
      }
      events.set(message, event)
      subscription.add({ message, record: records.sent(source, functionName, id) })
    },
  }
}

/** @throws Error when nothing could be forwarded there */
function deadOf(
  { subscription, update }: TriggerParts,
  { pubSub, grants, terraform }: EventarcSetup,
): { topic: string; subscription: string } | undefined {
  if (update?.deadLetter === undefined) return undefined
  const { topic } = update.deadLetter
  if (!pubSub.hasTopic(topic)) throw new Error(`${update.where}: there is no topic ${topic} in the deploy files.`)
  checkForwarding({ topic, subscription, where: update.where }, grants, terraform.place)
  return { topic, subscription }
}

function readCriterion(block: Block): Criterion {
  const operator = block.text('operator')
  if (operator !== undefined && operator !== 'match-path-pattern') {
    throw new Error(`${block.where}: "operator" is ${JSON.stringify(operator)}, the only one is "match-path-pattern".`)
  }
  return {
    attribute: required(block, 'attribute', block.text('attribute')),
    value: required(block, 'value', block.text('value')),
    isPattern: operator !== undefined,
  }
}
