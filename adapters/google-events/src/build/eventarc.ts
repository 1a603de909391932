import type { EventDeployable, PlannedEvent } from '@isobar/compiler'
import { deliveryAttempts } from './attempts.ts'
import { account, accountMember, ackDeadline, merge, type Blocks, type EventsContext } from './context.ts'
import { documentPattern } from './names.ts'
import { deadLetters, forwarder } from './pubsub.ts'

interface Trigger {
  /** Behind the function's name, where it has several. */
  suffix?: string
  location: string
  criteria: { attribute: string; value: string; operator?: string }[]
  channel?: string
}

/**
 * Triggers and topics for what is rejected or was tried too often. A trigger that Terraform makes has retries on:
 * https://docs.cloud.google.com/eventarc/docs/retry-events. It is for the service of a function too, since the trigger that a
 * function brings along has one type of event and does not say how its data is encoded.
 * https://github.com/hashicorp/terraform-provider-google/blob/main/website/docs/r/eventarc_trigger.html.markdown
 */
export function eventarcBlocks(context: EventsContext): Blocks {
  const events = context.events.filter((event) => triggersOf(event.function).length > 0)
  if (events.length === 0) return {}
  const kinds = new Set(events.map((event) => event.function.kind))
  return merge([
    ...events.flatMap((event) => [triggerBlocks(context, event), deadLetters(event)]),
    // https://docs.cloud.google.com/eventarc/docs/run/roles-permissions
    { google_project_iam_member: { 'event-receiver': grant('roles/eventarc.eventReceiver', accountMember) } },
    kinds.has('event')
      ? { google_eventarc_channel: { events: { name: context.application, location: '${var.region}' } } }
      : {},
    // Cloud Storage publishes by itself: https://docs.cloud.google.com/eventarc/docs/run/route-trigger-cloud-storage
    kinds.has('storage')
      ? { google_project_iam_member: { 'storage-publisher': grant('roles/pubsub.publisher', storageAgent) } }
      : {},
  ])
}

const storageAgent = '${data.google_storage_project_service_account.this.member}'

/** What must be known of the project for that. */
export function eventarcData({ events }: EventsContext): Blocks {
  const hasStorage = events.some(({ function: { kind } }) => kind === 'storage')
  return hasStorage ? { google_storage_project_service_account: { this: {} } } : {}
}

/** Triggers lie where their sources do, which may be a multi-region. */
export function eventarcVariables({ events }: EventsContext): Record<string, object> {
  const kinds = new Set(events.map(({ function: { kind } }) => kind))
  const location = (of: string): object => ({
    type: 'string',
    default: 'europe-west1',
    description: `Location of ${of}: https://docs.cloud.google.com/eventarc/docs/understand-locations`,
  })
  return {
    ...(kinds.has('storage') && { storage_location: location('the buckets') }),
    ...(kinds.has('changes') && { firestore_location: location('the Firestore database') }),
  }
}

function grant(role: string, member: string): object {
  return { project: '${var.project}', role, member }
}

function triggerBlocks(context: EventsContext, event: EventDeployable): Blocks {
  const { name, service: base, function: planned } = event
  const { service, path } = context.destination(name)
  const triggers = triggersOf(planned).map(({ suffix, location, criteria, channel }): [string, object] => [
    suffix === undefined ? name : `${name}-${suffix}`,
    {
      name: suffix === undefined ? base : `${base}-${suffix}`,
      location,
      matching_criteria: criteria,
      // Firestore would send protocol buffers to a function otherwise.
      event_data_content_type: 'application/json',
      service_account: account,
      destination: { cloud_run_service: { service, region: '${var.region}', ...(path !== undefined && { path }) } },
      ...(channel !== undefined && { channel }),
      depends_on: dependencies(planned),
    },
  ])
  return merge([
    { google_eventarc_trigger: Object.fromEntries(triggers) },
    ...triggers.map(([key]) => subscriptionBlocks(context, event, key)),
  ])
}

/**
 * Eventarc makes the subscription by itself, and neither it nor Terraform has settings for it: it would wait 10 s for an
 * answer and send the event again while the handler runs, and drop what has failed for 24 hours. So gcloud sets what our own
 * subscriptions have: https://docs.cloud.google.com/eventarc/docs/retry-events#dead-letter-topics,
 * https://github.com/hashicorp/terraform-provider-google/issues/17701
 */
function subscriptionBlocks(
  { timeoutSeconds }: EventsContext,
  { name, function: planned }: EventDeployable,
  key: string,
): Blocks {
  const subscription = `\${google_eventarc_trigger.${key}.transport[0].pubsub[0].subscription}`
  const command = [
    `gcloud pubsub subscriptions update ${subscription}`,
    `--ack-deadline=${ackDeadline(timeoutSeconds)}`,
    `--dead-letter-topic=\${google_pubsub_topic.${name}-parked.id}`,
    `--max-delivery-attempts=${deliveryAttempts(planned)}`,
  ].join(' ')
  return {
    terraform_data: {
      [`${key}-subscription`]: {
        triggers_replace: [subscription, command],
        provisioner: [{ 'local-exec': { command } }],
      },
    },
    google_pubsub_subscription_iam_member: { [key]: forwarder(subscription) },
  }
}

/** Rights that must be there before a trigger can be made. */
function dependencies({ kind }: PlannedEvent): string[] {
  const receiver = 'google_project_iam_member.event-receiver'
  return kind === 'storage' ? [receiver, 'google_project_iam_member.storage-publisher'] : [receiver]
}

function triggersOf(planned: PlannedEvent): Trigger[] {
  const { physical } = planned.resource
  const type = (value: string): Trigger['criteria'][number] => ({ attribute: 'type', value })
  switch (planned.kind) {
    case 'storage': {
      const { on } = planned.trigger
      const kinds = [
        { suffix: 'created', type: 'google.cloud.storage.object.v1.finalized' },
        { suffix: 'deleted', type: 'google.cloud.storage.object.v1.deleted' },
      ].filter(({ suffix }) => on === undefined || on === suffix)
      return kinds.map(({ suffix, type: value }) => ({
        suffix,
        location: '${var.storage_location}',
        criteria: [type(value), { attribute: 'bucket', value: physical }],
      }))
    }
    case 'changes':
      return [
        {
          location: '${var.firestore_location}',
          criteria: [
            type('google.cloud.firestore.document.v1.written'),
            { attribute: 'database', value: '(default)' },
            { attribute: 'document', value: documentPattern(physical), operator: 'match-path-pattern' },
          ],
        },
      ]
    case 'event':
      return [
        {
          location: '${var.region}',
          criteria: [type(physical)],
          channel: '${google_eventarc_channel.events.id}',
        },
      ]
    default:
      return []
  }
}
