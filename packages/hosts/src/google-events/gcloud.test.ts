import { expect, it } from 'vitest'

import { folderWith } from '../testing.ts'
import { readUpdates, type SubscriptionUpdate } from './gcloud.ts'
import { readTerraform } from './terraform.ts'

function read(command: string): Map<string, SubscriptionUpdate> {
  const google_eventarc_trigger = { made: { name: 'made', location: 'europe-west1' } }
  const google_pubsub_topic = { parked: { name: 'parked' } }
  const terraform_data = { made: { triggers_replace: ['x'], provisioner: [{ 'local-exec': { command } }] } }
  const resource = { google_eventarc_trigger, google_pubsub_topic, terraform_data }
  using folder = folderWith({ 'main.tf.json': JSON.stringify({ resource }) })
  return readUpdates(readTerraform(folder.path))
}

const update = 'gcloud pubsub subscriptions update'
const subscription = 'projects/local-project/subscriptions/eventarc-europe-west1-made-sub-000'

// https://cloud.google.com/sdk/gcloud/reference/pubsub/subscriptions/update
it("reads what gcloud sets on the subscription that is a trigger's transport", () => {
  const reference = '${google_eventarc_trigger.made.transport[0].pubsub[0].subscription}'
  const policy = '--dead-letter-topic=${google_pubsub_topic.parked.id} --max-delivery-attempts=7'
  expect(read(`${update} ${reference} --ack-deadline=300 ${policy}`).get(subscription)).toMatchObject({
    ackDeadlineMs: 300_000,
    retentionMs: undefined,
    backoff: { minMs: undefined, maxMs: undefined },
    deadLetter: { topic: 'projects/local-project/topics/parked', maxAttempts: 7 },
  })
})

it('takes names without their project, values in quotes or as the next word, and durations of every unit', () => {
  const more = "--dead-letter-topic 'parked' --message-retention-duration=7d --min-retry-delay=1m --max-retry-delay 90"
  expect(read(`${update} "orders" --quiet ${more}`).get('projects/local-project/subscriptions/orders')).toMatchObject({
    ackDeadlineMs: undefined,
    retentionMs: 604_800_000,
    backoff: { minMs: 60_000, maxMs: 90_000 },
    deadLetter: { topic: 'projects/local-project/topics/parked', maxAttempts: 5 },
  })
})

it.each([
  [`${update} s --enable-exactly-once-delivery`, 'flag --enable-exactly-once-delivery is not known'],
  [`${update} s --ack-deadline`, '--ack-deadline has no value'],
  [`${update} s --ack-deadline=5`, '--ack-deadline is "5"'],
  [`${update} s --ack-deadline=soon`, '--ack-deadline is "soon"'],
  [`${update} s --dead-letter-topic=t --max-delivery-attempts=4`, '--max-delivery-attempts is "4"'],
  [`${update} s --max-delivery-attempts=5`, 'needs a --dead-letter-topic'],
  [`${update} --ack-deadline=60`, 'names 0 subscriptions'],
  [`${update} s; rm -r /`, 'a shell would do more'],
  ['terraform output', '"terraform output" is not known'],
])('refuses `%s`', (command, why) => {
  expect(() => read(command)).toThrow(why)
})
