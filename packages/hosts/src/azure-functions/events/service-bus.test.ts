import { expect, test } from 'vitest'

import { bootEvents, ends, type BootedEvents } from './testing.ts'

const bicep = `
resource bus 'Microsoft.ServiceBus/namespaces@2024-01-01' = {
  name: 'shop'
  resource orders 'queues' = { name: 'orders', properties: { maxDeliveryCount: 3 } }
  resource parked 'queues' = { name: 'parked' }
  resource placed 'topics' = {
    name: 'placed'
    resource one 'subscriptions' = { name: 'one', properties: { requiresSession: true } }
    resource two 'subscriptions' = { name: 'two' }
  }
}`

const text = ({ body }: { body: Uint8Array }): string => Buffer.from(body).toString()
const deadTexts = async ({ running }: BootedEvents, source: string): Promise<string[]> =>
  (await running.deadLetters(source)).map(text)

test('a message is completed, or abandoned at once until it has been delivered too often', async () => {
  await using booted = await bootEvents(
    `app.serviceBusQueue('ship', { queueName: 'orders', connection: 'C', handler(message, context) {
      told([message, context.triggerMetadata.deliveryCount])
      if (message === 'bad') throw new Error('no')
    } })`,
    { functions: { ship: 'queue:orders' }, files: { 'main.bicep': bicep } },
  )
  await booted.running.deliver('queue:orders', [{ body: 'bad', attributes: { k: 'v' } }, { body: 'good' }])
  expect(ends(booted)).toEqual(['retry retry retry dead-lettered', 'ack acknowledged'])
  const dead = await booted.running.deadLetters('queue:orders')
  expect(dead.map(({ attributes }) => attributes)).toEqual([{ k: 'v', DeadLetterReason: 'MaxDeliveryCountExceeded' }])
  expect(booted.told()).toContainEqual(['bad', 3])
})

test('Azure delivers ten times unless the deploy file says otherwise', async () => {
  await using booted = await bootEvents(
    `app.serviceBusQueue('ship', { queueName: 'orders', connection: 'C', handler() { throw new Error('no') } })`,
    { functions: { ship: 'queue:orders' } },
  )
  await booted.running.deliver('queue:orders', [{ body: 'a' }])
  expect(ends(booted)).toEqual([`${'retry '.repeat(10)}dead-lettered`])
})

test('every subscription of a topic gets each message, and sessions keep their order', async () => {
  await using booted = await bootEvents(
    `let failures = 2
    app.serviceBusTopic('one', { topicName: 'placed', subscriptionName: 'one', isSessionsEnabled: true, connection: 'C', async handler(message, context) {
      await new Promise((resolve) => setTimeout(resolve, 5))
      told(['one', message, context.triggerMetadata.sessionId])
      if (message === 'a1' && failures-- > 0) throw new Error('later')
    } })
    app.serviceBusTopic('two', { topicName: 'placed', subscriptionName: 'two', connection: 'C', handler(message, context) {
      told(['two', message, context.triggerMetadata.messageId])
    } })`,
    { functions: { one: 'topic:placed', two: 'topic:placed' }, files: { 'main.bicep': bicep } },
  )
  const inputs = ['a1', 'a2', 'b1'].map((body) => ({ body, orderingKey: body.slice(0, 1) }))
  const ids = await booted.running.deliver('topic:placed', inputs)
  const records = booted.running.deliveries().map((one) => one.id)
  expect(records.toSorted()).toEqual(ids.flatMap((id) => [`${id}/1`, `${id}/2`]))
  const told = booted.told().filter((one): one is string[] => Array.isArray(one))
  const ones = told.filter(([name, , session]) => name === 'one' && session === 'a').map(([, message]) => message)
  expect(ones).toEqual(['a1', 'a1', 'a1', 'a2'])
  expect(
    told
      .filter(([name]) => name === 'two')
      .map(([, message]) => message)
      .toSorted(),
  ).toEqual(['a1', 'a2', 'b1'])
})

test('outputs are written as strings, bytes as the name of their type, and broken effects fail the invocation', async () => {
  await using booted = await bootEvents(
    `const parked = output.serviceBusQueue({ queueName: 'parked', connection: 'C' })
    app.serviceBusQueue('ship', { queueName: 'orders', connection: 'C', dataType: 'binary', extraOutputs: [parked], handler(message, context) {
      context.extraOutputs.set(parked, message.toString() === 'bytes' ? message : message.toString())
    } })`,
    { functions: { ship: 'queue:orders' }, files: { 'main.bicep': bicep } },
  )
  await booted.running.deliver('queue:orders', [{ body: 'plain' }])
  await booted.running.deliver('queue:orders', [{ body: 'bytes' }])
  await booted.running.deliver('queue:orders', [{ body: '[{"a":1},"b"]' }])
  expect(await deadTexts(booted, 'queue:orders')).toEqual(['plain', 'System.Byte[]', '{\n  "a": 1\n}', 'b'])
  booted.running.breakEffects(true)
  await booted.running.deliver('queue:orders', [{ body: 'c' }])
  expect(ends(booted).at(-1)).toBe('retry retry retry dead-lettered')
})

test('an output that the deploy file does not have fails', async () => {
  await using booted = await bootEvents(
    `const none = output.serviceBusQueue({ queueName: 'none', connection: 'C' })
    app.serviceBusQueue('ship', { queueName: 'orders', connection: 'C', return: none, handler: () => 'x' })`,
    { functions: { ship: 'queue:orders' }, files: { 'main.bicep': bicep } },
  )
  await booted.running.deliver('queue:orders', [{ body: 'a' }])
  expect(booted.running.deliveries()[0]?.attempts[0]?.error).toContain('declares no')
})

test('the handler sees what the recorded one saw', async () => {
  // Of a recorded invocation of the real library: what the handler got, and the names and types of its metadata.
  const recorded = {
    messageId: 'string',
    deliveryCount: 'number',
    lockToken: 'string',
    userProperties: 'object',
    enqueuedTimeUtc: 'string',
  }
  await using booted = await bootEvents(
    `app.serviceBusQueue('ship', { queueName: 'orders', connection: 'C', handler: (message, { triggerMetadata }) => told({ message, triggerMetadata }) })`,
    { functions: { ship: 'queue:orders' } },
  )
  await booted.running.deliver('queue:orders', [
    { body: '{"a":1}', attributes: { k: 'v' }, contentType: 'application/json' },
  ])
  const [seen] = booted.told()
  expect(seen).toMatchObject({
    message: { a: 1 },
    triggerMetadata: {
      deliveryCount: 1,
      userProperties: { k: 'v' },
      applicationProperties: { k: 'v' },
      contentType: 'application/json',
      sequenceNumber: 1,
      // The message's own members are added, as text.
      a: 1,
    },
  })
  const types = (value: object): Record<string, string> =>
    Object.fromEntries(Object.entries(value).map(([key, one]) => [key, typeof one]))
  expect(types(Object(Object(seen).triggerMetadata))).toMatchObject(recorded)
})

test('what several functions write to one queue lies there once', async () => {
  const fn = (
    name: string,
  ): string => `app.serviceBusTopic('${name}', { topicName: 'placed', subscriptionName: '${name}', connection: 'C',
    return: output.serviceBusQueue({ queueName: 'placed-parked', connection: 'C' }), handler: () => '${name}' })`
  await using booted = await bootEvents(`${fn('one')}\n${fn('two')}`, {
    functions: { one: 'topic:placed', two: 'topic:placed' },
  })
  await booted.running.deliver('topic:placed', [{ body: 'a' }])
  expect((await deadTexts(booted, 'topic:placed')).toSorted()).toEqual(['one', 'two'])
})
