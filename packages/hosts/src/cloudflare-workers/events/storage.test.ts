import { expect, test } from 'vitest'

import { bootWorker, storageFunction, text, type BootedWorker, type WorkerOptions } from '../testing.ts'

const source = `
  let seen = []
  export default {
    fetch: () => Response.json(seen),
    async queue({ queue, messages }) {
      for (const { id, body } of messages) seen.push([queue, id, body])
    },
  }`

const configuration = { queues: { consumers: [{ queue: 'uploads-index' }, { queue: 'uploads-thumb' }] } }

async function boot(readme: string, options: WorkerOptions = {}): Promise<BootedWorker> {
  const functions = [storageFunction('index', 'uploads')]
  return bootWorker(source, { functions, configuration, files: { 'README.md': readme }, ...options })
}

async function seen(booted: BootedWorker): Promise<unknown[]> {
  return JSON.parse(text(await booted.door.send({})))
}

const both = `
Once, after the first deployment:

\`\`\`sh
npx wrangler r2 bucket notification create uploads \\
  --event-type object-create object-delete --queue uploads-index
\`\`\`
`

// https://developers.cloudflare.com/r2/buckets/event-notifications/#message-format
test('a rule makes messages of what happens to objects', async () => {
  await using booted = await boot(both)
  const ids = await booted.running.deliver('storage:uploads', [
    { object: 'created', key: 'a b/ü+1.png', size: 3, etag: 'c846ff7a18f28c2e262116d6e8719ef0' },
    { object: 'deleted', key: 'gone' },
  ])
  const [record] = booted.running.deliveries()
  const eventTime = record?.sentAt.toISOString()
  const base = { account: expect.stringMatching(/^[\da-f]{32}$/), bucket: 'uploads', eventTime }
  expect(await seen(booted)).toEqual([
    [
      'uploads-index',
      ids[0],
      {
        ...base,
        action: 'PutObject',
        object: { key: 'a b/ü+1.png', size: 3, eTag: 'c846ff7a18f28c2e262116d6e8719ef0' },
      },
    ],
    ['uploads-index', ids[1], { ...base, action: 'DeleteObject', object: { key: 'gone' } }],
  ])
  expect(record).toMatchObject({ id: ids[0], source: 'storage:uploads', function: 'index', end: 'acknowledged' })
})

test('what no rule names is not sent', async () => {
  const rule =
    '`wrangler r2 bucket notification create uploads --event-type object-create --queue uploads-index --suffix ".png"`'
  await using booted = await boot(`Run ${rule} once.`)
  await booted.running.deliver('storage:uploads', [
    { object: 'deleted', key: 'a.png' },
    { object: 'created', key: 'a.txt' },
    { object: 'created', key: 'a.png' },
  ])
  expect(await seen(booted)).toMatchObject([['uploads-index', expect.any(String), { object: { key: 'a.png' } }]])
  expect(booted.running.deliveries()).toHaveLength(1)
})

test('each function has its events from the queue that is named after it', async () => {
  const rules = ['index', 'thumb'].map(
    (name) => `npx wrangler r2 bucket notification create uploads --event-type object-create --queue uploads-${name}`,
  )
  await using booted = await boot('', {
    functions: [storageFunction('index', 'uploads'), storageFunction('thumb', 'uploads')],
    files: { 'notifications.sh': `#!/bin/sh\n${rules.join('\n')}\n` },
  })
  const [id] = await booted.running.deliver('storage:uploads', [{ object: 'created', key: 'a' }])
  const ways = booted.running.deliveries().map((one) => [one.id, one.function, one.attempts.length, one.end])
  expect(ways).toEqual([
    [`${id}-1`, 'index', 1, 'acknowledged'],
    [`${id}-2`, 'thumb', 1, 'acknowledged'],
  ])
})

test('a bucket without a rule has no listeners, and one with a rule takes objects alone', async () => {
  await using none = await boot('Nothing to run.')
  const event = { object: 'created', key: 'a' } as const
  await expect(none.running.deliver('storage:uploads', [event])).rejects.toThrow('No function of this target listens')
  await using booted = await boot(both)
  await expect(booted.running.deliver('storage:uploads', [{ body: 'a' }])).rejects.toThrow('takes objects only')
})
