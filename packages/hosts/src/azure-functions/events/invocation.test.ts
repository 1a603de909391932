import { expect, test } from 'vitest'

import { bootEvents, ends, type BootedEvents } from './testing.ts'

const functions = { ship: 'queue:orders' } as const
const queue = "queueName: 'orders', connection: 'C'"
const thirty = { extensions: { queues: { visibilityTimeout: '00:00:30' } } }

const dead = async ({ running }: BootedEvents): Promise<string[]> =>
  (await running.deadLetters('queue:orders')).map(({ body }) => Buffer.from(body).toString())

test('text is parsed by the library and its members hide those of the trigger, bytes are left alone', async () => {
  await using booted = await bootEvents(
    `const handler = (message, { triggerMetadata }) => told({ message: Buffer.isBuffer(message) ? 'bytes ' + message : message, triggerMetadata })
    app.storageQueue('ship', { ${queue}, handler })
    app.storageQueue('raw', { queueName: 'raw', connection: 'C', dataType: 'binary', handler })`,
    { functions: { ...functions, raw: 'queue:raw' } },
  )
  const body = '{"a":1,"id":"own","list":[1],"nested":{"b":true},"nothing":null}'
  await booted.running.deliver('queue:orders', [{ body }])
  await booted.running.deliver('queue:raw', [{ body }])
  const [text, bytes] = booted.told()
  const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?\+00:00$/)
  const own = {
    dequeueCount: 1,
    popReceipt: expect.any(String),
    insertionTime: time,
    expirationTime: time,
    nextVisibleTime: time,
  }
  // The library parses every string, that of the metadata too.
  expect(text).toMatchObject({
    message: { a: 1 },
    triggerMetadata: { ...own, queueTrigger: JSON.parse(body), id: 'own', a: 1, nested: { b: true } },
  })
  expect(Object.keys(Object(Object(text).triggerMetadata))).not.toContain('list')
  expect(Object.keys(Object(Object(text).triggerMetadata))).not.toContain('nothing')
  expect(bytes).toMatchObject({
    message: `bytes ${body}`,
    triggerMetadata: { ...own, id: expect.stringMatching(/^[\da-f-]{36}$/) },
  })
  expect(Object.keys(Object(Object(bytes).triggerMetadata))).not.toContain('a')
})

test('outputs are written after the function has returned: bytes as they are, JSON anew, an array as several', async () => {
  await using booted = await bootEvents(
    `const poison = output.storageQueue({ queueName: 'orders-poison', connection: 'C' })
    const values = { bytes: Buffer.from('[1,2]'), text: 'plain', array: '[{"a":1},"b",true]', object: { c: [] }, number: 7 }
    app.storageQueue('ship', { ${queue}, dataType: 'binary', extraOutputs: [poison], handler(message, context) {
      context.extraOutputs.set(poison, values[message.toString()])
    } })`,
    { functions },
  )
  for (const body of ['bytes', 'text', 'array', 'object', 'number'])
    await booted.running.deliver('queue:orders', [{ body }])
  expect(await dead(booted)).toEqual(['[1,2]', 'plain', '{\n  "a": 1\n}', 'b', 'True', '{\n  "c": []\n}', '7'])
  expect(ends(booted)).toEqual(Array.from({ length: 5 }, () => 'ack acknowledged'))
})

test('an output that cannot be written fails the invocation, and the message comes again', async () => {
  await using booted = await bootEvents(
    `app.storageQueue('ship', { ${queue}, return: output.storageQueue({ queueName: 'orders-poison', connection: 'C' }), handler: () => 'rejected' })`,
    { functions, host: thirty },
  )
  booted.running.breakEffects(true)
  await booted.running.deliver('queue:orders', [{ body: 'a' }])
  expect(ends(booted)).toEqual(['retry'])
  expect(await dead(booted)).toEqual([])
  booted.running.breakEffects(false)
  await booted.running.advance(30_000)
  expect(ends(booted)).toEqual(['retry ack acknowledged'])
  expect(await dead(booted)).toEqual(['rejected'])
})

test('a message that one function writes triggers another', async () => {
  await using booted = await bootEvents(
    `app.storageQueue('ship', { ${queue}, return: output.storageQueue({ queueName: 'next', connection: 'C' }), handler: (message) => message + '!' })
    app.storageQueue('next', { queueName: 'next', connection: 'C', handler: told })`,
    { functions: { ...functions, next: 'queue:next' } },
  )
  await booted.running.deliver('queue:orders', [{ body: 'go' }])
  expect(booted.told()).toEqual(['go!'])
  expect(booted.running.deliveries().map((one) => one.function)).toEqual(['ship', 'next'])
})

test('what runs in a worker that is killed fails, and another worker gets it when it is due', async () => {
  await using booted = await bootEvents(
    `app.storageQueue('ship', { ${queue}, async handler(message, { triggerMetadata }) {
      told(process.pid)
      if (triggerMetadata.dequeueCount === 1) await new Promise(() => {})
    } })`,
    { functions, host: thirty },
  )
  const delivered = booted.running.deliver('queue:orders', [{ body: 'a' }])
  await expect.poll(() => booted.told()).toHaveLength(1)
  await booted.running.kill()
  await delivered
  expect(ends(booted)).toEqual(['retry'])
  await booted.running.advance(30_000)
  expect(ends(booted)).toEqual(['retry ack acknowledged'])
  const [first, second] = booted.told()
  expect(first).not.toBe(second)
  expect(booted.running.deliveries()[0]?.attempts[0]?.error).toContain('SIGKILL')
})

test('a function that takes longer than functionTimeout fails, and its worker is ended', async () => {
  await using booted = await bootEvents(
    `app.storageQueue('ship', { ${queue}, async handler(message, { triggerMetadata }) {
      told(process.pid)
      if (triggerMetadata.dequeueCount === 1) await new Promise(() => {})
    } })`,
    { functions, host: { functionTimeout: '00:00:01' } },
  )
  await booted.running.deliver('queue:orders', [{ body: 'a' }])
  expect(ends(booted)).toEqual(['retry ack acknowledged'])
  expect(booted.running.deliveries()[0]?.attempts[0]?.error).toBe(
    'Timeout value of 1000 ms was exceeded by function: Functions.ship',
  )
  expect(new Set(booted.told()).size).toBe(2)
})

test('a source that nobody listens to, a function that is not registered and a wrong setting are told', async () => {
  const source = `app.storageQueue('ship', { ${queue}, handler() {} })`
  await using booted = await bootEvents(source, { functions })
  await expect(booted.running.deliver('queue:none', [{ body: '' }])).rejects.toThrow(
    'No function of this target listens to queue:none; known are: queue:orders.',
  )
  await expect(bootEvents(source, { functions: { other: 'queue:orders' } })).rejects.toThrow(
    'registers no function of that name',
  )
  await expect(bootEvents(source, { functions, host: { extensions: { queues: { batchSize: 33 } } } })).rejects.toThrow(
    'host.json has 33 as "batchSize"; expected a whole number from 1 to 32.',
  )
})
