import { expect, test } from 'vitest'

import { boot } from '../boot.ts'
import { eventManifest, queueFunction, subscription, topicsAnd } from '../google-events/testing.ts'
import { folderWith, text, until } from '../testing.ts'
import type { Running } from '../types.ts'

/** A container that logs every request and does as the message says. */
const server = `
import { createServer } from 'node:http'
import { Buffer } from 'node:buffer'
createServer((request, response) => {
  const pieces = []
  request.on('data', (piece) => pieces.push(piece))
  request.on('end', async () => {
    const raw = Buffer.concat(pieces).toString()
    const { message } = JSON.parse(raw)
    const data = Buffer.from(message.data ?? '', 'base64').toString()
    if (data !== 'bulk') console.log(JSON.stringify({ method: request.method, url: request.url, headers: request.headers, body: JSON.parse(raw) }))
    if (data.startsWith('hang')) return
    if (data.startsWith('publish ')) {
      const answer = await fetch('http://' + process.env.PUBSUB_EMULATOR_HOST + '/v1/' + data.slice(8) + ':publish', {
        method: 'POST',
        body: JSON.stringify({ messages: [{ data: message.data, attributes: { by: 'function' } }] }),
      })
      console.log(JSON.stringify({ published: answer.status, answer: await answer.json() }))
      response.statusCode = answer.ok ? 204 : 503
      return response.end()
    }
    if (message.attributes?.answer === '102') return response.writeProcessing()
    response.statusCode = Number(message.attributes?.answer ?? 204)
    response.end(response.statusCode === 503 ? 'not now' : '')
  })
}).listen(process.env.PORT)
`

const service = (timeoutSeconds: number): string => `apiVersion: serving.knative.dev/v1
kind: Service
metadata:
  name: shop-events
spec:
  template:
    spec:
      timeoutSeconds: ${timeoutSeconds}
      containers:
        - image: image
          command: ["node", "server.mjs"]
          env:
            - name: ISOBAR_ROLE
              value: events
            - name: TOPIC
              value: \${google_pubsub_topic.dead.id}
`

const endpoint = 'https://shop-events-123456789012.${var.region}.run.app/.isobar/ship'

async function booted(
  more: object = {},
  dead = true,
  timeoutSeconds = 60,
): Promise<AsyncDisposable & { running: Running }> {
  const folder = folderWith({
    'manifest.json': JSON.stringify(eventManifest('cloud-run', [queueFunction('ship', 'server.mjs')])),
    'server.mjs': server,
    'service.yaml': service(timeoutSeconds),
    'events.tf.json': topicsAnd({ google_pubsub_subscription: { ship: subscription(endpoint, more) } }, dead),
  })
  const running = await boot('cloud-run', folder.path)
  return {
    running,
    async [Symbol.asyncDispose]() {
      await running.stop()
      folder[Symbol.dispose]()
    },
  }
}

const minute = 60_000
const answering = (status: number, body = 'x') => ({ body, attributes: { answer: String(status) } })

/** What the container has logged of its requests. */
function requests(running: Running): Record<string, unknown>[] {
  return running.logs.flatMap(({ fields }) => (fields?.['url'] === undefined ? [] : [fields]))
}

test('pushes each message as Pub/Sub does, once when it is acknowledged', async () => {
  await using booting = await booted()
  const { running } = booting
  const ids = await running.deliver('queue:orders', [
    { body: 'a', attributes: { k: 'v' }, orderingKey: 'o' },
    { body: 'b' },
  ])
  await until(() => requests(running).length === 2)
  const [first, second] = requests(running)
  // https://cloud.google.com/pubsub/docs/push#receive_push
  const publishTime = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z$/)
  expect(first).toMatchObject({ method: 'POST', url: '/.isobar/ship' })
  expect(first?.['body']).toEqual({
    message: {
      attributes: { k: 'v' },
      data: 'YQ==',
      messageId: ids[0],
      message_id: ids[0],
      orderingKey: 'o',
      ordering_key: 'o',
      publishTime,
      publish_time: publishTime,
    },
    subscription: 'projects/local-project/subscriptions/ship-orders',
    deliveryAttempt: 1,
  })
  expect(second?.['body']).toEqual({
    message: { data: 'Yg==', messageId: ids[1], message_id: ids[1], publishTime, publish_time: publishTime },
    subscription: 'projects/local-project/subscriptions/ship-orders',
    deliveryAttempt: 1,
  })
  expect(first?.['headers']).toMatchObject({
    host: 'shop-events-123456789012.europe-west1.run.app',
    'content-type': 'application/json',
    'x-forwarded-proto': 'https',
    authorization: expect.stringMatching(/^Bearer [\w-]+\.[\w-]+\.$/),
  })
  await running.advance(8 * 24 * 60 * minute)
  expect(requests(running)).toHaveLength(2)
  expect(running.deliveries()).toMatchObject([
    {
      id: ids[0],
      source: 'queue:orders',
      function: 'ship',
      end: 'acknowledged',
      attempts: [{ number: 1, outcome: 'ack' }],
    },
    { id: ids[1], end: 'acknowledged' },
  ])
  expect(running.doors).toEqual([])
})

test('pushes again after a growing delay, and to the dead-letter topic after the last attempt', async () => {
  await using booting = await booted()
  const { running } = booting
  const [id] = await running.deliver('queue:orders', [answering(503)])
  const [record] = running.deliveries()
  expect(record?.attempts).toMatchObject([{ number: 1, outcome: 'retry', error: '503 not now' }])
  await running.advance(9_999)
  expect(record?.attempts).toHaveLength(1)
  await running.advance(60 * minute)
  const at = record?.attempts.map((one) => one.at.getTime() - (record?.sentAt.getTime() ?? 0))
  expect(at).toEqual([0, 10_000, 30_000, 70_000, 130_000])
  expect(record?.end).toBe('dead-lettered')
  await until(() => requests(running).length === 5)
  expect(requests(running).map(({ body }) => Object(body)['deliveryAttempt'])).toEqual([1, 2, 3, 4, 5])
  expect(new Set(requests(running).map(({ body }) => Object(body)['message'].messageId))).toEqual(new Set([id]))
  const [dead, ...others] = await running.deadLetters('queue:orders')
  expect(others).toEqual([])
  expect(text(dead ?? { body: new Uint8Array() })).toBe('x')
  expect(dead?.attributes).toMatchObject({
    answer: '503',
    CloudPubSubDeadLetterSourceDeliveryCount: '5',
    CloudPubSubDeadLetterSourceSubscription: 'ship-orders',
  })
})

test.each([102, 200, 201, 202, 204])('takes %i for an acknowledgement', async (status) => {
  await using booting = await booted()
  await booting.running.deliver('queue:orders', [answering(status)])
  expect(booting.running.deliveries()).toMatchObject([{ end: 'acknowledged' }])
})

test.each([203, 205, 302, 400, 404, 500])('takes %i for none', async (status) => {
  await using booting = await booted()
  await booting.running.deliver('queue:orders', [answering(status)])
  expect(booting.running.deliveries()[0]).toMatchObject({ attempts: [{ outcome: 'retry' }] })
})

test('loses what goes to a dead-letter topic that nobody subscribes to', async () => {
  await using booting = await booted({}, false)
  const { running } = booting
  await running.deliver('queue:orders', [answering(503)])
  await running.advance(60 * minute)
  expect(running.deliveries()[0]?.end).toBe('dropped')
  expect(await running.deadLetters('queue:orders')).toEqual([])
})

test('without a dead-letter policy a message comes until it expires, and without a retry policy soon', async () => {
  await using booting = await booted({
    dead_letter_policy: null,
    retry_policy: null,
    message_retention_duration: '600s',
  })
  const { running } = booting
  await running.deliver('queue:orders', [answering(500)])
  await until(() => requests(running).length === 1)
  expect(requests(running)[0]?.['body']).not.toHaveProperty('deliveryAttempt')
  await running.advance(100)
  expect(running.deliveries()[0]?.attempts).toHaveLength(2)
  await running.advance(10 * minute - 101)
  expect(running.deliveries()[0]?.end).toBeUndefined()
  expect(running.deliveries()[0]?.attempts.length).toBeGreaterThan(10)
  await running.advance(1)
  expect(running.deliveries()[0]?.end).toBe('dropped')
})

test('takes a request that is too long for a failure', async () => {
  await using booting = await booted({}, true, 1)
  await booting.running.deliver('queue:orders', [{ body: 'hang' }])
  expect(booting.running.deliveries()[0]?.attempts).toMatchObject([
    { outcome: 'retry', error: expect.stringContaining('1000 ms') },
  ])
})

test.each([
  [{ ack_deadline_seconds: 9 }, 'ack_deadline_seconds'],
  [
    { dead_letter_policy: { dead_letter_topic: '${google_pubsub_topic.dead.id}', max_delivery_attempts: 3 } },
    'max_delivery_attempts',
  ],
  [{ topic: 'others' }, 'there is no topic projects/local-project/topics/others'],
  [{ retry_policy: { minimum_backoff: '10' } }, 'expected a duration in seconds'],
  [{ push_config: { push_endpoint: '${var.nowhere}' } }, 'the variable nowhere has no value'],
])('refuses what the vendor refuses: %j', async (more, expected) => {
  await expect(booted(more)).rejects.toThrow(expected)
})

test('takes what is published for what is set aside, while publishing works', async () => {
  await using booting = await booted()
  const { running } = booting
  running.breakEffects(true)
  await running.deliver('queue:orders', [{ body: 'publish projects/local-project/topics/orders-dead' }])
  await until(() => running.logs.some(({ fields }) => fields?.['published'] === 403))
  expect(await running.deadLetters('queue:orders')).toEqual([])
  running.breakEffects(false)
  await running.advance(10_000)
  expect(running.deliveries()).toMatchObject([
    { end: 'acknowledged', attempts: [{ outcome: 'retry' }, { outcome: 'ack' }] },
  ])
  expect(await running.deadLetters('queue:orders')).toMatchObject([{ attributes: { by: 'function' } }])
  await running.deliver('queue:orders', [{ body: 'publish projects/local-project/topics/nowhere' }])
  const answer = await until(() => running.logs.find(({ fields }) => fields?.['published'] === 404))
  expect(answer.fields?.['answer']).toMatchObject({ error: { code: 404, status: 'NOT_FOUND' } })
})

test('brings what a killed container held to a new one', async () => {
  await using booting = await booted()
  const { running } = booting
  const delivering = running.deliver('queue:orders', [{ body: 'hang' }])
  await until(() => requests(running).length === 1)
  await running.kill()
  await delivering
  expect(running.deliveries()[0]?.attempts).toMatchObject([{ outcome: 'retry', error: expect.stringContaining('503') }])
  await running.deliver('queue:orders', [{ body: 'a' }])
  expect(running.deliveries()[1]).toMatchObject({ end: 'acknowledged' })
})

test('lets nobody in without an identity', async () => {
  await using booting = await booted({ push_config: { push_endpoint: endpoint } })
  await booting.running.deliver('queue:orders', [{ body: 'a' }])
  expect(booting.running.deliveries()[0]?.attempts).toMatchObject([{ error: expect.stringContaining('403') }])
  expect(requests(booting.running)).toEqual([])
})

test('lets nobody in who may not invoke the service', async () => {
  const oidc_token = { service_account_email: 'other@local-project.iam.gserviceaccount.com' }
  await using booting = await booted({ push_config: { push_endpoint: endpoint, oidc_token } })
  await booting.running.deliver('queue:orders', [{ body: 'a' }])
  expect(booting.running.deliveries()[0]?.attempts).toMatchObject([
    { error: expect.stringMatching(/^403 .*other@local-project.* lacks roles\/run\.invoker/) },
  ])
})

test('pushes ten thousand messages', async () => {
  await using booting = await booted()
  const many = Array.from({ length: 10_000 }, () => ({ body: 'bulk' }))
  await booting.running.deliver('queue:orders', many)
  expect(booting.running.deliveries().filter(({ end }) => end === 'acknowledged')).toHaveLength(10_000)
}, 60_000)

test('refuses what Pub/Sub refuses: messages without data and attributes', async () => {
  await using booting = await booted()
  const { running } = booting
  await expect(running.deliver('queue:orders', [{ body: 'a' }, { body: '' }])).rejects.toThrow('non-empty data')
  expect(running.deliveries()).toEqual([])
  await running.deliver('queue:orders', [{ body: '', attributes: { k: 'v' } }])
  expect(running.deliveries()).toMatchObject([{ end: 'acknowledged' }])
})
