import { expect, test } from 'vitest'

import { boot } from '../boot.ts'
import { eventManifest, queueFunction, subscription, topicsAnd } from '../google-events/testing.ts'
import { folderWith, text, until } from '../testing.ts'
import type { Running } from '../types.ts'

/** A function that says what it got, and fails when the message says so. */
const entry = `
import { http } from '@google-cloud/functions-framework'
console.log(JSON.stringify({ env: process.env }))
let busy = 0
http('ship', async (request, response) => {
  busy += 1
  await new Promise((resolve) => setImmediate(resolve))
  if (request.body.message.data === 'aGFuZw==') console.log(JSON.stringify({ hanging: process.pid }))
  if (request.body.message.data === 'aGFuZw==') return
  if (busy > 1) return response.status(500).end('busy')
  if (request.body.message.data !== 'YnVsaw==') console.log(JSON.stringify({ url: request.url, body: request.body }))
  response.status(request.body.message.attributes?.fail ? 503 : 204).end()
  busy -= 1
})
`

const files = {
  'manifest.json': JSON.stringify(
    eventManifest('google-cloud-functions', [queueFunction('ship', 'ship/index.mjs', 'ship')]),
  ),
  'ship/index.mjs': entry,
  'ship/package.json': JSON.stringify({ main: 'index.mjs' }),
}

const cloudFunction = {
  name: 'shop-ship',
  location: '${var.region}',
  build_config: { runtime: 'nodejs22', entry_point: 'ship' },
  service_config: { environment_variables: { DEAD: '${google_pubsub_topic.dead.id}' } },
}

async function booted(endpoint: string, more: object = {}): Promise<AsyncDisposable & { running: Running }> {
  const folder = folderWith({
    ...files,
    'main.tf.json': topicsAnd({
      google_cloudfunctions2_function: { ship: cloudFunction },
      google_pubsub_subscription: { ship: subscription(endpoint, more) },
    }),
  })
  const running = await boot('google-cloud-functions', folder.path)
  return {
    running,
    async [Symbol.asyncDispose]() {
      await running.stop()
      folder[Symbol.dispose]()
    },
  }
}

test.each([
  ['${google_cloudfunctions2_function.ship.url}', '/'],
  ['${google_cloudfunctions2_function.ship.service_config[0].uri}/a?b', '/a?b'],
])('pushes to the function at %s', async (endpoint, url) => {
  await using booting = await booted(endpoint)
  const { running } = booting
  const [id] = await running.deliver('queue:orders', [{ body: 'a' }])
  const { fields } = await until(() => running.logs.find((entry) => entry.fields?.['url'] !== undefined))
  expect(fields).toMatchObject({ url, body: { message: { data: 'YQ==', messageId: id }, deliveryAttempt: 1 } })
  expect(running.deliveries()).toMatchObject([{ id, function: 'ship', end: 'acknowledged' }])
  expect(running.doors).toEqual([])
  expect(running.logs[0]?.fields?.['env']).toMatchObject({
    K_SERVICE: 'shop-ship',
    FUNCTION_TARGET: 'ship',
    FUNCTION_SIGNATURE_TYPE: 'http',
    DEAD: 'projects/local-project/topics/orders-dead',
    PUBSUB_EMULATOR_HOST: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
  })
})

test('pushes again after a growing delay, and to the dead-letter topic after the last attempt', async () => {
  await using booting = await booted('${google_cloudfunctions2_function.ship.url}')
  const { running } = booting
  await running.deliver('queue:orders', [{ body: 'x', attributes: { fail: 'yes' } }])
  await running.advance(3600_000)
  const [record] = running.deliveries()
  const at = record?.attempts.map((one) => one.at.getTime() - (record?.sentAt.getTime() ?? 0))
  expect(at).toEqual([0, 10_000, 30_000, 70_000, 130_000])
  expect(record?.end).toBe('dead-lettered')
  const [dead] = await running.deadLetters('queue:orders')
  expect(text(dead ?? { body: new Uint8Array() })).toBe('x')
})

test('refuses deploy files that refer to what is not there', async () => {
  await expect(booted('${google_cloudfunctions2_function.other.url}')).rejects.toThrow(
    'no resource google_cloudfunctions2_function.other is declared',
  )
  await expect(booted('https://elsewhere.example/')).rejects.toThrow('is the URL of no service of this target')
})

test('pushes one message at a time, as many as an instance takes without a setting', async () => {
  await using booting = await booted('${google_cloudfunctions2_function.ship.url}')
  const { running } = booting
  await running.deliver(
    'queue:orders',
    Array.from({ length: 1000 }, () => ({ body: 'bulk' })),
  )
  expect(running.deliveries().filter(({ end }) => end === 'acknowledged')).toHaveLength(1000)
})

test('starts another instance for what waits behind a request that does not end', async () => {
  await using booting = await booted('${google_cloudfunctions2_function.ship.url}')
  const { running } = booting
  const delivering = running.deliver('queue:orders', [{ body: 'hang' }, { body: 'a' }])
  await until(() => running.deliveries()[1]?.end === 'acknowledged')
  expect(running.deliveries()[0]?.end).toBeUndefined()
  await running.kill()
  await delivering
  expect(running.deliveries()[0]?.attempts).toMatchObject([{ outcome: 'retry', error: expect.stringContaining('503') }])
})

test('ends by a crash what has requests, and leaves what is frozen as it is', async () => {
  await using booting = await booted('${google_cloudfunctions2_function.ship.url}')
  const { running } = booting
  const starts = (): number => running.logs.filter(({ fields }) => fields?.['env'] !== undefined).length
  const delivering = running.deliver('queue:orders', [{ body: 'hang' }, { body: 'a' }])
  // The second instance: the first one still has its request.
  await until(() => running.deliveries()[1]?.end === 'acknowledged')
  expect(starts()).toBe(2)
  await running.kill()
  await delivering
  await running.deliver('queue:orders', [{ body: 'b' }])
  expect(running.deliveries()[2]).toMatchObject({ end: 'acknowledged' })
  expect(starts()).toBe(2)
  // Nothing has a request now: what was used last ends.
  await running.kill()
  await running.deliver('queue:orders', [{ body: 'c' }])
  expect(running.deliveries()[3]).toMatchObject({ end: 'acknowledged' })
  expect(starts()).toBe(3)
})
