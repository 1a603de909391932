import type { Absence, EventCapabilities } from '@isobar/core'

const absent = (what: string, source: string): Absence => ({ absent: what, because: 'platform', source })

/** What the platform keeps of the rules of events: docs/events.md. */
export const eventCapabilities: EventCapabilities = {
  queue: true,
  'queue.bytes': true,
  'queue.retryOne': true,
  'queue.delay': true,
  'queue.ordered': true,
  'queue.attributes': true,
  'queue.deadLetter': true,
  topic: true,
  'topic.bytes': true,
  'topic.delay': absent(
    'Lambda repeats a failed event of SNS after one and two minutes, whatever the handler says',
    'https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html',
  ),
  'topic.attributes': true,
  'topic.deadLetter': absent(
    "A rejected event goes to the function's own queue `<function>-dead`: a handler cannot address an OnFailure destination",
    'https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html',
  ),
  schedule: true,
  'schedule.timeZone': true,
  'schedule.retry': true,
  storage: true,
  stream: true,
  changes: true,
  'changes.deleted': true,
  'changes.before': true,
  'changes.inserted': true,
  event: true,
}
