import { afterAll, beforeAll, expect, it } from 'vitest'

import { boot } from '../boot.ts'
import { built, eventManifest, type Listening } from '../google-events/testing.ts'
import { folderWith, until } from '../testing.ts'
import type { Running } from '../types.ts'

/** A function that says what the framework made of the event; it fails for what is to fail. */
const entry = (name: string): string => `
import { cloudEvent } from '@google-cloud/functions-framework'
import { Buffer } from 'node:buffer'
cloudEvent('${name}', (event) => {
  const { data, ...context } = event
  const bytes = Buffer.isBuffer(data) ? data.toString('latin1') : undefined
  console.log(JSON.stringify({ name: '${name}', signature: process.env.FUNCTION_SIGNATURE_TYPE, context, data, bytes }))
  if (JSON.stringify(data).includes('please fail')) throw new Error('failed')
})
`

const of = (name: string): { logical: string; physical: string } => ({ logical: name, physical: name })
const functions: Listening[] = [
  {
    ...built('thumbnail', 'thumbnail/index.mjs', 'thumbnail'),
    kind: 'storage',
    trigger: { bucket: 'uploads' },
    resource: of('uploads'),
  },
  {
    ...built('archive', 'archive/index.mjs', 'archive'),
    kind: 'storage',
    trigger: { bucket: 'archive' },
    resource: of('archive'),
  },
  { ...built('sync', 'sync/index.mjs', 'sync'), kind: 'changes', trigger: { table: 'users' }, resource: of('users') },
]

function cloudFunction(name: string, trigger: object): object {
  return { name: `shop-${name}`, build_config: { entry_point: name }, service_config: {}, event_trigger: trigger }
}

const finalized = 'google.cloud.storage.object.v1.finalized'
const deploy = {
  resource: {
    google_cloudfunctions2_function: {
      thumbnail: cloudFunction('thumbnail', {
        event_type: finalized,
        event_filters: [{ attribute: 'bucket', value: 'uploads' }],
        retry_policy: 'RETRY_POLICY_RETRY',
      }),
      archive: cloudFunction('archive', {
        event_type: finalized,
        event_filters: [{ attribute: 'bucket', value: 'archive' }],
        retry_policy: 'RETRY_POLICY_DO_NOT_RETRY',
      }),
      sync: cloudFunction('sync', {
        event_type: 'google.cloud.firestore.document.v1.written',
        event_filters: [
          { attribute: 'database', value: '(default)' },
          { attribute: 'document', value: 'users/{id}', operator: 'match-path-pattern' },
        ],
      }),
    },
  },
}

const folder = folderWith({
  'manifest.json': JSON.stringify(eventManifest('google-cloud-functions', functions)),
  'main.tf.json': JSON.stringify(deploy),
  ...Object.fromEntries(
    functions.flatMap(({ name }) => [
      [`${name}/index.mjs`, entry(name)],
      [`${name}/package.json`, JSON.stringify({ main: 'index.mjs' })],
    ]),
  ),
})
let running: Running

beforeAll(async () => {
  running = await boot('google-cloud-functions', folder.path)
})

afterAll(async () => {
  await running.stop()
  folder[Symbol.dispose]()
})

function seen(name: string): Promise<Record<string, unknown>> {
  return until(() => running.logs.find(({ fields }) => fields?.['name'] === name)?.fields)
}

it('gives the framework an event of Cloud Storage that it takes for a CloudEvent', async () => {
  const [id] = await running.deliver('storage:uploads', [{ object: 'created', key: 'a.png', size: 3 }])
  expect(await seen('thumbnail')).toMatchObject({
    signature: 'cloudevent',
    context: {
      specversion: '1.0',
      id,
      type: finalized,
      source: '//storage.googleapis.com/projects/_/buckets/uploads',
      subject: 'objects/a.png',
    },
    data: { bucket: 'uploads', name: 'a.png', size: '3' },
  })
  expect(running.deliveries()[0]).toMatchObject({ function: 'thumbnail', end: 'acknowledged' })
})

it('brings an event again only where the function is to retry', async () => {
  await running.deliver('storage:uploads', [{ object: 'created', key: 'please fail' }])
  await running.deliver('storage:archive', [{ object: 'created', key: 'please fail' }])
  await running.advance(60_000)
  const [retried, dropped] = running.deliveries().slice(-2)
  expect(retried?.attempts).toHaveLength(3)
  expect(retried?.attempts[0]?.error).toBe('500 Internal Server Error')
  expect(dropped).toMatchObject({ function: 'archive', end: 'dropped', attempts: [{ number: 1, outcome: 'retry' }] })
})

it('gives Firestore events as protocol buffers', async () => {
  await running.deliver('changes:users', [{ change: 'deleted', key: { id: 7 }, before: { name: 'Ada' } }])
  const { context, bytes } = await seen('sync')
  expect(context).toMatchObject({ type: 'google.cloud.firestore.document.v1.written', document: 'users/7' })
  expect(bytes).toContain('projects/local-project/databases/(default)/documents/users/7')
})

it('refuses a trigger with an argument that the provider does not have', async () => {
  const trigger = { event_type: finalized, event_data_content_type: 'application/json' }
  using wrong = folderWith({
    'manifest.json': JSON.stringify(eventManifest('google-cloud-functions', functions.slice(0, 1))),
    'main.tf.json': JSON.stringify({
      resource: { google_cloudfunctions2_function: { thumbnail: cloudFunction('thumbnail', trigger) } },
    }),
    'thumbnail/index.mjs': entry('thumbnail'),
    'thumbnail/package.json': JSON.stringify({ main: 'index.mjs' }),
  })
  await expect(boot('google-cloud-functions', wrong.path)).rejects.toThrow('has no argument "event_data_content_type"')
})
