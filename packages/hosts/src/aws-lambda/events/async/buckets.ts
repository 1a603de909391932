import { randomUUID } from 'node:crypto'

import { sendTo, type Connect, type Consumer, type EventPlatformParts } from '../parts.ts'
import { listOf, objectOf, textOf } from '../values.ts'
import { addFailures, jsonDeadLetter } from './failures.ts'
import { bucketEvent, isNotified, keyFilter, s3Event, type Bucket, type BucketNotification } from './s3.ts'

/** Buckets, each with the functions that are told of what happens in it. */
export function connectBuckets(parts: EventPlatformParts): Connect<'bucket'> {
  const { clock, records, deployment } = parts
  const notified = new Map<string, { consumer: Consumer; notification: BucketNotification; id: string }[]>()
  return (trigger, consumer) => {
    const { bucket: name, settings } = trigger
    const resource = deployment.ofType('AWS::S3::Bucket').find((one) => one.name === name)
    const versioned = textOf(objectOf(resource?.properties['VersioningConfiguration'])['Status']) === 'Enabled'
    const bucket: Bucket = { name, versioned }
    const events = [settings['Events'] ?? settings['Event']].flat().flatMap((one) => textOf(one) ?? [])
    const notification = { events, ...keyFilter(settings['Filter']) }
    const all = notified.get(name) ?? []
    notified.set(name, [...all, { consumer, notification, id: randomUUID() }])
    parts.addSource(consumer.source, name, () => ({
      prepare(input) {
        const event = bucketEvent(input, consumer.source, bucket, clock)
        return () => {
          const receivers = (notified.get(name) ?? []).filter((one) => isNotified(one.notification, event))
          return sendTo(records, randomUUID(), receivers, ({ consumer: { invoker }, id }, record) =>
            invoker.invoke(JSON.stringify(s3Event(event, bucket, id)), record),
          )
        }
      },
    }))
    // A record has no content of the object: it is its own data.
    addFailures(parts, trigger.function, consumer.source, (event) => jsonDeadLetter(listOf(event['Records'])[0]))
  }
}
