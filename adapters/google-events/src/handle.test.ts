import { queue, Reject, type EventContext } from '@isobar/core'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createDeliveryHandler } from './handle.ts'
import { topicPublisher, type AuthModule } from './publish.ts'
import { pubsubPush } from './pubsub-push.ts'
import { delivery, startStandIn } from './testing/deliveries.ts'

let pubsub: Awaited<ReturnType<typeof startStandIn>>
let status = 200

beforeEach(async () => {
  status = 200
  pubsub = await startStandIn(() => ({ status, body: '{"messageIds":["9"]}' }))
  vi.stubEnv('PUBSUB_EMULATOR_HOST', pubsub.host)
  vi.spyOn(process.stdout, 'write').mockReturnValue(true)
})

afterEach(() => {
  vi.unstubAllEnvs()
  vi.restoreAllMocks()
  pubsub.close()
})

const noAuth = (): Promise<AuthModule> => Promise.reject(new Error('An emulator asks for no credentials.'))

type Handle = (data: unknown, context: EventContext) => void | Promise<void>

const body = {
  message: {
    data: btoa('{"id":1}'),
    messageId: '7',
    attributes: { tenant: 'a' },
    orderingKey: 'k',
    publishTime: '2026-01-01T00:00:00Z',
  },
  subscription: 'projects/p/subscriptions/shop-ship',
  deliveryAttempt: 2,
}

function answer(handle: Handle, sent: object | string = body, options: { timeoutSeconds?: number } = {}) {
  const handler = createDeliveryHandler(
    { target: 'somewhere', name: 'ship' },
    {
      definition: queue('orders', ({ data }, context) => handle(data, context)),
      source: pubsubPush('queue'),
      deadLetterTopic: 'shop-ship-dead',
      publish: topicPublisher(noAuth),
      ...options,
    },
  )
  return handler({ ...delivery(sent), now: Date.now() }, { native: {}, env: {} })
}

function lines(): unknown[] {
  return vi.mocked(process.stdout.write).mock.calls.map(([line]) => JSON.parse(String(line)))
}

describe('the answer', () => {
  test('is 204 when the handler is done, which gets the decoded data', async () => {
    let seen: unknown
    expect(await answer((data) => void (seen = data))).toBe(204)
    expect(seen).toEqual({ id: 1 })
  })

  test('is 503 when the handler throws: the message shall come again', async () => {
    expect(await answer(() => Promise.reject(new Error('no')))).toBe(503)
    expect(pubsub.received).toEqual([])
  })

  test('is 503 for what is no push, which is told in a line and never acknowledged (E4)', async () => {
    let called = false
    expect(await answer(() => void (called = true), { hello: 1 })).toBe(503)
    expect(called).toBe(false)
    expect(JSON.stringify(lines())).toContain('got an object with hello')
  })

  test('waits for the work given to waitUntil', async () => {
    let done = false
    const slow: Handle = (_, context) =>
      context.waitUntil(new Promise((resolve) => setImmediate(resolve)).then(() => (done = true)))
    expect(await answer(slow)).toBe(204)
    expect(done).toBe(true)
  })

  test('comes before the sender gives up', async () => {
    const never: Handle = () => new Promise(() => {})
    expect(await answer(never, body, { timeoutSeconds: 0.1 })).toBe(503)
  })
})

describe('a rejected message', () => {
  const reject: Handle = () => {
    throw Reject('no such order')
  }

  // https://docs.cloud.google.com/pubsub/docs/reference/rest/v1/projects.topics/publish
  test('goes to the dead-letter topic as it came, with what Pub/Sub itself would add', async () => {
    expect(await answer(reject)).toBe(204)
    expect(pubsub.received).toMatchObject([{ method: 'POST', url: '/v1/projects/p/topics/shop-ship-dead:publish' }])
    const [sent] = pubsub.received
    expect(sent?.headers['authorization']).toBeUndefined()
    expect(JSON.parse(sent?.body ?? '')).toEqual({
      messages: [
        {
          data: body.message.data,
          orderingKey: 'k',
          attributes: {
            tenant: 'a',
            CloudPubSubDeadLetterSourceDeliveryCount: '2',
            CloudPubSubDeadLetterSourceDeliveryErrorMessage: 'no such order',
            CloudPubSubDeadLetterSourceSubscription: 'shop-ship',
            CloudPubSubDeadLetterSourceSubscriptionProject: 'p',
            CloudPubSubDeadLetterSourceTopicPublishTime: '2026-01-01T00:00:00.000Z',
          },
        },
      ],
    })
  })

  test('comes again when it cannot be published', async () => {
    status = 500
    expect(await answer(reject)).toBe(503)
    pubsub.close()
    expect(await answer(reject)).toBe(503)
  })

  test('is one whose data is not what the trigger says, too', async () => {
    const malformed = { ...body, message: { ...body.message, data: btoa('{') } }
    expect(await answer(() => {}, malformed)).toBe(204)
    expect(JSON.parse(pubsub.received[0]?.body ?? '').messages[0].data).toBe(btoa('{'))
  })

  test('keeps within what attributes may hold', async () => {
    const attributes = Object.fromEntries(Array.from({ length: 98 }, (_, index) => [`a${index}`, 'x']))
    const full = { ...body, message: { ...body.message, attributes } }
    const long: Handle = () => {
      throw Reject('é'.repeat(600))
    }
    expect(await answer(long, full)).toBe(204)
    const [sent] = JSON.parse(pubsub.received[0]?.body ?? '').messages
    expect(Object.keys(sent.attributes)).toHaveLength(100)
    expect(sent.attributes.CloudPubSubDeadLetterSourceDeliveryErrorMessage).toBe('é'.repeat(512))
  })
})
