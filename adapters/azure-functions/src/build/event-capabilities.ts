import type { Absence, EventCapabilities } from '@isobar/core'
import type { QueueService } from './options.ts'

const absent = (what: string, source: string): Absence => ({ absent: what, because: 'platform', source })

type QueueKey = 'queue.delay' | 'queue.ordered' | 'queue.attributes' | 'queue.128kB' | 'queue.deadLetter'

const serviceBusTrigger = 'https://learn.microsoft.com/azure/azure-functions/functions-bindings-service-bus-trigger'

const abandoned = absent(
  'A message that fails is abandoned and comes again at once.',
  `${serviceBusTrigger}#peeklock-behavior`,
)

/** What is different with each of the two things that a `queue()` can be. */
const queues: Record<QueueService, Record<QueueKey, true | Absence>> = {
  storage: {
    'queue.delay': absent(
      "A Storage queue's delay is one for the whole app (`visibilityTimeout` in host.json).",
      'https://learn.microsoft.com/azure/azure-functions/functions-bindings-storage-queue#host-json',
    ),
    'queue.ordered': absent(
      "A Storage queue keeps no order; a queue of Service Bus does (the target's option queues: 'service-bus').",
      'https://learn.microsoft.com/azure/service-bus-messaging/service-bus-azure-and-service-bus-queues-compared-contrasted#foundational-capabilities',
    ),
    'queue.attributes': absent(
      'A message of a Storage queue is its body and nothing else, so that a CloudEvent comes in structured mode only.',
      'https://learn.microsoft.com/rest/api/storageservices/put-message',
    ),
    'queue.128kB': absent(
      'A message of a Storage queue may have 64 KiB, of which base64 leaves 48.',
      'https://learn.microsoft.com/azure/storage/queues/storage-queues-introduction',
    ),
    'queue.deadLetter': true,
  },
  'service-bus': {
    'queue.delay': abandoned,
    'queue.ordered': true,
    'queue.attributes': true,
    'queue.128kB': true,
    'queue.deadLetter': absent(
      'A rejected message goes to the queue `<queue>-parked`: a function of this programming model can complete and abandon, no more.',
      serviceBusTrigger,
    ),
  },
}

/** What the platform keeps of the rules of events: docs/events.md. */
export function eventCapabilities(service: QueueService): EventCapabilities {
  return { ...shared, ...queues[service] }
}

const shared: Omit<EventCapabilities, QueueKey> = {
  queue: true,
  'queue.retryOne': true,
  'queue.bytes': true,
  'queue.exactJson': true,
  'queue.empty': true,
  topic: true,
  'topic.delay': abandoned,
  'topic.attributes': true,
  'topic.bytes': true,
  'topic.deadLetter': absent(
    'A rejected message goes to the queue `<topic>-parked`: a function of this programming model can complete and abandon, no more.',
    serviceBusTrigger,
  ),
  schedule: true,
  'schedule.timeZone': absent(
    'Timers run in UTC: the time zone is a setting of the whole app, which the plan Flex Consumption does not have.',
    'https://learn.microsoft.com/azure/azure-functions/functions-bindings-timer#ncrontab-time-zones',
  ),
  'schedule.retry': true,
  storage: true,
  stream: true,
  changes: true,
  'changes.ordered': true,
  'changes.deleted': absent(
    'The change feed of Cosmos DB does not tell deletions in its default mode.',
    'https://learn.microsoft.com/azure/cosmos-db/change-feed-modes',
  ),
  'changes.before': absent(
    'The change feed of Cosmos DB tells the latest state of an item only.',
    'https://learn.microsoft.com/azure/cosmos-db/change-feed-modes',
  ),
  'changes.bigNumbers': absent(
    'Cosmos DB keeps every number as a double, so that digits are lost before a change is told.',
    'https://learn.microsoft.com/azure/cosmos-db/nosql/query/constants',
  ),
  'changes.inserted': absent(
    'The change feed of Cosmos DB does not tell an insertion from an update: the type is `changes.upserted`.',
    'https://learn.microsoft.com/azure/cosmos-db/change-feed-modes',
  ),
  event: true,
  'event.identity': true,
}
