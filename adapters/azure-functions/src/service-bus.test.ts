import { bindingsOf, invoke, logged } from './testing/library.ts'
import { queue, Reject, topic, type Event, type EventContext } from '@isobar/core'
import { app, output } from '@azure/functions'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { serviceBusQueue, serviceBusTopic } from './service-bus.ts'
import { fixture } from './testing/fixtures.ts'

let handle: (event: Event, context: EventContext) => void | Promise<void>
const parked = output.serviceBusQueue({ queueName: 'orders-parked', connection: 'ServiceBus' })
const settings = { timeoutMs: 600_000, parked }
// The library hands on what its types do not know.
const orders = { queueName: 'orders', connection: 'ServiceBus', isSessionsEnabled: true, dataType: 'binary' }
const ship = queue('orders', (event, context) => handle(event, context))
app.serviceBusQueue('ship', {
  ...orders,
  extraOutputs: [parked],
  handler: serviceBusQueue({ target: 'azure', name: 'ship', definition: ship }, settings),
})
const prices = { topicName: 'prices', subscriptionName: 'index', connection: 'ServiceBus', dataType: 'binary' }
const index = topic('prices', (event, context) => handle(event, context))
app.serviceBusTopic('index', {
  ...prices,
  extraOutputs: [parked],
  handler: serviceBusTopic({ target: 'azure', name: 'index', definition: index }, settings),
})

const said = { queueName: 'said', connection: 'ServiceBus', dataType: 'binary' }
app.serviceBusQueue('said', {
  ...said,
  extraOutputs: [parked],
  handler: serviceBusQueue(
    {
      target: 'azure',
      name: 'said',
      definition: queue({ queue: 'said', data: 'bytes' }, (event, context) => handle(event, context)),
    },
    settings,
  ),
})

afterEach(() => {
  logged.splice(0)
  vi.unstubAllEnvs()
})

const { request, handlerObserved } = fixture(
  'invocation-observed/recorded_azure-functions-nodejs-library__servicebus-one-string',
)
/** What `dataType: 'binary'` makes of the text of the recording. */
const data = { bytes: Buffer.from('{"a":1}') }
const { triggerMetadata } = request

test('the library hands dataType and sessions over to the host', () => {
  expect(bindingsOf('ship')[0]).toMatchObject({
    type: 'serviceBusTrigger',
    dataType: 'binary',
    isSessionsEnabled: true,
  })
  expect(bindingsOf('index')[0]).toMatchObject({ type: 'serviceBusTrigger', subscriptionName: 'index' })
})

test.each([
  ['ship', 'queue:orders', 'queue.message'],
  ['index', 'topic:prices', 'topic.message'],
])('a message for %s has what the vendor’s own handler saw', async (name, source, type) => {
  vi.stubEnv('TZ', 'America/New_York')
  let seen: unknown
  handle = ({ id, source: from, type: kind, data: decoded, attributes }, { delivery }) =>
    void (seen = { id, from, kind, decoded, attributes, delivery })
  await invoke(name, data, triggerMetadata)
  const { messageId, deliveryCount, userProperties, enqueuedTimeUtc } = handlerObserved.triggerMetadata
  expect(seen).toEqual({
    id: messageId,
    from: source,
    kind: type,
    decoded: handlerObserved.value,
    attributes: userProperties,
    delivery: {
      attempt: deliveryCount,
      // .NET writes the zone of these times in no place; the name says it.
      enqueuedAt: new Date(`${String(enqueuedTimeUtc)}Z`),
      batch: { index: 0, size: 1 },
    },
  })
})

test('the newer names of the facts, with the session and the number', async () => {
  let seen: unknown
  handle = ({ attributes, datacontenttype, subject, time }, { delivery }) =>
    void (seen = { attributes, datacontenttype, subject, time, delivery })
  await invoke('ship', data, {
    ...triggerMetadata,
    EnqueuedTime: { json: '"2022-01-02T00:00:00+00:00"' },
    ApplicationProperties: { json: '{"tier":"gold","count":3,"at":null}' },
    ContentType: { string: 'application/json' },
    Subject: { string: 'order' },
    SessionId: { string: 'customer-7' },
    SequenceNumber: { json: '42' },
  })
  expect(seen).toEqual({
    attributes: { tier: 'gold', count: '3' },
    datacontenttype: 'application/json',
    subject: 'order',
    time: '2022-01-02T00:00:00.000Z',
    delivery: {
      attempt: 1,
      enqueuedAt: new Date('2022-01-02T00:00:00Z'),
      orderingKey: 'customer-7',
      sequence: '42',
      batch: { index: 0, size: 1 },
    },
  })
})

test('a CloudEvent in binary mode is found in the application properties (E3)', async () => {
  let seen: Event | undefined
  handle = (event) => void (seen = event)
  const properties = {
    'cloudEvents:specversion': '1.0',
    'cloudEvents:id': 'ce-1',
    'cloudEvents:source': '/shop',
    'cloudEvents:type': 'com.example.placed',
  }
  await invoke('ship', data, { ...triggerMetadata, ApplicationProperties: { json: JSON.stringify(properties) } })
  expect(seen).toMatchObject({ id: 'ce-1', source: '/shop', type: 'com.example.placed', data: { a: 1 } })
})

describe('the id of a message (E1)', () => {
  test.each([
    ['that the library has parsed to a number is its digits', { MessageId: { string: '42' } }, '42'],
    [
      'that has lost digits gives way to the number in the queue',
      { MessageId: { string: '12345678901234567890' }, SequenceNumber: { json: '7' } },
      '7',
    ],
  ])('%s', async (_, metadata, expected) => {
    let seen: unknown
    handle = ({ id }) => void (seen = id)
    await invoke('ship', data, { ...triggerMetadata, ...metadata })
    expect(seen).toBe(expected)
  })
})

describe('the outcome', () => {
  test('of a handler that throws is the error itself, so that the host abandons the message', async () => {
    const error = new Error('no stock')
    handle = () => {
      throw error
    }
    await expect(invoke('ship', data, triggerMetadata)).rejects.toBe(error)
  })

  // The host writes bytes as `System.Byte[]`, and parses a text: https://github.com/Azure/azure-functions-host/issues/3125
  test.each(['{"a":1}', '[1,2]', 'plain', '\ufeffbom', ''])(
    'of a rejected message is one message of the queue beside, with the text %j as it came',
    async (text) => {
      handle = () => {
        throw Reject('no such order')
      }
      const { outputData } = await invoke('said', { bytes: Buffer.from(text) }, triggerMetadata)
      expect(outputData).toEqual([{ name: parked.name, data: { json: JSON.stringify([text]) } }])
    },
  )

  test('of a rejected message that is no text is that it comes again, since the host could not write it', async () => {
    handle = () => {
      throw Reject('no such order')
    }
    await expect(invoke('said', { bytes: Buffer.from([0xff]) }, triggerMetadata)).rejects.toThrow(
      'could not be set aside',
    )
  })
})

test.each([
  [
    'a value that the host has parsed',
    request.inputData[0]?.data ?? {},
    triggerMetadata,
    /must be bytes .*object with a/,
  ],
  ['a message without an id', data, {}, /messageId of a Service Bus message must be a text.*undefined/],
])('%s is an error that says what came (E4)', async (_, given, metadata, message) => {
  handle = () => undefined
  await expect(invoke('ship', given, metadata)).rejects.toMatchObject({
    name: 'MalformedEventError',
    message: expect.stringMatching(message),
  })
})
