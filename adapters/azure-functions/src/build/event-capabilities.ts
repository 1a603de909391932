import type { Absence, EventCapabilities } from '@isobar/core'

const absent = (what: string, source: string): Absence => ({ absent: what, because: 'platform', source })

/** What the platform keeps of the rules of events: docs/events.md. */
export const eventCapabilities: EventCapabilities = {
  queue: true,
  'queue.bytes': true,
  'queue.retryOne': true,
  'queue.delay': absent(
    "A Storage queue's delay is one for the whole app (`visibilityTimeout` in host.json).",
    'https://learn.microsoft.com/azure/azure-functions/functions-bindings-storage-queue#host-json',
  ),
  'queue.ordered': absent(
    'A Storage queue keeps no order.',
    'https://learn.microsoft.com/azure/storage/queues/storage-queues-introduction',
  ),
  'queue.attributes': absent(
    'A message of a Storage queue is its body and nothing else, so that a CloudEvent comes in structured mode only.',
    'https://learn.microsoft.com/rest/api/storageservices/put-message',
  ),
  'queue.deadLetter': true,
  topic: true,
  'topic.bytes': true,
  'topic.delay': absent(
    'A message that fails is abandoned and comes again at once.',
    'https://learn.microsoft.com/azure/azure-functions/functions-bindings-service-bus-trigger',
  ),
  'topic.attributes': true,
  'topic.deadLetter': absent(
    'A rejected message goes to the queue `<topic>-parked`: the trigger of this programming model can complete and abandon, no more.',
    'https://learn.microsoft.com/azure/azure-functions/functions-bindings-service-bus-trigger',
  ),
  schedule: true,
  'schedule.timeZone': absent(
    'Timers run in UTC; the time zone is a setting of the whole app, and not on every plan.',
    'https://learn.microsoft.com/azure/azure-functions/functions-bindings-timer#ncrontab-time-zones',
  ),
  'schedule.retry': true,
  storage: true,
  stream: true,
  changes: true,
  'changes.deleted': absent(
    'The change feed of Cosmos DB does not tell deletions in its default mode.',
    'https://learn.microsoft.com/azure/cosmos-db/change-feed-modes',
  ),
  'changes.before': absent(
    'The change feed of Cosmos DB tells the latest state of an item only.',
    'https://learn.microsoft.com/azure/cosmos-db/change-feed-modes',
  ),
  'changes.inserted': absent(
    'The change feed of Cosmos DB does not tell an insertion from an update: the type is `changes.upserted`.',
    'https://learn.microsoft.com/azure/cosmos-db/change-feed-modes',
  ),
  event: true,
}
