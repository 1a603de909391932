import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { expect, test } from 'vitest'

import { createClock } from '../../../events/clock.ts'
import { md5OfAttributes, type MessageAttribute } from './message.ts'
import { createSqsQueue } from './queue.ts'
import { sqsRecord, type SqsRecord } from './record.ts'

/** A recorded message is sent again: its record has the members of the recorded one, and the values that a sender gives. */
const fixtures = join(import.meta.dirname, '../../../../../../conformance/fixtures/aws/sqs')

const recordings = readdirSync(fixtures).flatMap((name): [name: string, record: SqsRecord][] => {
  const { Records }: { Records: SqsRecord[] } = JSON.parse(readFileSync(join(fixtures, name), 'utf8'))
  return Records.map((record) => [name, record])
})

function attributesOf(record: SqsRecord): Record<string, MessageAttribute> {
  const entries = Object.entries(record.messageAttributes).map(([name, { dataType, stringValue, binaryValue }]) => [
    name,
    dataType.startsWith('Binary') ? { dataType, binaryValue } : { dataType, stringValue },
  ])
  return Object.fromEntries(entries)
}

test.each(recordings)('a message makes a record like the one of %s', (_name, recorded) => {
  const clock = createClock(Number(recorded.attributes['SentTimestamp']))
  const queue = createSqsQueue(clock, 'any', recorded.eventSourceARN, { fifo: false })
  queue.send({ body: recorded.body, attributes: attributesOf(recorded) })
  const [message] = queue.receive(1)
  if (message === undefined) throw new Error('There is no message.')
  const ours = sqsRecord(message, queue.arn)
  expect(Object.keys(ours).toSorted()).toEqual(Object.keys(recorded).toSorted())
  expect(Object.keys(ours.attributes).toSorted()).toEqual(
    // The recordings that were moved from another queue are of a dead-letter queue.
    Object.keys(recorded.attributes)
      .filter((name) => name !== 'DeadLetterQueueSourceArn')
      .toSorted(),
  )
  const { body, eventSource, eventSourceARN, attributes } = recorded
  expect(ours).toMatchObject({ body, eventSource, eventSourceARN })
  expect(ours.attributes['SentTimestamp']).toBe(attributes['SentTimestamp'])
  for (const [name, { dataType, stringValue }] of Object.entries(recorded.messageAttributes)) {
    expect(ours.messageAttributes[name]).toMatchObject({ dataType, stringValue })
  }
})

test('digests are of the form that the recordings have', () => {
  expect(md5OfAttributes({})).toBeUndefined()
  expect(md5OfAttributes({ a: { dataType: 'String', stringValue: 'b' } })).toMatch(/^[0-9a-f]{32}$/)
})
