import { invoke } from './testing/library.ts'
import { event, Reject, type Event, type EventContext } from '@isobar/core'
import { app, output } from '@azure/functions'
import { describe, expect, test } from 'vitest'
import { eventGrid } from './event-grid.ts'
import { fixture, payload } from './testing/fixtures.ts'

let handle: (event: Event, context: EventContext) => void | Promise<void>
const parked = output.storageQueue({ queueName: 'placed-parked', connection: 'AzureWebJobsStorage' })
const settings = { timeoutMs: 600_000, parked }
const definition = event('com.example.placed', (given, context) => handle(given, context))
app.eventGrid('placed', {
  extraOutputs: [parked],
  handler: eventGrid({ target: 'azure', name: 'placed', definition }, settings),
})
const text = event({ type: 'com.example.said', data: 'text' }, (given, context) => handle(given, context))
app.eventGrid('said', { handler: eventGrid({ target: 'azure', name: 'said', definition: text }, settings) })

async function see(given: object, name = 'placed'): Promise<Event> {
  let seen: Event | undefined
  handle = (one) => void (seen = one)
  await invoke(name, given)
  if (!seen) throw new Error('The handler was not called.')
  return seen
}

const { request, handlerObserved } = fixture(
  'invocation-observed/recorded_azure-functions-nodejs-library__eventgrid-event',
)
const recorded = request.inputData[0]?.data ?? {}
const hub = payload('eventgrid/Azure_azure-functions-templates__EventGridTrigger-CSharp-2.x')
const cloud = payload('eventgrid-cloudevent/Azure_azure-functions-templates__EventGridCloudEventTrigger-CSharp-3.x')

describe('an event keeps its own id, source and type', () => {
  test.each([
    ['in the schema of Event Grid, as recorded', recorded, handlerObserved.value],
    ['in the schema of Event Grid, of another service', { json: JSON.stringify(hub) }, hub],
  ])('%s', async (_, given, native) => {
    const { topic, eventType, eventTime, ...same } = Object(native)
    expect(await see(given)).toMatchObject({
      specversion: '1.0',
      source: topic,
      type: eventType,
      time: eventTime,
      id: same.id,
      subject: same.subject,
      data: same.data,
    })
  })

  test('in the schema of CloudEvents', async () => {
    const seen = await see({ json: JSON.stringify(cloud) })
    const { specversion, id, source, type, time, subject, data, dataschema } = cloud
    expect(seen).toMatchObject({ specversion, id, source, type, time, subject, data, attributes: { dataschema } })
  })
})

test('a text as data is a text where the trigger says so (E2)', async () => {
  const said = { ...hub, data: 'hello' }
  expect((await see({ json: JSON.stringify(said) }, 'said')).data).toBe('hello')
  expect((await see({ json: JSON.stringify(said) })).data).toBe('hello')
})

test('bytes of a CloudEvent are those in data_base64', async () => {
  const { data: _, ...rest } = cloud
  const given = { ...rest, datacontenttype: 'application/octet-stream', data_base64: '/wA=' }
  expect((await see({ json: JSON.stringify(given) })).data).toEqual(new Uint8Array([255, 0]))
})

describe('the outcome', () => {
  test('of a handler that throws is the error itself, so that Event Grid sends again', async () => {
    const error = new Error('no')
    handle = () => {
      throw error
    }
    await expect(invoke('placed', recorded)).rejects.toBe(error)
  })

  test('of a rejected event is one message with the event as it came', async () => {
    handle = () => {
      throw Reject('no')
    }
    const { outputData } = await invoke('placed', recorded)
    expect(outputData).toEqual([{ name: parked.name, data: { bytes: expect.any(Uint8Array) } }])
    expect(JSON.parse(new TextDecoder().decode(outputData[0]?.data.bytes))).toEqual(handlerObserved.value)
  })
})

test.each([
  ['what is no object', { string: 'event' }, /must be an object.*"event"/],
  [
    'an event without an id',
    { json: JSON.stringify({ ...hub, id: undefined }) },
    /id of an Event Grid event.*undefined/,
  ],
  ['an event without a topic', { json: JSON.stringify({ ...hub, topic: '' }) }, /topic of an Event Grid event.*""/],
  ['a CloudEvent without a source', { json: JSON.stringify({ ...cloud, source: 1 }) }, /source of a CloudEvent.*1/],
])('%s is an error that says what came (E4)', async (_, given, message) => {
  handle = () => undefined
  await expect(invoke('placed', given)).rejects.toMatchObject({
    name: 'MalformedEventError',
    message: expect.stringMatching(message),
  })
})

test('the recorded content of a blob is an error that says what came (E4)', async () => {
  const calls: unknown[] = []
  handle = (given) => void calls.push(given)
  const blob = fixture('invocation-observed/recorded_azure-functions-nodejs-library__blob-bytes').request
  await expect(invoke('placed', blob.inputData[0]?.data ?? {}, blob.triggerMetadata)).rejects.toMatchObject({
    name: 'MalformedEventError',
    message: 'The event of an Event Grid trigger must be an object, but it is 2 bytes.',
  })
  expect(calls).toEqual([])
})
