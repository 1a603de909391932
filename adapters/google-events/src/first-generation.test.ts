import { changes, queue, storage } from '@isobar/core'
import { describe, expect, test } from 'vitest'
import { firestoreChanges } from './firestore.ts'
import { pubsubPush } from './pubsub-push.ts'
import { storageEvents } from './storage.ts'
import { delivery, fixture, handled } from './testing/deliveries.ts'

type Run = (sent: Parameters<typeof handled>[2]) => ReturnType<typeof handled>

const sources: [string, Run][] = [
  ['pubsubPush', (sent) => handled(pubsubPush('queue'), (handler) => queue('orders', handler), sent)],
  ['storageEvents', (sent) => handled(storageEvents(), (handler) => storage('uploads', handler), sent)],
  [
    'firestoreChanges',
    (sent) => handled(firestoreChanges('gcf-test/{id}'), (handler) => changes('gcf-test', handler), sent),
  ],
]

const conformance = 'GoogleCloudPlatform_functions-framework-conformance'
const java = 'GoogleCloudPlatform_functions-framework-java'

// Functions of the first generation were sent events in a form of their own, which no trigger of ours asks for.
describe.each(sources)('%s', (source, run) => {
  test.each([
    [`pubsub-legacy/${conformance}__legacy_pubsub-legacy-input.json`, 'eventId, timestamp, eventType'],
    [`pubsub-legacy/${java}__legacy_pubsub.json`, 'eventId, timestamp, eventType'],
    [`pubsub-legacy/${java}__pubsub_text.json`, 'context, data'],
    [`storage-legacy/${java}__legacy_storage_change.json`, 'data, eventId, eventType'],
    [`firestore-legacy/${conformance}__firestore_complex-legacy-input.json`, 'data, eventId, eventType'],
    [`firestore-legacy/${conformance}__firestore_simple-legacy-input.json`, 'data, eventId, eventType'],
  ])('lets %s come again, and tells why (E4)', async (path, members) => {
    const body = fixture(path)
    const { event, status, log } = await run(delivery(body, { 'content-type': 'application/json' }))
    expect([event, status]).toEqual([undefined, 503])
    expect(log).toContain('MalformedEventError')
    expect(log).toContain(
      source === 'pubsubPush'
        ? `got an object with ${members}`
        : `got ${body.byteLength} bytes of application/json without such headers`,
    )
  })
})
