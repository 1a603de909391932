import type { PlannedEvent } from '@isobar/compiler'
import { sampleEvents } from '@isobar/compiler/testing'
import { parseCron } from '@isobar/core/adapter'
import { describe, expect, test } from 'vitest'
import { arnOf, emit, properties, templateOf } from './testing/template.ts'

describe.each([
  ['topic', 'IndexPrice', 'shop-index-price-dead'],
  ['storage', 'Thumbnail', 'shop-thumbnail-dead'],
  ['event', 'Placed', 'shop-placed-dead'],
  ['schedule', 'Nightly', 'shop-nightly-dead'],
] as const)('a function of %s', (kind, id, dead) => {
  test('is tried three times, and what is left goes to a queue of its own', () => {
    const template = templateOf(sampleEvents[kind])
    expect(properties(template, `${id}DeadQueue`)).toEqual({ QueueName: dead, MessageRetentionPeriod: 1_209_600 })
    expect(properties(template, `${id}Function`)).toMatchObject({
      Timeout: 60,
      Policies: [
        {
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', Action: 'sqs:SendMessage', Resource: arnOf(`${id}DeadQueue`) }],
        },
      ],
      EventInvokeConfig: {
        MaximumRetryAttempts: 2,
        DestinationConfig: { OnFailure: { Type: 'SQS', Destination: arnOf(`${id}DeadQueue`) } },
      },
    })
    const { Environment } = properties(template, `${id}Function`)
    // A rejected tick is only logged.
    expect(Environment).toEqual(
      kind === 'schedule' ? undefined : { Variables: { ISOBAR_DEAD_LETTER_QUEUE_URL: { Ref: `${id}DeadQueue` } } },
    )
  })

  test('keeps its limit of time', () => {
    const { trigger } = sampleEvents[kind]
    const slow: PlannedEvent = Object.assign({}, sampleEvents[kind], { trigger: { ...trigger, timeoutMs: 120_000 } })
    expect(properties(templateOf(slow), `${id}Function`)).toMatchObject({ Timeout: 121 })
  })
})

describe('maxAttempts of an asynchronous source', () => {
  const { topic } = sampleEvents
  const tried = (maxAttempts: number): PlannedEvent => ({ ...topic, trigger: { ...topic.trigger, maxAttempts } })

  test.each([
    [1, 0],
    [2, 1],
    [3, 2],
  ])('of %d is %d retries', (maxAttempts, MaximumRetryAttempts) => {
    expect(properties(templateOf(tried(maxAttempts)), 'IndexPriceFunction')).toMatchObject({
      EventInvokeConfig: { MaximumRetryAttempts },
    })
    expect(emit(tried(maxAttempts)).diagnostics).toEqual([])
  })

  // https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
  test('over three is warned of', () => {
    expect(emit(tried(4)).diagnostics).toMatchObject([
      { id: 'aws-trigger-limit', severity: 'warning', text: expect.stringContaining('sets maxAttempts to 4') },
    ])
    expect(properties(templateOf(tried(4)), 'IndexPriceFunction')).toMatchObject({
      EventInvokeConfig: { MaximumRetryAttempts: 2 },
    })
  })
})

describe('a topic', () => {
  test('is one for all its subscribers', () => {
    const second: PlannedEvent = { ...sampleEvents.topic, name: 'audit', line: 9 }
    const template = templateOf(sampleEvents.topic, second)
    expect(template['Resources']?.['PricesTopic']).toEqual({
      Type: 'AWS::SNS::Topic',
      Properties: { TopicName: 'prices' },
    })
    for (const id of ['IndexPriceFunction', 'AuditFunction']) {
      expect(properties(template, id)).toMatchObject({
        Events: { Source: { Type: 'SNS', Properties: { Topic: { Ref: 'PricesTopic' } } } },
      })
    }
    const topics = Object.values(template['Resources'] ?? {}).filter(({ Type }) => Type === 'AWS::SNS::Topic')
    expect(topics).toHaveLength(1)
  })
})

describe('a schedule', () => {
  test('gives the scheduled time as input, at the minute', () => {
    const { Events } = properties(templateOf(sampleEvents.schedule), 'NightlyFunction')
    expect(Events).toEqual({
      Source: {
        Type: 'ScheduleV2',
        Properties: {
          Name: 'shop-nightly',
          ScheduleExpression: 'cron(30 2 ? * MON-FRI *)',
          ScheduleExpressionTimezone: 'UTC',
          FlexibleTimeWindow: { Mode: 'OFF' },
          RetryPolicy: { MaximumRetryAttempts: 10, MaximumEventAgeInSeconds: 3600 },
          Input: expect.stringContaining('"scheduledTime":"<aws.scheduler.scheduled-time>"'),
        },
      },
    })
  })

  test('keeps its time zone', () => {
    const { schedule } = sampleEvents
    const planned: PlannedEvent = { ...schedule, trigger: { ...schedule.trigger, timeZone: 'Europe/Zurich' } }
    expect(properties(templateOf(planned), 'NightlyFunction')).toMatchObject({
      Events: { Source: { Properties: { ScheduleExpressionTimezone: 'Europe/Zurich' } } },
    })
  })

  // https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#cron-based
  test.each([
    ['* * * * *', 'cron(* * * * ? *)'],
    ['0 9 * * MON-FRI', 'cron(0 9 ? * MON-FRI *)'],
    ['*/15 9-17/4 1,15 JAN,JUL *', 'cron(0,15,30,45 9,13,17 1,15 1,7 ? *)'],
    ['5 0 29 2 *', 'cron(5 0 29 2 ? *)'],
    ['0 0 * * SUN,TUE,WED,SAT', 'cron(0 0 ? * SUN,TUE,WED,SAT *)'],
    ['0 22-23,0-2 * 3-5 *', 'cron(0 0-2,22,23 * 3-5 ? *)'],
  ])('of %s is %s', (cron, expected) => {
    const { schedule } = sampleEvents
    const planned: PlannedEvent = { ...schedule, trigger: { cron }, cron: parseCron(cron) }
    expect(properties(templateOf(planned), 'NightlyFunction')).toMatchObject({
      Events: { Source: { Properties: { ScheduleExpression: expected } } },
    })
  })
})

describe('a bucket', () => {
  const { storage } = sampleEvents
  const listens = (name: string, on?: 'created' | 'deleted', physical = 'uploads'): PlannedEvent => ({
    ...storage,
    name,
    trigger: { bucket: 'uploads', ...(on && { on }) },
    resource: { logical: 'uploads', physical },
  })

  test.each([
    [undefined, ['s3:ObjectCreated:*', 's3:ObjectRemoved:*', 's3:LifecycleExpiration:*']],
    ['created', ['s3:ObjectCreated:*']],
    ['deleted', ['s3:ObjectRemoved:*', 's3:LifecycleExpiration:*']],
  ] as const)('notifies of %s', (on, Events) => {
    const template = templateOf(listens('thumbnail', on))
    expect(properties(template, 'UploadsBucket')).toEqual({ BucketName: 'uploads' })
    expect(properties(template, 'ThumbnailFunction')).toMatchObject({
      Events: { Source: { Type: 'S3', Properties: { Bucket: { Ref: 'UploadsBucket' }, Events } } },
    })
  })

  test.each([
    [undefined, undefined, 1],
    ['created', undefined, 1],
    [undefined, 'created', 1],
    ['created', 'created', 1],
    ['created', 'deleted', 0],
  ] as const)('cannot notify two functions of the same: %s and %s', (one, other, count) => {
    const { diagnostics } = emit(listens('one', one), listens('other', other))
    expect(diagnostics.map(({ id, severity }) => [id, severity])).toEqual(
      Array.from({ length: count }, () => ['aws-notification-overlap', 'error']),
    )
    expect(emit(listens('one', one), listens('other', other, 'elsewhere')).diagnostics).toEqual([])
  })

  // https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
  test.each([
    ['up', false],
    ['shop.uploads-1', true],
    ['Uploads', false],
    ['up..loads', false],
    ['-uploads', false],
    ['uploads-', false],
    ['192.168.5.4', false],
    ['xn--uploads', false],
    ['uploads-s3alias', false],
    ['u'.repeat(63), true],
    ['u'.repeat(64), false],
  ])('may be called %s: %s', (physical, right) => {
    const found = emit(listens('thumbnail', undefined, physical)).diagnostics.map(({ id }) => id)
    expect(found).toEqual(right ? [] : ['aws-resource-name'])
  })
})

test('an event is told by its detail type', () => {
  expect(properties(templateOf(sampleEvents.event), 'PlacedFunction')).toMatchObject({
    Events: {
      Source: { Type: 'EventBridgeRule', Properties: { Pattern: { 'detail-type': ['com.example.order.placed'] } } },
    },
  })
})
