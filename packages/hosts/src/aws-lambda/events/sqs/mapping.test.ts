import { describe, expect, test } from 'vitest'

import { bootTemplate, recorder, type BootedTemplate, type TestFunction } from '../testing.ts'

/** A queue that SAM maps to a function, with what a test adds to the mapping and the queue. */
function template({ mapping = '', queue = '' }: { mapping?: string; queue?: string }): string {
  return `
AWSTemplateFormatVersion: '2010-09-09'
Transform: AWS::Serverless-2016-10-31
Globals:
  Function:
    Runtime: nodejs24.x
    Timeout: 10
Resources:
  ShipFunction:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: ship/
      Handler: index.handler
      Events:
        Orders:
          Type: SQS
          Properties:
            Queue: { 'Fn::GetAtt': [OrdersQueue, Arn] }
            ${mapping}
  OrdersQueue:
    Type: AWS::SQS::Queue
    Properties:
      QueueName: orders
      ${queue}
  OrdersDeadQueue:
    Type: AWS::SQS::Queue
    Properties: { QueueName: orders-dead }
`
}

const reports = 'FunctionResponseTypes: [ReportBatchItemFailures]'
const redrive = `RedrivePolicy: { deadLetterTargetArn: { 'Fn::GetAtt': [OrdersDeadQueue, Arn] }, maxReceiveCount: 3 }`

function ship(source: string): TestFunction {
  const resource = { logical: 'orders', physical: 'orders' }
  return { name: 'ship', listens: { kind: 'queue', trigger: { queue: 'orders' }, resource }, source }
}

/** Reports the messages whose body begins with `bad`. */
const reporting = recorder(
  `return { batchItemFailures: records.filter((one) => one.body.startsWith('bad')).map((one) => ({ itemIdentifier: one.messageId })) }`,
)

const bodies = (...texts: string[]): { body: string }[] => texts.map((body) => ({ body }))

/** The bodies of each batch that the function was called with. */
async function batches(booted: BootedTemplate): Promise<string[][]> {
  const events = await booted.events('ship')
  return events.map(({ Records }) => (Records as { body: string }[]).map(({ body }) => body))
}

describe('ReportBatchItemFailures', () => {
  test('what is reported comes again, what is not is deleted', async () => {
    await using booted = await bootTemplate(template({ mapping: reports, queue: redrive }), [ship(reporting)])
    const { running } = booted
    const ids = await running.deliver('queue:orders', bodies('one', 'bad', 'two'))
    expect(running.deliveries()).toMatchObject([
      { id: ids[0], source: 'queue:orders', function: 'ship', end: 'acknowledged', attempts: [{ outcome: 'ack' }] },
      { id: ids[1], attempts: [{ number: 1, outcome: 'retry' }] },
      { id: ids[2], end: 'acknowledged' },
    ])
    expect(running.deliveries()[1]).not.toHaveProperty('end')
    await running.advance(29_999)
    expect(await batches(booted)).toEqual([['one', 'bad', 'two']])
    await running.advance(1)
    expect(await batches(booted)).toEqual([['one', 'bad', 'two'], ['bad']])
    await running.advance(60_000)
    expect(await batches(booted)).toEqual([['one', 'bad', 'two'], ['bad'], ['bad']])
    expect(running.deliveries()[1]).toMatchObject({
      id: ids[1],
      end: 'dead-lettered',
      attempts: [{}, {}, { number: 3 }],
    })
    const dead = await running.deadLetters('queue:orders')
    expect(dead.map(({ body }) => Buffer.from(body).toString())).toEqual(['bad'])
  })

  test('without the setting the answer is ignored: what was reported is lost', async () => {
    await using booted = await bootTemplate(template({ queue: redrive }), [ship(reporting)])
    await booted.running.deliver('queue:orders', bodies('one', 'bad'))
    await booted.running.advance(3_600_000)
    expect(booted.running.deliveries()).toMatchObject([{ end: 'acknowledged' }, { end: 'acknowledged' }])
    expect(await booted.running.deadLetters('queue:orders')).toEqual([])
  })

  // https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html (success and failure conditions)
  test.each([
    ['nothing', 'return undefined', 'ack'],
    ['null', 'return null', 'ack'],
    ['an empty object', 'return {}', 'ack'],
    ['an empty list', 'return { batchItemFailures: [] }', 'ack'],
    ['null as list', 'return { batchItemFailures: null }', 'ack'],
    ['text', `return 'done'`, 'retry'],
    ['an empty identifier', `return { batchItemFailures: [{ itemIdentifier: '' }] }`, 'retry'],
    ['null as identifier', 'return { batchItemFailures: [{ itemIdentifier: null }] }', 'retry'],
    ['a wrong key', 'return { batchItemFailures: [{ id: records[0].messageId }] }', 'retry'],
    ['an unknown identifier', `return { batchItemFailures: [{ itemIdentifier: 'unknown' }] }`, 'retry'],
    ['an error', `throw new Error('boom')`, 'retry'],
    ['the end of the process', `process.exit(3)`, 'retry'],
  ])('%s is for the whole batch', async (_name, body, outcome) => {
    await using booted = await bootTemplate(template({ mapping: reports }), [ship(recorder(body))])
    await booted.running.deliver('queue:orders', bodies('one', 'two'))
    expect(booted.running.deliveries().map(({ attempts }) => attempts[0]?.outcome)).toEqual([outcome, outcome])
  })
})

describe('a queue', () => {
  test('without a dead-letter queue has a message tried until its retention has passed', async () => {
    const failing = ship(recorder(`throw new Error('boom')`))
    await using booted = await bootTemplate(template({ mapping: reports, queue: 'MessageRetentionPeriod: 120' }), [
      failing,
    ])
    await booted.running.deliver('queue:orders', bodies('bad'))
    await booted.running.advance(119_000)
    expect(booted.running.deliveries()[0]?.attempts).toHaveLength(4)
    expect(booted.running.deliveries()[0]).not.toHaveProperty('end')
    await booted.running.advance(1000)
    expect(booted.running.deliveries()[0]).toMatchObject({ end: 'dropped', attempts: { length: 4 } })
  })

  test('hands over ten messages a call, and more where the mapping says so', async () => {
    await using booted = await bootTemplate(template({ mapping: 'BatchSize: 4' }), [ship(recorder())])
    await booted.running.deliver('queue:orders', bodies('1', '2', '3', '4', '5'))
    const sizes = (await batches(booted)).map(({ length }) => length)
    expect(sizes.toSorted()).toEqual([1, 4])
  })

  test('whose messages become visible before the function ends is not mapped', async () => {
    const booting = bootTemplate(template({ queue: 'VisibilityTimeout: 9' }), [ship(recorder())])
    await expect(booting).rejects.toThrow(
      'Queue visibility timeout: 9 seconds is less than Function timeout: 10 seconds',
    )
  })

  test('delays what comes in by its own setting', async () => {
    await using booted = await bootTemplate(template({ queue: 'DelaySeconds: 5' }), [ship(recorder())])
    await booted.running.deliver('queue:orders', bodies('one'))
    expect(await batches(booted)).toEqual([])
    await booted.running.advance(5000)
    expect(await batches(booted)).toEqual([['one']])
  })
})

test('a crash fails what runs, and what has waited runs in a new process', async () => {
  const slow = recorder(
    `if (records[0].attributes.ApproximateReceiveCount === '1') await new Promise((r) => setTimeout(r, 9000))`,
  )
  await using booted = await bootTemplate(template({ mapping: reports }), [ship(slow)])
  const { running } = booted
  const delivering = running.deliver('queue:orders', bodies('one'))
  while ((await booted.events('ship')).length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
  await running.kill()
  await delivering
  expect(running.deliveries()).toMatchObject([
    { attempts: [{ outcome: 'retry', error: expect.stringContaining('Runtime.ExitError') }] },
  ])
  await running.advance(30_000)
  expect(running.deliveries()).toMatchObject([{ end: 'acknowledged' }])
})

test('what no function listens to is refused, and what SQS refuses', async () => {
  await using booted = await bootTemplate(template({}), [ship(recorder())])
  const { running } = booted
  await expect(running.deliver('queue:other', bodies('one'))).rejects.toThrow(
    'No function of this target listens to queue:other',
  )
  await expect(running.deliver('queue:orders', [{ object: 'created', key: 'a' }])).rejects.toThrow('takes messages')
  const refused = async (input: Parameters<typeof running.deliver>[1][number]): Promise<void> =>
    void (await expect(running.deliver('queue:orders', [input])).rejects.toThrow('SQS does not take this message'))
  await refused({ body: '' })
  await refused({ body: 'a\u0000b' })
  await refused({ body: Uint8Array.of(0xff, 0xfe) })
  await refused({ body: 'x'.repeat(1024 * 1024 + 1) })
  await refused({ body: 'x', attributes: Object.fromEntries([...'abcdefghijk'].map((name) => [name, name])) })
  expect(running.deliveries()).toEqual([])
})

test('ten thousand messages are each delivered once', async () => {
  await using booted = await bootTemplate(template({ mapping: reports }), [ship(recorder())])
  const all = Array.from({ length: 10_000 }, (_, index) => String(index))
  await booted.running.deliver('queue:orders', bodies(...all))
  const delivered = (await batches(booted)).flat()
  expect(delivered).toHaveLength(all.length)
  expect(new Set(delivered)).toEqual(new Set(all))
  expect(booted.running.deliveries().every(({ end }) => end === 'acknowledged')).toBe(true)
})
