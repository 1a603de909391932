import { samplePlan, sampleEvents } from '@isobar/compiler/testing'
import type { PlannedEvent } from '@isobar/compiler'
import { describe, expect, test } from 'vitest'
import { checkEvents, eventsTerraform, type EventsContext } from './build.ts'

const { queue, topic, stream } = sampleEvents

function context(events: readonly PlannedEvent[], more: Partial<EventsContext> = {}): EventsContext {
  return {
    application: 'shop',
    target: 'somewhere',
    events: samplePlan('somewhere', events).events,
    destination: (name) => ({ endpoint: `https://a/${name}`, audience: 'https://a', service: 'a', path: name }),
    timeoutSeconds: 300,
    unwrapped: false,
    ...more,
  }
}

/** A member of nested objects, by its path. */
function block(resource: object, path: string): unknown {
  return path.split('/').reduce<unknown>((node, key) => Object(node)[key], resource)
}

function subscription(planned: PlannedEvent, more: Partial<EventsContext> = {}): unknown {
  const { resource } = eventsTerraform(context([planned], more))
  return block(resource, `google_pubsub_subscription/${planned.name}`)
}

describe('a queue', () => {
  const { resource } = eventsTerraform(context([queue]))

  test('is a topic with a push subscription of our own', () => {
    expect(block(resource, 'google_pubsub_topic/topic-orders')).toEqual({ name: 'orders' })
    expect(subscription(queue)).toEqual({
      name: 'shop-ship',
      topic: '${google_pubsub_topic.topic-orders.id}',
      ack_deadline_seconds: 300,
      expiration_policy: { ttl: '' },
      retry_policy: { minimum_backoff: '10s', maximum_backoff: '600s' },
      dead_letter_policy: {
        dead_letter_topic: '${google_pubsub_topic.ship-dead.id}',
        max_delivery_attempts: 5,
      },
      enable_message_ordering: false,
      push_config: {
        push_endpoint: 'https://a/ship',
        oidc_token: { service_account_email: '${google_service_account.events.email}', audience: 'https://a' },
      },
    })
  })

  test('has a place for the dead in which they stay, and who may put them there', () => {
    expect(block(resource, 'google_pubsub_topic/ship-dead')).toEqual({ name: 'shop-ship-dead' })
    expect(block(resource, 'google_pubsub_subscription/ship-dead')).toMatchObject({
      name: 'shop-ship-dead',
      topic: '${google_pubsub_topic.ship-dead.id}',
      expiration_policy: { ttl: '' },
    })
    const agent = expect.stringContaining('@gcp-sa-pubsub.iam.gserviceaccount.com')
    const topicName = '${google_pubsub_topic.ship-dead.name}'
    expect(block(resource, 'google_pubsub_topic_iam_member')).toEqual({
      'ship-dead': {
        topic: topicName,
        role: 'roles/pubsub.publisher',
        member: '${google_service_account.events.member}',
      },
      'ship-dead-forward': { topic: topicName, role: 'roles/pubsub.publisher', member: agent },
    })
    expect(block(resource, 'google_pubsub_subscription_iam_member/ship')).toEqual({
      subscription: '${google_pubsub_subscription.ship.name}',
      role: 'roles/pubsub.subscriber',
      member: agent,
    })
  })

  test('is called by the account of the events alone', () => {
    expect(block(resource, 'google_service_account/events')).toMatchObject({ account_id: 'shop-events' })
    expect(block(resource, 'google_cloud_run_service_iam_member')).toEqual({
      events: {
        location: '${var.region}',
        service: 'a',
        role: 'roles/run.invoker',
        member: '${google_service_account.events.member}',
      },
    })
  })

  // https://docs.cloud.google.com/pubsub/docs/lease-management
  test.each([
    [5, 10],
    [90, 90],
    [3600, 600],
  ])('waits for a service that may take %d s for %d s', (timeoutSeconds, ack_deadline_seconds) => {
    expect(subscription(queue, { timeoutSeconds })).toMatchObject({ ack_deadline_seconds })
  })

  test('in order has message ordering on; a stream always', () => {
    const ordered: PlannedEvent = { ...queue, trigger: { queue: 'orders', ordered: true } }
    for (const planned of [ordered, stream]) {
      expect(subscription(planned)).toMatchObject({ enable_message_ordering: true })
    }
  })

  test('unwrapped writes its metadata', () => {
    expect(subscription(queue, { unwrapped: true })).toMatchObject({
      push_config: { no_wrapper: { write_metadata: true } },
    })
  })
})

test('two functions of a topic have a subscription each', () => {
  const other: PlannedEvent = { ...topic, name: 'log-price', exported: 'logPrice' }
  const { resource } = eventsTerraform(context([topic, other]))
  const topicId = '${google_pubsub_topic.topic-prices.id}'
  expect(block(resource, 'google_pubsub_subscription')).toMatchObject({
    'index-price': { name: 'shop-index-price', topic: topicId },
    'log-price': { name: 'shop-log-price', topic: topicId },
  })
})

describe('diagnostics', () => {
  const named = (physical: string): PlannedEvent => ({ ...queue, resource: { logical: 'orders', physical } })

  test.each(['orders', 'Orders.v2_~+%', 'o-1'])('the topic %s is none', (physical) => {
    expect(checkEvents(context([named(physical)]))).toEqual([])
  })

  test.each(['or', '1orders', 'googorders', 'or/ders', 'o'.repeat(256)])('the topic %s is one', (physical) => {
    expect(checkEvents(context([named(physical)]))).toMatchObject([
      {
        id: 'google-resource-name',
        severity: 'error',
        function: 'ship',
        notes: [expect.stringContaining("'orders'"), expect.anything()],
      },
    ])
  })

  test('a queue and a topic that would be one', () => {
    const clash: PlannedEvent = { ...topic, resource: { logical: 'prices', physical: 'orders' } }
    expect(checkEvents(context([queue, clash]))).toMatchObject([
      { id: 'pubsub-topic-clash', severity: 'error', function: 'index-price' },
    ])
    expect(checkEvents(context([topic, { ...topic, name: 'other' }]))).toEqual([])
  })

  test.each([
    [4, 5],
    [5, undefined],
    [100, undefined],
    [101, 100],
  ])('maxAttempts: %d', (maxAttempts, instead) => {
    const planned: PlannedEvent = { ...queue, trigger: { queue: 'orders', maxAttempts } }
    const told = checkEvents(context([planned]))
    expect(told.map(({ id, severity }) => [id, severity])).toEqual(
      instead === undefined ? [] : [['pubsub-max-attempts', 'warning']],
    )
    expect(subscription(planned)).toMatchObject({
      dead_letter_policy: { max_delivery_attempts: instead ?? maxAttempts },
    })
  })

  test('the account of an application with a long name', () => {
    const long = 'a'.repeat(24)
    expect(checkEvents(context([queue], { application: long }))).toMatchObject([{ id: 'google-account-name' }])
    expect(checkEvents(context([queue], { application: 'a'.repeat(23) }))).toEqual([])
  })
})
