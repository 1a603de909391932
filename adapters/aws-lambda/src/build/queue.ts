import type { PlannedEventOf } from '@isobar/compiler'
import { deadQueue, functionTimeout, role, type EventPart, type PlaceOptions } from './event-part.ts'
import { loadSqs } from './shims.ts'

const guide = 'https://docs.aws.amazon.com'
const pages = {
  mapping: `${guide}/lambda/latest/dg/services-sqs-parameters.html`,
  queues: `${guide}/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-queues.html`,
  redrive: `${guide}/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html`,
}

/**
 * A queue, the queue of its dead, and the mapping between the queue and the function.
 *
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
 * https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-function-sqs.html
 */
export function queue({ planned, service, ids, checks }: PlaceOptions<PlannedEventOf<'queue'>>): EventPart {
  const { ordered = false, concurrency } = planned.trigger
  const { physical } = planned.resource
  // A name that ends so is taken only for an ordered queue, whose name must.
  const base = ordered ? physical.replace(/\.fifo$/, '') : physical
  const fifo = ordered ? '.fifo' : ''
  const longest = ordered ? 70 : 75
  checks.name(base, {
    what: 'queue',
    pattern: ordered ? /^[\w-]{1,70}$/ : /^[\w-]{1,75}$/,
    expected: `with ${fifo === '' ? '-dead' : '-dead.fifo'} behind it there is room for ${longest} letters, digits, - and _`,
    source: pages.queues,
  })
  // In a FIFO batch the messages behind a failure use up a receive untried, so there is one at a time unless asked.
  const batchSize = checks.limited('batchSize', {
    default: ordered ? 1 : 10,
    max: ordered ? 10 : 10_000,
    because: ordered ? 'a FIFO queue hands over' : 'a queue hands over',
    source: pages.mapping,
  })
  const maxReceiveCount = checks.limited('maxAttempts', {
    default: ordered ? 10 : 5,
    max: 1000,
    because: 'a queue counts',
    source: pages.redrive,
  })
  if (ordered && batchSize > 1 && maxReceiveCount < 10) {
    checks.say({
      id: 'aws-fifo-attempts',
      severity: 'warning',
      text: `'${planned.name}' takes ${batchSize} messages of an ordered queue at a time with maxAttempts ${maxReceiveCount}: what waits behind a message that fails uses up its attempts untried.`,
      notes: ['Leave batchSize at 1, or set maxAttempts to 10 or more.', pages.redrive],
    })
  }
  const timeout = functionTimeout(checks, batchSize, ordered ? 1 : (concurrency ?? 10))
  // Wanted beside a size over ten: https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html
  const window = batchSize > 10 ? 1 : 0
  const visibility = 6 * timeout + window
  const id = ids.of(base, 'Queue')
  const dead = deadQueue(ids.of(base, 'DeadQueue'), `${base}-dead${fifo}`)
  const arn = { 'Fn::GetAtt': [id, 'Arn'] }
  return {
    shim: { make: 'sqs', members: [`visibilitySeconds: ${visibility}`, loadSqs] },
    properties: {
      Timeout: timeout,
      Environment: {
        Variables: { ISOBAR_QUEUE_URL: { Ref: id }, ISOBAR_DEAD_LETTER_QUEUE_URL: { Ref: dead.id } },
      },
      Policies: role([
        { Action: 'sqs:ChangeMessageVisibility', Resource: arn },
        { Action: 'sqs:SendMessage', Resource: dead.arn },
      ]),
      Events: {
        Source: {
          Type: 'SQS',
          Properties: {
            Queue: arn,
            BatchSize: batchSize,
            ...(window > 0 && { MaximumBatchingWindowInSeconds: window }),
            FunctionResponseTypes: ['ReportBatchItemFailures'],
          },
        },
      },
    },
    resources: {
      [id]: {
        Type: 'AWS::SQS::Queue',
        Properties: {
          QueueName: `${base}${fifo}`,
          ...(ordered && { FifoQueue: true }),
          VisibilityTimeout: visibility,
          RedrivePolicy: { deadLetterTargetArn: dead.arn, maxReceiveCount },
        },
      },
      ...dead.resources,
    },
    outputs: { [`${id}Url`]: { Description: `The queue of ${service}`, Value: { Ref: id } } },
  }
}
