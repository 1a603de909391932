import { readCloudEvent } from './cloud-event.ts'
import type { Delivery } from './delivery.ts'
import type { EventSource, ReadMessage } from './source.ts'

/** Events of the application's own types, by a channel of Eventarc: https://docs.cloud.google.com/eventarc/docs/publish-events */
export function customEvents(): EventSource {
  return { kind: 'event', read: readCustom }
}

/** The CloudEvent is core's to take apart, as that of any other transport; here it only must be one. */
function readCustom(delivery: Delivery): ReadMessage {
  const { id, source, type, time, subject, origin } = readCloudEvent(delivery)
  return {
    message: {
      id,
      source,
      type,
      time: time ?? delivery.now,
      subject,
      attributes: origin.attributes,
      cloudEvent: 'attributes',
      payload: { bytes: origin.data },
      delivery: {},
    },
    origin,
  }
}
