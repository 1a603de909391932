import { bindingsOf, invoke, logged } from './testing/library.ts'
import { queue, Reject, Retry, type Event, type EventContext } from '@isobar/core'
import { app, output } from '@azure/functions'
import { setImmediate } from 'node:timers/promises'
import { afterEach, describe, expect, test } from 'vitest'
import { native } from './native.ts'
import { fixture } from './testing/fixtures.ts'
import { storageQueue } from './storage-queue.ts'

let handle: (event: Event, context: EventContext) => void | Promise<void>
const definition = queue('orders', (event, context) => handle(event, context))
const parked = output.storageQueue({ queueName: 'orders-poison', connection: 'AzureWebJobsStorage' })
// The library hands on what its types do not know.
const binding = { queueName: 'orders', connection: 'AzureWebJobsStorage', dataType: 'binary' }
app.storageQueue('ship', {
  ...binding,
  extraOutputs: [parked],
  handler: storageQueue({ target: 'azure', name: 'ship', definition }, { timeoutMs: 600_000, parked }),
})

afterEach(() => void logged.splice(0))

const { request, handlerObserved } = fixture('invocation-observed/recorded_azure-functions-nodejs-library__queue-bytes')
const [input] = request.inputData
const data = input?.data ?? {}

test('the library hands dataType over to the host, which gives bytes for it', () => {
  expect(bindingsOf('ship')[0]).toMatchObject({ type: 'queueTrigger', queueName: 'orders', dataType: 'binary' })
})

test('a message is what the vendor’s own handler saw, with the platform’s id (E1) and its count of tries', async () => {
  const seen: unknown[] = []
  handle = (event, { delivery, invocation, native: given }) => {
    const { id, source, type, data: decoded } = event
    seen.push({ id, source, type, decoded, bytes: event.bytes(), delivery, invocation, given })
  }
  const metadata = { ...request.triggerMetadata, InsertionTime: { json: '"2022-01-01T00:00:00+02:00"' } }
  await invoke('ship', data, metadata, 'i1')
  expect(seen).toEqual([
    {
      id: handlerObserved.triggerMetadata['id'],
      source: 'queue:orders',
      type: 'queue.message',
      decoded: { a: 1 },
      bytes: handlerObserved.value,
      delivery: {
        attempt: handlerObserved.triggerMetadata['dequeueCount'],
        enqueuedAt: new Date('2021-12-31T22:00:00Z'),
        batch: { index: 0, size: 1 },
      },
      invocation: { id: 'i1' },
      given: { trigger: handlerObserved.value, context: expect.objectContaining({ invocationId: 'i1' }) },
    },
  ])
})

test('native() gives the binding’s value and the invocation context', async () => {
  let seen: unknown
  handle = (_, context) => void (seen = native(context).context.triggerMetadata?.['popReceipt'])
  await invoke('ship', data, request.triggerMetadata)
  expect(seen).toBe(handlerObserved.triggerMetadata['popReceipt'])
})

test('a CloudEvent in the body is unwrapped (E3)', async () => {
  let seen: Event | undefined
  handle = (event) => void (seen = event)
  const body = { specversion: '1.0', id: 'ce-1', source: '/shop', type: 'com.example.placed', data: { n: 1 } }
  await invoke('ship', { bytes: Buffer.from(JSON.stringify(body)) }, request.triggerMetadata)
  expect(seen).toMatchObject({ id: 'ce-1', source: '/shop', type: 'com.example.placed', data: { n: 1 } })
})

describe('the outcome', () => {
  test('of a handler that resolves is none: the host deletes the message', async () => {
    handle = () => undefined
    expect(await invoke('ship', data, request.triggerMetadata)).toMatchObject({ outputData: [] })
  })

  test.each([new Error('no stock'), Retry.after(30, 'no stock')])(
    'of a handler that throws is the error itself, so that the message comes again',
    async (error) => {
      handle = () => {
        throw error
      }
      await expect(invoke('ship', data, request.triggerMetadata)).rejects.toBe(error)
    },
  )

  test('of a rejected message is one message of the poison queue, with the bytes that came', async () => {
    handle = () => {
      throw Reject('no such order')
    }
    const bytes = Buffer.from('[1,2]')
    const { outputData } = await invoke('ship', { bytes }, request.triggerMetadata)
    expect(outputData).toEqual([{ name: parked.name, data: { bytes } }])
  })

  test('of data that is not JSON is that of a rejected message (E2)', async () => {
    const bytes = Buffer.from([0xff, 0xfe])
    const { outputData } = await invoke('ship', { bytes }, request.triggerMetadata)
    expect(outputData).toEqual([{ name: parked.name, data: { bytes } }])
  })

  test('waits for work given to waitUntil (C1)', async () => {
    let done = false
    handle = (_, context) => context.waitUntil(setImmediate().then(() => (done = true)))
    await invoke('ship', data, request.triggerMetadata)
    expect(done).toBe(true)
  })
})

describe('what is no message of this trigger (E4)', () => {
  // Of a binding without dataType the library parses what looks like JSON: digits and quotes are lost.
  test.each([
    ['bigint', '12345678901234567000'],
    ['empty', '""'],
    ['json-object', 'an object with a'],
    ['json-string', '"quoted"'],
    ['leading-zero', '"007"'],
    ['number', '123'],
    ['plain', '"hello"'],
    ['true', 'true'],
  ])('the recorded text %s is an error that says that %s came', async (name, came) => {
    const calls: unknown[] = []
    handle = (event) => void calls.push(event)
    const recorded = fixture(`invocation-observed/recorded_azure-functions-nodejs-library__queue-string-${name}`)
    const { inputData, triggerMetadata } = recorded.request
    await expect(invoke('ship', inputData[0]?.data ?? {}, triggerMetadata)).rejects.toMatchObject({
      name: 'MalformedEventError',
      message: `The message of a Storage queue's trigger must be bytes (the binding's dataType is 'binary'), but it is ${came}.`,
    })
    expect(calls).toEqual([])
  })

  test.each([
    [
      'a value that the host has parsed',
      { string: '{"a":1}' },
      request.triggerMetadata,
      /must be bytes .*an object with a/,
    ],
    ['a message without an id', data, {}, /id of a Storage queue's message must be a text .*undefined/],
  ])('%s is an error that says what came', async (_, given, metadata, expected) => {
    const calls: unknown[] = []
    handle = (event) => void calls.push(event)
    await expect(invoke('ship', given, metadata)).rejects.toMatchObject({
      name: 'MalformedEventError',
      message: expect.stringMatching(expected),
    })
    expect(calls).toEqual([])
  })
})
