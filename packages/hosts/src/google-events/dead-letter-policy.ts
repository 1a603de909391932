import type { Place } from './computed.ts'
import { publisherRoles, shortName, subscriberRoles, type Grants } from './iam.ts'
import type { Message } from './message.ts'
import type { PubSub } from './pub-sub.ts'

/** What forwards the messages of a subscription that were tried too often. */
export interface DeadLetterPolicy {
  /** `projects/p/topics/t` */
  topic: string
  /** `projects/p/subscriptions/s` */
  subscription: string
  /** Names what sets it, for errors. */
  where: string
}

/**
 * Without these nothing is ever moved: https://cloud.google.com/pubsub/docs/handling-failures#grant_forwarding_permissions
 * @throws Error that says which grant is missing
 */
export function checkForwarding({ topic, subscription, where }: DeadLetterPolicy, grants: Grants, place: Place): void {
  const member = `serviceAccount:service-${place.number}@gcp-sa-pubsub.iam.gserviceaccount.com`
  const check = (kind: string, name: string, roles: readonly string[]): void => {
    if (grants.has([kind], shortName(name), roles, member)) return
    throw new Error(`${where}: Pub/Sub could not forward dead letters: ${member} lacks ${roles[0]} on ${name}.`)
  }
  check('google_pubsub_topic', topic, publisherRoles)
  check('google_pubsub_subscription', subscription, subscriberRoles)
}

/** With what Pub/Sub says of where it comes from: https://cloud.google.com/pubsub/docs/handling-failures#dead_letter_topic */
export function moveToDead(
  pubSub: Pick<PubSub, 'publish' | 'isHeard'>,
  { topic, subscription }: Pick<DeadLetterPolicy, 'topic' | 'subscription'>,
  message: Message,
  attempts: number,
): 'dead-lettered' | 'dropped' {
  const [, project = '', , name = ''] = subscription.split('/')
  pubSub.publish(topic, {
    data: message.data,
    attributes: {
      ...message.attributes,
      CloudPubSubDeadLetterSourceDeliveryCount: String(attempts),
      CloudPubSubDeadLetterSourceSubscription: name,
      CloudPubSubDeadLetterSourceSubscriptionProject: project,
      CloudPubSubDeadLetterSourceTopicPublishTime: new Date(message.publishTime).toISOString(),
    },
    ...(message.orderingKey !== undefined && { orderingKey: message.orderingKey }),
  })
  return pubSub.isHeard(topic) ? 'dead-lettered' : 'dropped'
}
