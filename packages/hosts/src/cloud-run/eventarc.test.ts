import { describe, expect, it } from 'vitest'

import { built, type Listening } from '../google-events/testing.ts'
import { recordingService } from './recording-service.ts'

const account = '${google_service_account.invoker.email}'

function trigger(
  path: string,
  criteria: [attribute: string, value: string, operator?: string][],
  more: object = {},
): object {
  return {
    name: path,
    location: '${var.region}',
    matching_criteria: criteria.map(([attribute, value, operator]) => ({
      attribute,
      value,
      ...(operator && { operator }),
    })),
    destination: { cloud_run_service: { service: 'shop-events', region: '${var.region}', path: `/.isobar/${path}` } },
    service_account: account,
    ...more,
  }
}

const storageType = 'google.cloud.storage.object.v1.'
const documentType = 'google.cloud.firestore.document.v1.'
const users: [string, string, string?][] = [
  ['database', '(default)'],
  ['document', 'users/{id}', 'match-path-pattern'],
]

const deploy = {
  variable: { project: { type: 'string' }, region: { type: 'string', default: 'europe-west1' } },
  data: { google_cloud_run_v2_service: { events: { name: 'shop-events', location: '${var.region}' } } },
  resource: {
    google_cloud_run_v2_service_iam_binding: {
      events: {
        name: '${data.google_cloud_run_v2_service.events.name}',
        role: 'roles/run.invoker',
        members: ['${google_service_account.invoker.member}'],
      },
    },
    google_service_account: { invoker: { account_id: 'invoker' } },
    google_pubsub_topic: { parked: { name: 'shop-thumbnail-dead' } },
    google_pubsub_subscription: { parked: { name: 'parked', topic: '${google_pubsub_topic.parked.name}' } },
    google_eventarc_trigger: {
      created: trigger('thumbnail', [
        ['type', `${storageType}finalized`],
        ['bucket', 'my-uploads'],
      ]),
      deleted: trigger('thumbnail', [
        ['type', `${storageType}deleted`],
        ['bucket', 'my-uploads'],
      ]),
      written: trigger('sync-users', [['type', `${documentType}written`], ...users], {
        event_data_content_type: 'application/protobuf',
      }),
      inserted: trigger('greet', [['type', `${documentType}created`], ...users]),
      placed: trigger('placed', [['type', 'com.example.placed']], { channel: 'projects/p/locations/l/channels/c' }),
      open: trigger('open', [['type', 'com.example.open']], { service_account: null }),
    },
  },
}

const kinds: Listening[] = [
  { ...built('thumbnail', 'server.mjs'), kind: 'storage', trigger: { bucket: 'uploads' }, resource: of('uploads') },
  { ...built('sync-users', 'server.mjs'), kind: 'changes', trigger: { table: 'users' }, resource: of('users') },
  { ...built('greet', 'server.mjs'), kind: 'changes', trigger: { table: 'users' }, resource: of('users') },
  {
    ...built('placed', 'server.mjs'),
    kind: 'event',
    trigger: { type: 'com.example.placed' },
    resource: of('com.example.placed'),
  },
  {
    ...built('open', 'server.mjs'),
    kind: 'event',
    trigger: { type: 'com.example.open' },
    resource: of('com.example.open'),
  },
]

function of(name: string): { logical: string; physical: string } {
  return { logical: name, physical: name }
}

const service = recordingService(kinds, deploy)
const { requests } = service

const minute = 60_000

describe('events of Cloud Storage', () => {
  it('come as CloudEvents in binary mode, each to the trigger of its type', async () => {
    const ids = await service.running.deliver('storage:uploads', [
      { object: 'created', key: 'a b/é.png', size: 7, etag: 'CNHZ', versionId: '1587627537231057' },
      { object: 'deleted', key: 'gone' },
    ])
    const [created, deleted] = await requests('thumbnail', 2)
    expect(created).toMatchObject({
      method: 'POST',
      headers: {
        'ce-specversion': '1.0',
        'ce-id': ids[0],
        'ce-type': 'google.cloud.storage.object.v1.finalized',
        'ce-source': '//storage.googleapis.com/projects/_/buckets/my-uploads',
        'ce-subject': 'objects/a%20b/%C3%A9.png',
        'ce-bucket': 'my-uploads',
        'content-type': 'application/json; charset=utf-8',
        authorization: expect.stringMatching(/^Bearer [\w-]+\.[\w-]+\.$/),
      },
    })
    const data = JSON.parse(Buffer.from(created?.body ?? '', 'latin1').toString())
    expect(data).toMatchObject({
      bucket: 'my-uploads',
      name: 'a b/é.png',
      size: '7',
      etag: 'CNHZ',
      generation: '1587627537231057',
    })
    expect(deleted?.headers['ce-type']).toBe('google.cloud.storage.object.v1.deleted')
    expect(service.running.deliveries().slice(0, 2)).toMatchObject(
      ids.map((id) => ({ id, source: 'storage:uploads', function: 'thumbnail', end: 'acknowledged' })),
    )
  })

  it('come again for a day, and are lost then', async () => {
    const [id] = await service.running.deliver('storage:uploads', [{ object: 'created', key: 'please fail' }])
    const record = service.running.deliveries().find((one) => one.id === id)
    await service.running.advance(30 * minute)
    const at = record?.attempts.map((one) => (one.at.getTime() - (record.sentAt.getTime() ?? 0)) / 1000)
    expect(at).toEqual([0, 10, 30, 70, 150, 310, 630, 1230])
    await service.running.advance(23 * 60 * minute)
    expect(record?.end).toBeUndefined()
    await service.running.advance(31 * minute)
    expect(record?.end).toBe('dropped')
    expect(await service.running.deadLetters('storage:uploads')).toEqual([])
  })
})

describe('events of Firestore', () => {
  it('come in the form that the trigger asks for, to every function', async () => {
    const ids = await service.running.deliver('changes:users', [
      { change: 'inserted', key: { id: 'u1' }, after: { name: 'Ada', count: 2n } },
      { change: 'updated', key: { id: 'u1' }, before: { count: 1 }, after: { count: 2 } },
    ])
    const [inserted] = await requests('greet', 1)
    expect(inserted?.headers).toMatchObject({
      'ce-type': 'google.cloud.firestore.document.v1.created',
      'ce-source': '//firestore.googleapis.com/projects/local-project/databases/(default)',
      'ce-subject': 'documents/users/u1',
      'ce-document': 'users/u1',
      'ce-database': '(default)',
      'content-type': 'application/json; charset=utf-8',
    })
    expect(JSON.parse(inserted?.body ?? '')).toEqual({
      value: {
        name: 'projects/local-project/databases/(default)/documents/users/u1',
        fields: { name: { stringValue: 'Ada' }, count: { integerValue: '2' } },
        createTime: expect.any(String),
        updateTime: expect.any(String),
      },
    })
    const written = await requests('sync-users', 2)
    expect(written.map(({ headers }) => headers['ce-type'])).toEqual(
      Array(2).fill('google.cloud.firestore.document.v1.written'),
    )
    expect(written[0]?.headers['content-type']).toBe('application/protobuf')
    expect(written[0]?.body).toContain('documents/users/u1')
    const records = service.running.deliveries().filter(({ source }) => source === 'changes:users')
    expect(records.map((one) => [one.id, one.function])).toEqual([
      [`${ids[0]}-1`, 'sync-users'],
      [`${ids[0]}-2`, 'greet'],
      [ids[1], 'sync-users'],
    ])
  })

  it('needs a key of one part', async () => {
    const key = { a: 1, b: 2 }
    await expect(service.running.deliver('changes:users', [{ change: 'deleted', key }])).rejects.toThrow(
      'one text or number',
    )
  })
})

describe('custom events', () => {
  const cloudEvent = {
    id: 'e1',
    source: '/shop',
    type: 'com.example.placed',
    subject: 's',
    datacontenttype: 'application/json',
    data: '{"n":9007199254740993}',
    extensions: { team: 'a' },
  }

  it('come in the mode that they were sent in', async () => {
    await service.running.deliver('event:com.example.placed', [
      { mode: 'binary', cloudEvent },
      { mode: 'structured', cloudEvent },
    ])
    const [binary, structured] = await requests('placed', 2)
    expect(binary).toMatchObject({
      headers: {
        'ce-id': 'e1',
        'ce-source': '/shop',
        'ce-type': 'com.example.placed',
        'ce-subject': 's',
        'ce-team': 'a',
        'content-type': 'application/json',
      },
      body: '{"n":9007199254740993}',
    })
    expect(structured?.headers['content-type']).toMatch(/^application\/cloudevents\+json/)
    expect(structured?.headers).not.toHaveProperty('ce-id')
    const { data, extensions, ...context } = cloudEvent
    expect(structured?.body).toContain(data)
    expect(JSON.parse(structured?.body ?? '')).toEqual({
      specversion: '1.0',
      ...context,
      ...extensions,
      data: { n: 9007199254740992 },
    })
  })

  it('come to nobody whose trigger asks for another type', async () => {
    const before = service.running.deliveries().length
    await service.running.deliver('event:com.example.placed', [
      { mode: 'binary', cloudEvent: { ...cloudEvent, type: 'other' } },
    ])
    expect(service.running.deliveries()).toHaveLength(before)
  })

  it('are refused without an identity', async () => {
    await service.running.deliver('event:com.example.open', [
      { mode: 'binary', cloudEvent: { ...cloudEvent, type: 'com.example.open' } },
    ])
    const record = service.running.deliveries().find((one) => one.function === 'open')
    expect(record?.attempts).toMatchObject([{ error: expect.stringContaining('403') }])
  })
})
