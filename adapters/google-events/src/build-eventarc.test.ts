import { sampleEvents } from '@isobar/compiler/testing'
import type { PlannedEvent } from '@isobar/compiler'
import { describe, expect, test } from 'vitest'
import { checkEvents, eventsTerraform } from './build.ts'
import { block, context } from './testing/events-context.ts'

const { storage, changes, event } = sampleEvents

// https://github.com/hashicorp/terraform-provider-google/blob/main/website/docs/r/eventarc_trigger.html.markdown
describe('a trigger of Eventarc', () => {
  const triggers = (planned: PlannedEvent): unknown =>
    block(eventsTerraform(context([planned])).resource, 'google_eventarc_trigger')
  const common = {
    event_data_content_type: 'application/json',
    service_account: '${google_service_account.events.email}',
    destination: expect.objectContaining({
      cloud_run_service: expect.objectContaining({ service: 'a', region: '${var.region}' }),
    }),
  }

  test('for a bucket is one for each type of event', () => {
    const bucket = { attribute: 'bucket', value: 'uploads' }
    const type = (value: string): object => ({ attribute: 'type', value: `google.cloud.storage.object.v1.${value}` })
    expect(triggers(storage)).toMatchObject({
      'thumbnail-created': {
        ...common,
        name: 'shop-thumbnail-created',
        location: '${var.storage_location}',
        matching_criteria: [type('finalized'), bucket],
        destination: { cloud_run_service: { path: 'thumbnail' } },
      },
      'thumbnail-deleted': { ...common, name: 'shop-thumbnail-deleted', matching_criteria: [type('deleted'), bucket] },
    })
    const deleted: PlannedEvent = { ...storage, trigger: { bucket: 'uploads', on: 'deleted' } }
    expect(Object.keys(Object(triggers(deleted)))).toEqual(['thumbnail-deleted'])
  })

  test('for a collection has a pattern of documents', () => {
    expect(triggers(changes)).toMatchObject({
      'sync-users': {
        ...common,
        location: '${var.firestore_location}',
        matching_criteria: [
          { attribute: 'type', value: 'google.cloud.firestore.document.v1.written' },
          { attribute: 'database', value: '(default)' },
          { attribute: 'document', value: 'users/{id}', operator: 'match-path-pattern' },
        ],
      },
    })
  })

  test('for a type of one’s own has a channel', () => {
    expect(triggers(event)).toMatchObject({
      placed: {
        ...common,
        matching_criteria: [{ attribute: 'type', value: 'com.example.order.placed' }],
        channel: '${google_eventarc_channel.events.id}',
      },
    })
    const { resource } = eventsTerraform(context([event]))
    expect(block(resource, 'google_eventarc_channel/events')).toEqual({ name: 'shop', location: '${var.region}' })
  })

  test.each([storage, changes, event])('has a parked topic that keeps what is rejected: $kind', ({ name, ...rest }) => {
    const { resource } = eventsTerraform(context([{ name, ...rest }]))
    expect(block(resource, `google_pubsub_topic/${name}-parked`)).toEqual({ name: `shop-${name}-parked` })
    expect(block(resource, `google_pubsub_subscription/${name}-parked`)).toMatchObject({
      expiration_policy: { ttl: '' },
    })
    expect(block(resource, `google_pubsub_topic_iam_member/${name}-parked`)).toMatchObject({
      role: 'roles/pubsub.publisher',
      member: '${google_service_account.events.member}',
    })
  })

  // https://github.com/hashicorp/terraform-provider-google/issues/17701
  test('has its own subscription set to wait and to keep what was tried too often', () => {
    const often: PlannedEvent = { ...event, trigger: { ...event.trigger, maxAttempts: 7 } }
    const { resource } = eventsTerraform(context([often]))
    const made = '${google_eventarc_trigger.placed.transport[0].pubsub[0].subscription}'
    expect(block(resource, 'terraform_data/placed-subscription/provisioner')).toEqual([
      {
        'local-exec': {
          command: `gcloud pubsub subscriptions update ${made} --ack-deadline=300 --dead-letter-topic=\${google_pubsub_topic.placed-parked.id} --max-delivery-attempts=7`,
        },
      },
    ])
    expect(block(resource, 'google_pubsub_subscription_iam_member/placed')).toMatchObject({ subscription: made })
  })

  test('is for a bucket and a collection that may be', () => {
    const named = (planned: PlannedEvent, physical: string): PlannedEvent => ({
      ...planned,
      resource: { ...planned.resource, physical },
    })
    const told = (planned: PlannedEvent): number => checkEvents(context([planned])).length
    expect(['uploads', 'a.b_c-d'].map((name) => told(named(storage, name)))).toEqual([0, 0])
    expect(['Uploads', 'ab', '-ab'].map((name) => told(named(storage, name)))).toEqual([1, 1, 1])
    expect(['users', 'users/{user}/orders'].map((name) => told(named(changes, name)))).toEqual([0, 0])
    expect(['users/ann', '__users__', ''].map((name) => told(named(changes, name)))).toEqual([1, 1, 1])
  })
})
