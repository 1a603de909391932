import type { PlannedEvent } from '@isobar/compiler'
import { sampleEvents } from '@isobar/compiler/testing'
import { describe, expect, test } from 'vitest'
import { arnOf, emit, properties, templateOf } from './testing/template.ts'

/** The queue function with another trigger or name. */
function ship(trigger: Partial<typeof sampleEvents.queue.trigger>, physical = 'orders'): PlannedEvent {
  const { queue } = sampleEvents
  return { ...queue, trigger: { ...queue.trigger, ...trigger }, resource: { logical: 'orders', physical } }
}

describe('a queue', () => {
  test('has its dead, a mapping that reports failures one by one, and what the effects need', () => {
    const template = templateOf(sampleEvents.queue)
    const arn = arnOf('OrdersQueue')
    const dead = arnOf('OrdersDeadQueue')
    expect(template['Resources']?.['OrdersQueue']).toEqual({
      Type: 'AWS::SQS::Queue',
      Properties: {
        QueueName: 'orders',
        VisibilityTimeout: 360,
        RedrivePolicy: { deadLetterTargetArn: dead, maxReceiveCount: 5 },
      },
    })
    expect(properties(template, 'OrdersDeadQueue')).toEqual({
      QueueName: 'orders-dead',
      MessageRetentionPeriod: 1_209_600,
    })
    expect(template['Resources']?.['ShipFunction']).toEqual({
      Type: 'AWS::Serverless::Function',
      Properties: {
        CodeUri: 'ship/',
        Handler: 'index.handler',
        Timeout: 60,
        Environment: {
          Variables: {
            ISOBAR_QUEUE_URL: { Ref: 'OrdersQueue' },
            ISOBAR_DEAD_LETTER_QUEUE_URL: { Ref: 'OrdersDeadQueue' },
          },
        },
        Policies: [
          {
            Version: '2012-10-17',
            Statement: [
              { Effect: 'Allow', Action: 'sqs:ChangeMessageVisibility', Resource: arn },
              { Effect: 'Allow', Action: 'sqs:SendMessage', Resource: dead },
            ],
          },
        ],
        Events: {
          Source: {
            Type: 'SQS',
            Properties: { Queue: arn, BatchSize: 10, FunctionResponseTypes: ['ReportBatchItemFailures'] },
          },
        },
      },
    })
  })

  test('that is ordered is a FIFO queue with a FIFO queue of the dead, one message a call', () => {
    for (const physical of ['orders', 'orders.fifo']) {
      const template = templateOf(ship({ ordered: true }, physical))
      expect(properties(template, 'OrdersQueue')).toMatchObject({
        QueueName: 'orders.fifo',
        FifoQueue: true,
        RedrivePolicy: { maxReceiveCount: 10 },
      })
      expect(properties(template, 'OrdersDeadQueue')).toMatchObject({ QueueName: 'orders-dead.fifo', FifoQueue: true })
      expect(properties(template, 'ShipFunction')).toMatchObject({
        Events: { Source: { Properties: { BatchSize: 1 } } },
      })
    }
  })

  test.each([
    [{ batchSize: 3 }, 60, 360],
    [{ timeoutMs: 100_000 }, 101, 606],
    [{ timeoutMs: 100_000, concurrency: 5 }, 201, 1206],
    [{ timeoutMs: 100_000, batchSize: 1 }, 101, 606],
    [{ timeoutMs: 10_000, batchSize: 100 }, 101, 607],
    [{ timeoutMs: 800_000, concurrency: 1 }, 900, 5400],
    [{ timeoutMs: 100_000, ordered: true, batchSize: 4 }, 401, 2406],
  ])('with %j has %d s for a batch, and hides it six times as long', (trigger, timeout, visibility) => {
    const template = templateOf(ship(trigger))
    expect(properties(template, 'ShipFunction')).toMatchObject({ Timeout: timeout })
    expect(properties(template, 'OrdersQueue')).toMatchObject({ VisibilityTimeout: visibility })
    expect(emit(ship(trigger)).entries[2]?.source).toContain(`visibilitySeconds: ${visibility},`)
  })

  test('keeps batchSize and maxAttempts; a batch over ten needs a window', () => {
    const template = templateOf(ship({ batchSize: 500, maxAttempts: 2 }))
    expect(properties(template, 'OrdersQueue')).toMatchObject({ RedrivePolicy: { maxReceiveCount: 2 } })
    expect(properties(template, 'ShipFunction')).toMatchObject({
      Events: { Source: { Properties: { BatchSize: 500, MaximumBatchingWindowInSeconds: 1 } } },
    })
  })

  test.each([
    [{ batchSize: 20_000 }, 'aws-trigger-limit', 'at most 10000'],
    [{ ordered: true, batchSize: 11, maxAttempts: 10 }, 'aws-trigger-limit', 'a FIFO queue hands over at most 10'],
    [{ maxAttempts: 1001 }, 'aws-trigger-limit', 'at most 1000'],
    [{ timeoutMs: 900_000 }, 'aws-trigger-limit', 'at most 899000'],
    [{ ordered: true, batchSize: 2, maxAttempts: 9 }, 'aws-fifo-attempts', 'uses up its attempts untried'],
  ])('with %j is warned of: %s', (trigger, id, text) => {
    expect(emit(ship(trigger)).diagnostics).toMatchObject([
      {
        id,
        severity: 'warning',
        text: expect.stringContaining(text),
        function: 'ship',
        target: 'aws',
        location: { file: 'functions/events.ts', line: 3 },
      },
    ])
  })

  // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-queues.html
  test.each([
    ['orders.eu', false],
    ['orders.fifo', false],
    ['ord ers', false],
    ['ä', false],
    ['', false],
    ['o'.repeat(75), true],
    ['o'.repeat(76), false],
    ['O_r-4', true],
  ])('may be called %s: %s', (physical, right) => {
    const found = emit(ship({}, physical)).diagnostics.map(({ id, severity }) => `${severity} ${id}`)
    expect(found).toEqual(right ? [] : ['error aws-resource-name'])
  })

  test('that is ordered has five characters less', () => {
    expect(emit(ship({ ordered: true }, 'o'.repeat(70))).diagnostics).toEqual([])
    expect(emit(ship({ ordered: true }, 'o'.repeat(71))).diagnostics).toMatchObject([{ id: 'aws-resource-name' }])
  })
})
