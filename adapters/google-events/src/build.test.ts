import { sampleEvents } from '@isobar/compiler/testing'
import type { PlannedEvent } from '@isobar/compiler'
import { describe, expect, test } from 'vitest'
import { checkEvents, eventsTerraform, type EventsContext } from './build.ts'
import { block, context } from './testing/events-context.ts'

const { queue, topic, stream, schedule, storage } = sampleEvents

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

  test('a limit that no sender waits for', () => {
    const told = (timeoutMs: number): unknown[] =>
      checkEvents(context([{ ...queue, trigger: { queue: 'orders', timeoutMs } }])).map(({ id }) => id)
    expect([told(600_000), told(600_001)]).toEqual([[], ['pubsub-time-limit']])
  })

  test('a name that is too long for what is deployed', () => {
    const long = (length: number, planned: PlannedEvent): PlannedEvent => ({ ...planned, name: 'a'.repeat(length) })
    const told = (planned: PlannedEvent): unknown[] => checkEvents(context([planned])).map(({ id }) => id)
    expect(told(long(63 - 'shop-'.length, queue))).toEqual([])
    expect(told(long(64 - 'shop-'.length, queue))).toEqual(['google-service-name'])
    expect(told(long(63 - 'shop--created'.length, storage))).toEqual([])
    expect(told(long(64 - 'shop--created'.length, storage))).toEqual(['google-service-name'])
  })

  test.each([
    [queue, 'ship-dead'],
    [storage, 'thumbnail-parked'],
    [storage, 'thumbnail-created'],
  ])('a function with the name of what belongs to another: $1', (planned, name) => {
    const other: PlannedEvent = { ...topic, name }
    expect(checkEvents(context([planned, other]))).toMatchObject([
      { id: 'google-service-name', function: planned.name, text: expect.stringContaining(`'${name}'`) },
    ])
  })

  test('the account of an application with a long name', () => {
    const long = 'a'.repeat(24)
    expect(checkEvents(context([queue], { application: long }))).toMatchObject([{ id: 'google-account-name' }])
    expect(checkEvents(context([queue], { application: 'a'.repeat(23) }))).toEqual([])
  })
})

describe('a schedule', () => {
  const job = (planned: PlannedEvent, more: Partial<EventsContext> = {}): unknown =>
    block(eventsTerraform(context([planned], more)).resource, 'google_cloud_scheduler_job/nightly')

  // https://docs.cloud.google.com/scheduler/docs/configuring/cron-job-schedules
  test('is a job that posts, is tried again, and says who it is', () => {
    expect(job(schedule)).toEqual({
      name: 'shop-nightly',
      region: '${var.region}',
      schedule: '30 2 * * 1,2,3,4,5',
      time_zone: 'Etc/UTC',
      attempt_deadline: '300s',
      retry_config: { retry_count: 3, min_backoff_duration: '10s', max_backoff_duration: '600s' },
      http_target: {
        http_method: 'POST',
        uri: 'https://a/nightly',
        oidc_token: { service_account_email: '${google_service_account.events.email}', audience: 'https://a' },
      },
    })
  })

  test('has its time zone', () => {
    const zoned: PlannedEvent = { ...schedule, trigger: { ...schedule.trigger, timeZone: 'Europe/Zurich' } }
    expect(job(zoned)).toMatchObject({ time_zone: 'Europe/Zurich' })
  })

  test('waits no less than 15 s', () => {
    expect(job(schedule, { timeoutSeconds: 5 })).toMatchObject({ attempt_deadline: '15s' })
  })

  test('has no place for the dead', () => {
    expect(eventsTerraform(context([schedule])).resource).not.toHaveProperty('google_pubsub_topic')
  })
})
