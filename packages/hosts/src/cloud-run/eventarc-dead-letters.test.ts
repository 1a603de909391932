import { expect, test } from 'vitest'

import { boot } from '../boot.ts'
import { built, eventManifest, invoker } from '../google-events/testing.ts'
import { folderWith } from '../testing.ts'
import type { Running } from '../types.ts'

/** A container that fails every request. */
const server = `
import { createServer } from 'node:http'
createServer((request, response) => {
  request.resume()
  response.statusCode = 500
  response.end()
}).listen(process.env.PORT)
`

const service = `apiVersion: serving.knative.dev/v1
kind: Service
metadata: { name: shop-events }
spec: { template: { spec: { containers: [{ image: image, command: [node, server.mjs] }] } } }
`

const subscription = '${google_eventarc_trigger.thumbnail.transport[0].pubsub[0].subscription}'
const update = `gcloud pubsub subscriptions update ${subscription} --dead-letter-topic=\${google_pubsub_topic.aside.id}`
const member = 'serviceAccount:service-123456789012@gcp-sa-pubsub.iam.gserviceaccount.com'

/** A trigger for a function, and a topic whose name does not tell what it is for. */
function deploy(command: string, grants: object): string {
  return JSON.stringify({
    resource: {
      google_cloud_run_service_iam_member: { events: invoker('shop-events') },
      google_pubsub_topic: { aside: { name: 'set-aside' } },
      google_pubsub_subscription: { aside: { name: 'set-aside', topic: '${google_pubsub_topic.aside.id}' } },
      google_eventarc_trigger: {
        thumbnail: {
          name: 'thumbnail',
          location: 'europe-west1',
          matching_criteria: [
            { attribute: 'type', value: 'google.cloud.storage.object.v1.finalized' },
            { attribute: 'bucket', value: 'my-uploads' },
          ],
          destination: { cloud_run_service: { service: 'shop-events', path: '/.isobar/thumbnail' } },
          service_account: 'invoker@local-project.iam.gserviceaccount.com',
        },
      },
      terraform_data: { update: { provisioner: [{ 'local-exec': { command } }] } },
      ...grants,
    },
  })
}

const publisher = { topic: '${google_pubsub_topic.aside.name}', role: 'roles/pubsub.publisher', member }
const subscriber = { subscription, role: 'roles/pubsub.subscriber', member }
const grants = {
  google_pubsub_topic_iam_member: { aside: publisher },
  google_pubsub_subscription_iam_member: { thumbnail: subscriber },
}

async function booted(
  command: string = update,
  granted: object = grants,
): Promise<AsyncDisposable & { running: Running }> {
  const resource = { logical: 'uploads', physical: 'my-uploads' }
  const thumbnail = { ...built('thumbnail', 'server.mjs'), kind: 'storage', trigger: { bucket: 'uploads' }, resource }
  const folder = folderWith({
    'manifest.json': JSON.stringify({ ...eventManifest('cloud-run', []), functions: [thumbnail] }),
    'server.mjs': server,
    'service.yaml': service,
    'events.tf.json': deploy(command, granted),
  })
  try {
    const running = await boot('cloud-run', folder.path)
    return {
      running,
      async [Symbol.asyncDispose]() {
        await running.stop()
        folder[Symbol.dispose]()
      },
    }
  } catch (error) {
    folder[Symbol.dispose]()
    throw error
  }
}

test('an event that was tried as often as gcloud sets it goes to the topic that gcloud sets', async () => {
  await using booting = await booted(`${update} --max-delivery-attempts=6`)
  const { running } = booting
  const [id] = await running.deliver('storage:uploads', [{ object: 'created', key: 'a b.png' }])
  await running.advance(24 * 3_600_000)
  const [record] = running.deliveries()
  expect(record).toMatchObject({ id, end: 'dead-lettered' })
  expect(record?.attempts).toHaveLength(6)
  // https://cloud.google.com/pubsub/docs/handling-failures#dead_letter_topic
  const [dead, ...others] = await running.deadLetters('storage:uploads')
  expect(others).toEqual([])
  expect(JSON.parse(Buffer.from(dead?.body ?? []).toString())).toMatchObject({ bucket: 'my-uploads', name: 'a b.png' })
  expect(dead?.attributes).toMatchObject({
    'ce-id': id,
    'ce-type': 'google.cloud.storage.object.v1.finalized',
    CloudPubSubDeadLetterSourceDeliveryCount: '6',
    CloudPubSubDeadLetterSourceSubscription: 'eventarc-europe-west1-thumbnail-sub-000',
  })
})

test.each([
  ['the topic', { google_pubsub_subscription_iam_member: grants.google_pubsub_subscription_iam_member }],
  ['the subscription', { google_pubsub_topic_iam_member: grants.google_pubsub_topic_iam_member }],
])('a topic for the dead that Pub/Sub has no right to is an error: on %s', async (_, granted) => {
  await expect(booted(update, granted)).rejects.toThrow('Pub/Sub could not forward dead letters')
})

test('a command for a subscription that no trigger has is an error', async () => {
  const command = 'gcloud pubsub subscriptions update another --ack-deadline=60'
  await expect(booted(command)).rejects.toThrow('no subscription projects/local-project/subscriptions/another')
})
