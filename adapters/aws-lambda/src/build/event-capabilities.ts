import type { Absence, EventCapabilities } from '@isobar/core'

const absent = (what: string, source: string): Absence => ({ absent: what, because: 'platform', source })

/** What the platform keeps of the rules of events: docs/events.md. */
export const eventCapabilities: EventCapabilities = {
  queue: true,
  'queue.retryOne': true,
  'queue.delay': true,
  'queue.ordered': true,
  'queue.attributes': true,
  'queue.bytes': absent(
    'a message of SQS is text: other bytes are refused when they are sent, so their sender encodes them',
    'https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html',
  ),
  'queue.exactJson': true,
  'queue.empty': absent(
    'SQS refuses an empty message when it is sent',
    'https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html',
  ),
  'queue.128kB': true,
  'queue.deadLetter': true,
  topic: true,
  'topic.delay': absent(
    'Lambda tries a failed event of SNS again after one and after two minutes, whatever the handler says',
    'https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html',
  ),
  'topic.attributes': true,
  'topic.bytes': absent(
    'a message of SNS is text: other bytes are refused when they are sent, so their sender encodes them',
    'https://docs.aws.amazon.com/sns/latest/api/API_Publish.html',
  ),
  // The queue of the function's own dead: the OnFailure destination, and where a rejected event is sent.
  'topic.deadLetter': true,
  schedule: true,
  'schedule.timeZone': true,
  'schedule.retry': true,
  storage: true,
  stream: true,
  changes: true,
  // The stream of the table must have new and old images, which the parameter of the template asks for.
  'changes.ordered': true,
  'changes.deleted': true,
  'changes.before': true,
  'changes.bigNumbers': true,
  'changes.inserted': true,
  event: true,
  'event.identity': absent(
    'EventBridge gives every event an id and a time of its own, and knows no subject',
    'https://docs.aws.amazon.com/eventbridge/latest/ref/overiew-event-structure.html',
  ),
}
