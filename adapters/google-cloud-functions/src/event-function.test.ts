import { changes, event as custom, queue, schedule, storage, type Event, type EventContext } from '@isobar/core'
import { http as register } from '@google-cloud/functions-framework'
import { getTestServer } from '@google-cloud/functions-framework/testing'
import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import {
  customEvents,
  eventFunction,
  firestoreChanges,
  pubsubPush,
  pubsubUnwrapped,
  schedulerJob,
  storageEvents,
  type CloudFunctionsEventApplication,
} from './index.ts'

/** The vendor's own framework in front of the adapter. */
const servers: Server[] = []
const origins = new Map<string, string>()
let origin: string
let unwrapped: string
let handle: (event: Event, context: EventContext) => void | Promise<void>

async function listen(name: string): Promise<string> {
  const server = getTestServer(name).listen(0, '127.0.0.1')
  servers.push(server)
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

beforeAll(async () => {
  const definition = queue('orders', (event, context) => handle(event, context))
  const raw = queue({ queue: 'orders', data: 'bytes' }, (event, context) => handle(event, context))
  register('push', eventFunction({ target: 'gcf', name: 'ship', definition, source: pubsubPush('queue') }))
  register('raw', eventFunction({ target: 'gcf', name: 'ship', definition: raw, source: pubsubUnwrapped('queue') }))
  const others: Omit<CloudFunctionsEventApplication, 'target' | 'name'>[] = [
    { definition: schedule('* * * * *', (event, context) => handle(event, context)), source: schedulerJob() },
    { definition: storage('uploads', (event, context) => handle(event, context)), source: storageEvents() },
    {
      definition: changes('users', (event, context) => handle(event, context)),
      source: firestoreChanges('users/{id}'),
    },
    { definition: custom('com.example.a', (event, context) => handle(event, context)), source: customEvents() },
  ]
  for (const other of others) {
    const name = other.source.kind
    register(name, eventFunction({ target: 'gcf', name, ...other }))
    origins.set(name, await listen(name))
  }
  origin = await listen('push')
  unwrapped = await listen('raw')
})

beforeEach(() => {
  vi.spyOn(process.stdout, 'write').mockReturnValue(true)
  return () => vi.restoreAllMocks()
})

afterAll(() => {
  for (const server of servers) {
    server.closeAllConnections()
    server.close()
  }
})

function push(data: string, path = '/'): Promise<Response> {
  const message = { data: btoa(data), messageId: '7', attributes: { a: '1' } }
  return fetch(origin + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'function-execution-id': 'the-id' },
    body: JSON.stringify({ message, subscription: 'projects/p/subscriptions/shop-ship' }),
  })
}

describe('a push', () => {
  test('is answered by its outcome', async () => {
    let seen: unknown
    handle = ({ id, source, type, data, attributes }, context) =>
      void (seen = [id, source, type, data, attributes, context.invocation.id, context.function.name])
    expect((await push('{"n":1}', '/any/path')).status).toBe(204)
    expect(seen).toEqual(['7', 'queue:orders', 'queue.message', { n: 1 }, { a: '1' }, 'the-id', 'ship'])
    handle = () => Promise.reject(new Error('no'))
    const response = await push('{"n":1}')
    expect([response.status, await response.text(), response.headers.get('x-google-status')]).toEqual([503, '', null])
  })

  test('that is none comes again, and is told (E4)', async () => {
    const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"a":1}' }
    expect((await fetch(origin, init)).status).toBe(503)
    expect(JSON.stringify(vi.mocked(process.stdout.write).mock.calls)).toContain('got an object with a')
  })

  test('comes by POST', async () => {
    expect((await fetch(origin)).status).toBe(404)
  })
})

test('an unwrapped push has the bytes that were sent, whatever the framework has made of them', async () => {
  let seen: unknown
  handle = (event) => void (seen = Buffer.from(event.bytes()).toString())
  const headers = { 'content-type': 'application/json', 'x-goog-pubsub-message-id': '7' }
  const response = await fetch(unwrapped, { method: 'POST', headers, body: '{"n": 12345678901234567890}' })
  expect([response.status, seen]).toEqual([204, '{"n": 12345678901234567890}'])
})

describe('through the framework', () => {
  const ce = (type: string): Record<string, string> => ({
    'ce-specversion': '1.0',
    'ce-id': 'e-1',
    'ce-source': '//a',
    'ce-type': type,
    'ce-time': '2026-01-01T00:00:00Z',
    'content-type': 'application/json',
  })
  const object = { bucket: 'uploads', name: 'a b.txt', size: '3' }
  const document = { name: 'projects/p/databases/(default)/documents/users/ann', fields: { n: { integerValue: '1' } } }
  const structured = { specversion: '1.0', id: 'e-1', source: '/o', type: 'com.example.a', data: { a: 1 } }

  test.each([
    [
      'schedule',
      { 'x-cloudscheduler-scheduletime': '2026-01-05T02:30:00Z', 'content-type': 'application/octet-stream' },
      undefined,
      { id: 'schedule/2026-01-05T02:30:00.000Z', data: null },
    ],
    [
      'storage',
      ce('google.cloud.storage.object.v1.finalized'),
      object,
      { id: 'e-1', type: 'storage.created', data: { bucket: 'uploads', key: 'a b.txt', size: 3 } },
    ],
    [
      'changes',
      ce('google.cloud.firestore.document.v1.written'),
      { value: document },
      { id: 'e-1', type: 'changes.inserted', data: { key: { id: 'ann' }, after: { n: 1 } } },
    ],
    [
      'event',
      { ...ce('com.example.a'), 'ce-tenant': 't' },
      { a: 1 },
      { id: 'e-1', source: '//a', datacontenttype: 'application/json', data: { a: 1 }, attributes: { tenant: 't' } },
    ],
    [
      'event',
      { 'content-type': 'application/cloudevents+json' },
      structured,
      { id: 'e-1', source: '/o', data: { a: 1 } },
    ],
  ])('%s with %j', async (kind, headers, body, expected) => {
    let seen: Event | undefined
    handle = (event) => void (seen = event)
    const init = { method: 'POST', headers, ...(body && { body: JSON.stringify(body) }) }
    expect((await fetch(origins.get(kind) ?? '', init)).status).toBe(204)
    expect(seen).toMatchObject(expected)
    handle = () => Promise.reject(new Error('no'))
    expect((await fetch(origins.get(kind) ?? '', init)).status).toBe(503)
  })
})
