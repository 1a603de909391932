import type { Clock } from '../events/clock.ts'
import type { Records } from '../events/records.ts'
import type { SourceName } from '../events/types.ts'
import { required, type Block, type Range } from './block.ts'
import { checkForwarding, moveToDead } from './dead-letter-policy.ts'
import type { Grants } from './iam.ts'
import type { Message } from './message.ts'
import type { PubSub } from './pub-sub.ts'
import { pushBody, type PushFormat } from './push-body.ts'
import { destinationOf, failureOf, send, type EventService } from './service.ts'
import { createSubscription, type DeliveryPolicy, type Failure } from './subscription.ts'
import type { Terraform } from './terraform.ts'

export interface PubSubSetup {
  clock: Clock
  records: Records
  pubSub: PubSub
  terraform: Terraform
  grants: Grants
  services: readonly EventService[]
  /** The source that an event function listens to; undefined: there is no such function. */
  sourceOf(functionName: string): SourceName | undefined
}

/** What the subscriptions tie to a function. */
export interface FunctionTopics {
  /** That it gets messages from. */
  from: Set<string>
  /** That its dead go to. */
  dead: Set<string>
}

/** https://cloud.google.com/pubsub/docs/push#receive_push */
const acknowledging = new Set([102, 200, 201, 202, 204])

// Defaults: https://github.com/hashicorp/terraform-provider-google/blob/main/website/docs/r/pubsub_subscription.html.markdown
const defaultAckDeadlineSeconds = 10
const defaultRetentionMs = 7 * 24 * 3600 * 1000
const defaultBackoff = { minMs: 10_000, maxMs: 600_000 }
const defaultMaxAttempts = 5

/**
 * Makes the topics and subscriptions of the deploy files.
 * @returns what they tie to each function, by its name
 * @throws Error for one that refers to what is not declared
 */
export function setUpPubSub(setup: PubSubSetup): Map<string, FunctionTopics> {
  const { terraform, pubSub } = setup
  for (const topic of [...terraform.resources('google_pubsub_topic'), ...terraform.data('google_pubsub_topic')]) {
    pubSub.createTopic(topicName(required(topic, 'name', topic.text('name')), topic, terraform))
  }
  const byFunction = new Map<string, FunctionTopics>()
  for (const block of terraform.resources('google_pubsub_subscription')) setUpSubscription(block, setup, byFunction)
  return byFunction
}

function setUpSubscription(block: Block, setup: PubSubSetup, byFunction: Map<string, FunctionTopics>): void {
  const { pubSub, terraform, records, sourceOf, clock } = setup
  const topic = declaredTopic(required(block, 'topic', block.text('topic')), block, setup)
  const retentionMs = block.duration('message_retention_duration', [600_000, 604_800_000]) ?? defaultRetentionMs
  const endpoint = block.block('push_config')
  const url = endpoint?.text('push_endpoint')
  if (endpoint === undefined || url === undefined) {
    return pubSub.subscribe(topic, { holdsMs: retentionMs })
  }
  const destination = destinationOf(url, setup.services, endpoint.where)
  const functionName = destination.service.functionAt(destination.target)
  const source = functionName === undefined ? undefined : sourceOf(functionName)
  if (functionName === undefined || source === undefined) {
    throw new Error(`${endpoint.where}: ${url} is the address of no event function.`)
  }
  const deadLetter = block.block('dead_letter_policy')
  const deadTopic =
    deadLetter &&
    declaredTopic(required(deadLetter, 'dead_letter_topic', deadLetter.text('dead_letter_topic')), deadLetter, setup)
  const name = subscriptionName(block, terraform)
  const { where } = block
  const dead = deadTopic === undefined ? undefined : { topic: deadTopic, subscription: name, where }
  if (dead !== undefined) checkForwarding(dead, setup.grants, terraform.place)
  const noWrapper = endpoint.block('no_wrapper')
  const format: PushFormat = {
    subscription: name,
    unwrapped: noWrapper && { writeMetadata: noWrapper.flag('write_metadata') ?? false },
    countsAttempts: deadTopic !== undefined,
  }
  const identity = endpoint.block('oidc_token')
  const account = identity?.text('service_account_email')
  const audience = identity?.text('audience')
  const ackDeadlineMs = (atLeast(block, 'ack_deadline_seconds', [10, 600]) ?? defaultAckDeadlineSeconds) * 1000
  // "For push delivery, this value is also used to set the request timeout for the call to the push endpoint."
  const timeoutMs = Math.min(ackDeadlineMs, destination.service.timeoutMs)
  const push = async (message: Message, attempt: number): Promise<Failure> => {
    const request = pushBody(message, attempt, format)
    const answer = await send(destination, { ...request, timeoutMs, account, audience, now: clock.now() })
    return failureOf(answer, (status) => acknowledging.has(status))
  }
  const policy: DeliveryPolicy = {
    backoff: backoffOf(block),
    retentionMs,
    ordered: block.flag('enable_message_ordering') ?? false,
    maxAttempts: deadLetter && (atLeast(deadLetter, 'max_delivery_attempts', [5, 100]) ?? defaultMaxAttempts),
    setAside: (message, attempts) => (dead === undefined ? 'dropped' : moveToDead(pubSub, dead, message, attempts)),
  }
  const subscription = createSubscription({ clock, records, policy, push })
  pubSub.subscribe(topic, {
    receive(message, index, heardBy) {
      const id = heardBy === 1 ? message.id : `${message.id}-${index + 1}`
      subscription.add({ message, record: records.sent(source, functionName, id) })
    },
  })
  const topics = byFunction.get(functionName) ?? { from: new Set(), dead: new Set() }
  topics.from.add(topic)
  if (deadTopic !== undefined) topics.dead.add(deadTopic)
  byFunction.set(functionName, topics)
}

/** A number of which 0 stands for the default. */
function atLeast(block: Block, name: string, range: Range): number | undefined {
  return block.number(name) === 0 ? undefined : block.number(name, range)
}

function backoffOf(block: Block): DeliveryPolicy['backoff'] {
  const policy = block.block('retry_policy')
  return (
    policy && {
      minMs: policy.duration('minimum_backoff', [0, 600_000]) ?? defaultBackoff.minMs,
      maxMs: policy.duration('maximum_backoff', [0, 600_000]) ?? defaultBackoff.maxMs,
    }
  )
}

function subscriptionName(block: Block, { place }: Terraform): string {
  return `projects/${block.text('project') ?? place.project}/subscriptions/${required(block, 'name', block.text('name'))}`
}

function topicName(text: string, block: Block, { place }: Terraform): string {
  return text.includes('/') ? text : `projects/${block.text('project') ?? place.project}/topics/${text}`
}

function declaredTopic(text: string, block: Block, { terraform, pubSub }: PubSubSetup): string {
  const name = topicName(text, block, terraform)
  if (pubSub.hasTopic(name)) return name
  throw new Error(
    `${block.where}: there is no topic ${name}; it is neither a resource nor a data source of the deploy files.`,
  )
}
