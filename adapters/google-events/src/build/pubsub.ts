import type { EventDeployable } from '@isobar/compiler'
import { deliveryAttempts } from './attempts.ts'
import { account, accountMember, blockName, ackDeadline, merge, type Blocks, type EventsContext } from './context.ts'
import { deadLetterTopic, isPubsub } from './names.ts'

/** Pub/Sub itself, which forwards what was tried too often. */
const pubsubAgent = 'serviceAccount:service-${data.google_project.this.number}@gcp-sa-pubsub.iam.gserviceaccount.com'

/**
 * Topics, and for each function a push subscription of its own with its dead-letter topic:
 * https://github.com/hashicorp/terraform-provider-google/blob/main/website/docs/r/pubsub_subscription.html.markdown
 */
export function pubsubBlocks(context: EventsContext): Blocks {
  const events = context.events.filter((event) => isPubsub(event.function.kind))
  return merge(events.flatMap((event) => [topic(event), subscription(context, event), deadLetters(event)]))
}

/** The topic for what is rejected or was tried too often, with a subscription that keeps what lies in it, and who may publish there. */
export function deadLetters({ service, name, function: planned }: EventDeployable): Blocks {
  const topicName = deadLetterTopic(service, planned.kind)
  if (topicName === undefined) return {}
  const key = topicName.slice(service.length - name.length)
  return {
    google_pubsub_topic: { [key]: { name: topicName } },
    google_pubsub_subscription: {
      [key]: {
        name: topicName,
        topic: `\${google_pubsub_topic.${key}.id}`,
        message_retention_duration: '604800s',
        expiration_policy: { ttl: '' },
      },
    },
    google_pubsub_topic_iam_member: {
      [key]: publisher(key, accountMember),
      [`${key}-forward`]: publisher(key, pubsubAgent),
    },
  }
}

function publisher(key: string, member: string): object {
  return { topic: `\${google_pubsub_topic.${key}.name}`, role: 'roles/pubsub.publisher', member }
}

function topic({ function: { resource } }: EventDeployable): Blocks {
  return { google_pubsub_topic: { [topicKey(resource.physical)]: { name: resource.physical } } }
}

/** Apart from the names of functions, which dead-letter topics have. */
function topicKey(physical: string): string {
  return `topic-${blockName(physical)}`
}

function subscription(context: EventsContext, event: EventDeployable): Blocks {
  const { name, service, function: planned } = event
  const { endpoint, audience } = context.destination(name)
  const ordered = planned.kind === 'stream' || (planned.kind === 'queue' && planned.trigger.ordered === true)
  return {
    google_pubsub_subscription: {
      [name]: {
        name: service,
        topic: `\${google_pubsub_topic.${topicKey(planned.resource.physical)}.id}`,
        ack_deadline_seconds: ackDeadline(context.timeoutSeconds),
        // Never: by default a subscription is deleted after 31 days without a message.
        expiration_policy: { ttl: '' },
        // Without one a failed message comes again at once: https://docs.cloud.google.com/pubsub/docs/handling-failures
        retry_policy: { minimum_backoff: '10s', maximum_backoff: '600s' },
        dead_letter_policy: {
          dead_letter_topic: `\${google_pubsub_topic.${name}-dead.id}`,
          max_delivery_attempts: deliveryAttempts(planned),
        },
        enable_message_ordering: ordered,
        push_config: {
          push_endpoint: endpoint,
          oidc_token: { service_account_email: account, audience },
          ...(context.unwrapped && { no_wrapper: { write_metadata: true } }),
        },
      },
    },
    google_pubsub_subscription_iam_member: { [name]: forwarder(`\${google_pubsub_subscription.${name}.name}`) },
  }
}

/** Pub/Sub acknowledges what it forwards: https://docs.cloud.google.com/pubsub/docs/dead-letter-topics#grant_forwarding_permissions */
export function forwarder(subscription: string): object {
  return { subscription, role: 'roles/pubsub.subscriber', member: pubsubAgent }
}
