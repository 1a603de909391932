import type { Absence, EventCapabilities } from '@isobar/core'

const absent = (what: string, source: string): Absence => ({ absent: what, because: 'platform', source })

/** What both platforms keep of the rules of events: docs/events.md. */
export const eventCapabilities: EventCapabilities = {
  queue: true,
  'queue.retryOne': true,
  'queue.delay': absent(
    'A subscription has one retry policy; the handler cannot choose when a message comes again.',
    'https://docs.cloud.google.com/pubsub/docs/handling-failures#exponential_backoff',
  ),
  'queue.ordered': true,
  'queue.attributes': true,
  'queue.bytes': true,
  'queue.exactJson': true,
  'queue.empty': absent(
    'Pub/Sub refuses a message without data and attributes when it is sent.',
    'https://cloud.google.com/pubsub/docs/reference/rest/v1/PubsubMessage',
  ),
  'queue.128kB': true,
  'queue.deadLetter': true,
  topic: true,
  'topic.delay': absent(
    'A subscription has one retry policy; the handler cannot choose when a message comes again.',
    'https://docs.cloud.google.com/pubsub/docs/handling-failures#exponential_backoff',
  ),
  'topic.attributes': true,
  'topic.bytes': true,
  'topic.deadLetter': true,
  schedule: true,
  'schedule.timeZone': true,
  'schedule.retry': true,
  storage: true,
  stream: true,
  changes: true,
  'changes.ordered': absent(
    'Firestore tells of changes in no order, and one that fails comes after those behind it.',
    'https://cloud.google.com/firestore/docs/eventarc#limitations',
  ),
  'changes.deleted': true,
  'changes.before': true,
  'changes.bigNumbers': true,
  'changes.inserted': true,
  event: true,
  'event.identity': true,
}
