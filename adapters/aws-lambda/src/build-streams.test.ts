import type { PlannedEvent } from '@isobar/compiler'
import { sampleEvents } from '@isobar/compiler/testing'
import { describe, expect, test } from 'vitest'
import { arnOf, emit, properties, templateOf } from './testing/template.ts'

describe.each([
  ['stream', 'CountClicks', 'Kinesis', { 'Fn::GetAtt': ['ClicksStream', 'Arn'] }],
  ['changes', 'SyncUsers', 'DynamoDB', { Ref: 'UsersTableStreamArn' }],
] as const)('a function of %s', (kind, id, Type, Stream) => {
  const given = (more: object): PlannedEvent =>
    Object.assign({}, sampleEvents[kind], { trigger: { ...sampleEvents[kind].trigger, ...more } })

  test('goes on where a batch failed, and gives a record up after its attempts', () => {
    expect(properties(templateOf(sampleEvents[kind]), `${id}Function`)).toMatchObject({
      Environment: { Variables: { ISOBAR_DEAD_LETTER_QUEUE_URL: { Ref: `${id}DeadQueue` } } },
      Policies: [
        {
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', Action: 'sqs:SendMessage', Resource: arnOf(`${id}DeadQueue`) }],
        },
      ],
      Events: {
        Source: {
          Type,
          Properties: {
            Stream,
            StartingPosition: 'TRIM_HORIZON',
            FunctionResponseTypes: ['ReportBatchItemFailures'],
            BisectBatchOnFunctionError: true,
            MaximumRetryAttempts: 4,
            DestinationConfig: { OnFailure: { Type: 'SQS', Destination: arnOf(`${id}DeadQueue`) } },
          },
        },
      },
    })
  })

  // https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html
  test.each([
    [{}, {}],
    [{ batchSize: 10 }, { BatchSize: 10 }],
    [{ batchSize: 11 }, { BatchSize: 11, MaximumBatchingWindowInSeconds: 1 }],
  ])('with %j has %j: a batch over ten needs a window, unless it is the usual one', (more, expected) => {
    const { Events } = properties(templateOf(given(more)), `${id}Function`)
    const found = Object.entries(Reflect.get(Object(Reflect.get(Object(Events), 'Source')), 'Properties'))
    expect(Object.fromEntries(found.filter(([name]) => /^BatchSize|Window/.test(name)))).toEqual(expected)
  })

  test('keeps batchSize, maxAttempts and concurrency', () => {
    expect(
      properties(templateOf(given({ batchSize: 7, maxAttempts: 2, concurrency: 3 })), `${id}Function`),
    ).toMatchObject({
      Events: { Source: { Properties: { BatchSize: 7, MaximumRetryAttempts: 1, ParallelizationFactor: 3 } } },
    })
  })

  test.each([
    [{ batchSize: 10_001 }, 'at most 10000'],
    [{ maxAttempts: 10_002 }, 'at most 10001'],
    [{ concurrency: 11 }, 'at most 10'],
  ])('with %j is warned of', (more, text) => {
    expect(emit(given(more)).diagnostics).toMatchObject([
      { id: 'aws-trigger-limit', severity: 'warning', text: expect.stringContaining(text) },
    ])
  })
})

test('a stream is part of the stack, a table is not: its stream is a parameter', () => {
  const template = templateOf(sampleEvents.stream, sampleEvents.changes)
  expect(properties(template, 'ClicksStream')).toEqual({
    Name: 'clicks',
    StreamModeDetails: { StreamMode: 'ON_DEMAND' },
  })
  expect(template['Parameters']).toEqual({
    UsersTableStreamArn: { Type: 'String', Description: expect.stringContaining('NEW_AND_OLD_IMAGES') },
  })
})
