import type { Absence, EventCapabilities } from '@isobar/core'

const absent = (what: string, source: string): Absence => ({ absent: what, because: 'platform', source })

const parsed = absent(
  'A message that was sent as json, the default of send(), arrives as a value, so that bytes() is its JSON anew: spaces and digits beyond a double are gone. Send text or bytes, which arrive as they were sent.',
  'https://developers.cloudflare.com/queues/configuration/javascript-apis/#queuescontenttype',
)

/** What the platform keeps of the rules of events: docs/events.md. */
export const eventCapabilities: EventCapabilities = {
  queue: true,
  'queue.retryOne': true,
  'queue.delay': true,
  'queue.ordered': absent(
    'Cloudflare Queues does its best to keep the order of messages, and promises none.',
    'https://developers.cloudflare.com/queues/configuration/javascript-apis/#messagebatch',
  ),
  'queue.attributes': absent(
    'A message of Cloudflare Queues is its body and nothing else, so that a CloudEvent comes in structured mode only.',
    'https://developers.cloudflare.com/queues/configuration/javascript-apis/',
  ),
  'queue.bytes': true,
  'queue.exactJson': parsed,
  'queue.empty': true,
  'queue.128kB': true,
  'queue.deadLetter': true,
  topic: true,
  'topic.delay': true,
  'topic.attributes': absent(
    'A message of Cloudflare Queues is its body and nothing else, so that a CloudEvent comes in structured mode only.',
    'https://developers.cloudflare.com/queues/configuration/javascript-apis/',
  ),
  'topic.bytes': true,
  'topic.deadLetter': true,
  schedule: true,
  'schedule.timeZone': absent(
    'Cron triggers run in UTC.',
    'https://developers.cloudflare.com/workers/configuration/cron-triggers/',
  ),
  'schedule.retry': absent(
    'A cron trigger that fails is recorded and not repeated.',
    'https://developers.cloudflare.com/workers/configuration/cron-triggers/',
  ),
  storage: true,
  stream: absent(
    'Cloudflare has no ordered stream that a Worker consumes.',
    'https://developers.cloudflare.com/workers/runtime-apis/handlers/',
  ),
  changes: absent(
    'No database of Cloudflare hands its changes to a Worker.',
    'https://developers.cloudflare.com/workers/runtime-apis/handlers/',
  ),
  'changes.ordered': absent(
    'No database of Cloudflare hands its changes to a Worker.',
    'https://developers.cloudflare.com/workers/runtime-apis/handlers/',
  ),
  'changes.deleted': absent(
    'No database of Cloudflare hands its changes to a Worker.',
    'https://developers.cloudflare.com/workers/runtime-apis/handlers/',
  ),
  'changes.before': absent(
    'No database of Cloudflare hands its changes to a Worker.',
    'https://developers.cloudflare.com/workers/runtime-apis/handlers/',
  ),
  'changes.bigNumbers': absent(
    'No database of Cloudflare hands its changes to a Worker.',
    'https://developers.cloudflare.com/workers/runtime-apis/handlers/',
  ),
  'changes.inserted': absent(
    'No database of Cloudflare hands its changes to a Worker.',
    'https://developers.cloudflare.com/workers/runtime-apis/handlers/',
  ),
  event: absent(
    'Cloudflare has no event bus that a Worker subscribes to by type.',
    'https://developers.cloudflare.com/workers/runtime-apis/handlers/',
  ),
  'event.identity': absent(
    'Cloudflare has no event bus that a Worker subscribes to by type.',
    'https://developers.cloudflare.com/workers/runtime-apis/handlers/',
  ),
}
