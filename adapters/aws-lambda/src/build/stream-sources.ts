import type { PlannedEventOf } from '@isobar/compiler'
import { functionTimeout, ownDeadQueue, role, type EventPart, type PlaceOptions } from './event-part.ts'
import { loadSqs } from './shims.ts'

const guide = 'https://docs.aws.amazon.com'
const pages = {
  kinesis: `${guide}/lambda/latest/dg/services-kinesis-parameters.html`,
  dynamodb: `${guide}/lambda/latest/dg/services-ddb-params.html`,
  stream: `${guide}/kinesis/latest/APIReference/API_CreateStream.html`,
}

/**
 * A mapping that goes on where a batch failed and gives a record up after its attempts. Without these settings a record
 * that cannot be handled blocks its shard until it expires.
 *
 * @param make the function of the runtime half.
 */
function mapped(
  options: PlaceOptions<PlannedEventOf<'stream'> | PlannedEventOf<'changes'>>,
  make: 'kinesis' | 'dynamoDb',
  Stream: object,
): EventPart {
  const { checks, planned } = options
  const isKinesis = make === 'kinesis'
  const source = isKinesis ? pages.kinesis : pages.dynamodb
  const because = isKinesis ? 'Kinesis hands over' : 'DynamoDB hands over'
  const BatchSize = checks.limited('batchSize', { default: 100, max: 10_000, because, source })
  const maxAttempts = checks.limited('maxAttempts', {
    default: 5,
    max: 10_001,
    because: 'a mapping tries a batch',
    source,
  })
  const ParallelizationFactor = checks.limited('concurrency', {
    default: 1,
    max: 10,
    because: 'Lambda reads a shard side by side',
    source,
  })
  const dead = ownDeadQueue(options)
  return {
    shim: { make, members: [loadSqs] },
    properties: {
      Timeout: functionTimeout(checks, BatchSize, 1),
      Environment: { Variables: { ISOBAR_DEAD_LETTER_QUEUE_URL: { Ref: dead.id } } },
      Policies: role([{ Action: 'sqs:SendMessage', Resource: dead.arn }]),
      Events: {
        Source: {
          Type: isKinesis ? 'Kinesis' : 'DynamoDB',
          Properties: {
            Stream,
            // From the first record that there is: LATEST leaves out what is written while the mapping is made.
            StartingPosition: 'TRIM_HORIZON',
            // Unless asked Lambda hands over 100 as soon as it has some. The reference of the API wants a window beside an own
            // size over ten: https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html
            ...(planned.trigger.batchSize !== undefined && { BatchSize }),
            ...(planned.trigger.batchSize !== undefined && BatchSize > 10 && { MaximumBatchingWindowInSeconds: 1 }),
            ...(ParallelizationFactor > 1 && { ParallelizationFactor }),
            FunctionResponseTypes: ['ReportBatchItemFailures'],
            BisectBatchOnFunctionError: true,
            MaximumRetryAttempts: maxAttempts - 1,
            DestinationConfig: { OnFailure: { Type: 'SQS', Destination: dead.arn } },
          },
        },
      },
    },
    resources: dead.resources,
    outputs: {},
  }
}

/** https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-function-kinesis.html */
export function stream(options: PlaceOptions<PlannedEventOf<'stream'>>): EventPart {
  const { planned, shared, checks } = options
  const Name = checks.name(planned.resource.physical, {
    what: 'stream',
    pattern: /^[\w.-]{1,128}$/,
    expected: 'it has at most 128 of letters, digits, -, _ and .',
    source: pages.stream,
  })
  const id = shared(Name, 'Stream')
  const part = mapped(options, 'kinesis', { 'Fn::GetAtt': [id, 'Arn'] })
  return {
    ...part,
    resources: {
      [id]: {
        Type: 'AWS::Kinesis::Stream',
        Properties: { Name, StreamModeDetails: { StreamMode: 'ON_DEMAND' } },
      },
      ...part.resources,
    },
  }
}

/**
 * The table stays the user's own, since its keys and its capacity are no business of a trigger; and the ARN of its stream
 * ends with the time at which that was switched on, so it cannot be made of the name. It is a parameter.
 *
 * https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-function-dynamodb.html
 */
export function changes(options: PlaceOptions<PlannedEventOf<'changes'>>): EventPart {
  const { planned, shared } = options
  const table = planned.resource.physical
  const id = shared(table, 'TableStreamArn')
  return {
    ...mapped(options, 'dynamoDb', { Ref: id }),
    parameters: {
      [id]: {
        Type: 'String',
        Description: `ARN of the stream of the table ${table}, one with NEW_AND_OLD_IMAGES`,
      },
    },
  }
}
