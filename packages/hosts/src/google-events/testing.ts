import type { ManifestFunction } from '@isobar/compiler'

import type { TestManifest } from '../testing.ts'

/** An event function as a manifest has it. */
export type Listening = ManifestFunction extends infer One ? (One extends { kind: 'http' } ? never : One) : never

/** A built target of event functions: what a host reads of its manifest. */
export function eventManifest(platform: string, functions: Listening[]): TestManifest {
  return { isobar: '0.0.0', target: platform, platform, name: 'shop', functions }
}

/** A function of `orders` as a queue. */
export function queueFunction(name: string, entry: string, handler?: string): Listening {
  return {
    ...built(name, entry, handler),
    kind: 'queue',
    trigger: { queue: 'orders' },
    resource: { logical: 'orders', physical: 'orders' },
  }
}

/** What every function of a manifest has. */
export function built(
  name: string,
  entry: string,
  handler?: string,
): Omit<ManifestFunction, 'kind' | 'trigger' | 'resource'> {
  return {
    name,
    source: `functions/${name}.ts`,
    entry,
    ...(handler !== undefined && { handler }),
    bytes: 0,
    gzip: 0,
    shim: { file: entry, bytes: 0, gzip: 0 },
  }
}

/** A push subscription with what the documents say a consumer wants; `more` overrides. */
export function subscription(endpoint: string, more: object = {}): object {
  return {
    name: 'ship-orders',
    topic: '${google_pubsub_topic.orders.id}',
    ack_deadline_seconds: 60,
    push_config: {
      push_endpoint: endpoint,
      oidc_token: { service_account_email: 'invoker@local-project.iam.gserviceaccount.com' },
    },
    retry_policy: { minimum_backoff: '10s', maximum_backoff: '60s' },
    dead_letter_policy: { dead_letter_topic: '${google_pubsub_topic.dead.id}', max_delivery_attempts: 5 },
    ...more,
  }
}

/** The topic `orders`, its dead-letter topic, which a pull subscription holds, and what else there is. */
export function topicsAnd(resources: object, dead = true): string {
  const { google_pubsub_subscription: subscriptions = {}, ...others }: Record<string, object> = { ...resources }
  const held = dead ? { dead: { name: 'orders-dead', topic: '${google_pubsub_topic.dead.id}' } } : {}
  return JSON.stringify({
    variable: { project: { type: 'string' }, region: { type: 'string', default: 'europe-west1' } },
    resource: {
      google_pubsub_topic_iam_member: {
        dead: grant('topic', '${google_pubsub_topic.dead.name}', 'roles/pubsub.publisher'),
      },
      google_pubsub_subscription_iam_member: {
        ship: grant('subscription', '${google_pubsub_subscription.ship.name}', 'roles/pubsub.subscriber'),
      },
      google_cloud_run_service_iam_member: { ship: invoker('shop-ship'), events: invoker('shop-events') },
      google_pubsub_topic: { orders: { name: 'orders' }, dead: { name: 'orders-dead' } },
      google_pubsub_subscription: { ...subscriptions, ...held },
      ...others,
    },
  })
}

/** To Pub/Sub's own account. */
function grant(kind: 'topic' | 'subscription', name: string, role: string): object {
  return { [kind]: name, role, member: 'serviceAccount:service-123456789012@gcp-sa-pubsub.iam.gserviceaccount.com' }
}

/** To the account that pushes. */
export function invoker(service: string): object {
  return { service, role: 'roles/run.invoker', member: 'serviceAccount:invoker@local-project.iam.gserviceaccount.com' }
}
