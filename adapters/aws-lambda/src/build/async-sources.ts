import type { PlannedEventOf, PlannedSchedule } from '@isobar/compiler'
import { cronExpression } from './cron-expression.ts'
import { functionTimeout, ownDeadQueue, role, type EventPart, type PlaceOptions } from './event-part.ts'
import type { CloudResource } from './part.ts'
import { loadSqs } from './shims.ts'

const guide = 'https://docs.aws.amazon.com'
const pages = {
  retries: `${guide}/lambda/latest/dg/invocation-async-error-handling.html`,
  topic: `${guide}/sns/latest/api/API_CreateTopic.html`,
  bucket: `${guide}/AmazonS3/latest/userguide/bucketnamingrules.html`,
  overlap: `${guide}/AmazonS3/latest/userguide/notification-how-to-filtering.html`,
  schedule: `${guide}/scheduler/latest/APIReference/API_CreateSchedule.html`,
  event: `${guide}/eventbridge/latest/APIReference/API_PutEventsRequestEntry.html`,
}

/** The SAM event of a source. */
interface SourceEvent {
  Type: string
  Properties: Record<string, unknown>
}

/**
 * What a function has that Lambda calls asynchronously: tries, and a queue for what is left after the last one, without
 * which it is lost.
 *
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
 *
 * @param make the function of the runtime half.
 */
function asynchronous(
  options: PlaceOptions<
    PlannedEventOf<'topic'> | PlannedEventOf<'storage'> | PlannedEventOf<'event'> | PlannedSchedule
  >,
  make: string,
  event: SourceEvent,
  resources: Record<string, CloudResource> = {},
): EventPart {
  const { checks } = options
  const maxAttempts = checks.limited('maxAttempts', {
    default: 3,
    max: 3,
    because: 'Lambda tries an event of this source',
    source: pages.retries,
  })
  const dead = ownDeadQueue(options)
  const rejects = make !== 'scheduler'
  return {
    shim: { make, members: rejects ? [loadSqs] : [] },
    properties: {
      Timeout: functionTimeout(checks, 1, 1),
      ...(rejects && { Environment: { Variables: { ISOBAR_DEAD_LETTER_QUEUE_URL: { Ref: dead.id } } } }),
      // The role sends there for the function, and for Lambda after the last try.
      Policies: role([{ Action: 'sqs:SendMessage', Resource: dead.arn }]),
      EventInvokeConfig: {
        MaximumRetryAttempts: maxAttempts - 1,
        DestinationConfig: { OnFailure: { Type: 'SQS', Destination: dead.arn } },
      },
      Events: { Source: event },
    },
    resources: { ...resources, ...dead.resources },
    outputs: {},
  }
}

/** https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-function-sns.html */
export function topic(options: PlaceOptions<PlannedEventOf<'topic'>>): EventPart {
  const { planned, shared, checks } = options
  const TopicName = checks.name(planned.resource.physical, {
    what: 'topic',
    pattern: /^[\w-]{1,256}$/,
    expected: 'it has at most 256 of letters, digits, - and _',
    source: pages.topic,
  })
  const id = shared(TopicName, 'Topic')
  return {
    ...asynchronous(
      options,
      'sns',
      { Type: 'SNS', Properties: { Topic: { Ref: id } } },
      { [id]: { Type: 'AWS::SNS::Topic', Properties: { TopicName } } },
    ),
    outputs: { [`${id}Arn`]: { Description: `The topic ${TopicName}`, Value: { Ref: id } } },
  }
}

const created = ['s3:ObjectCreated:*']
/** What a rule of the bucket's lifecycle removes is gone as well. */
const deleted = ['s3:ObjectRemoved:*', 's3:LifecycleExpiration:*']

/**
 * The bucket is part of the stack, since a notification is a property of it:
 * https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-function-s3.html
 */
export function storage(options: PlaceOptions<PlannedEventOf<'storage'>>): EventPart {
  const { planned, shared, checks, others } = options
  const BucketName = checks.name(planned.resource.physical, {
    what: 'bucket',
    pattern: bucketName,
    expected:
      'it has 3 to 63 of lower-case letters, digits, - and ., begins and ends with a letter or digit, and is no address',
    source: pages.bucket,
  })
  const { on } = planned.trigger
  const rival = others.find(
    ({ kind, resource, trigger }) =>
      kind === 'storage' && resource.physical === BucketName && (!on || !trigger.on || trigger.on === on),
  )
  if (rival) {
    checks.say({
      id: 'aws-notification-overlap',
      severity: 'error',
      text: `'${planned.name}' and '${rival.name}' listen to the same events of the bucket '${planned.resource.logical}', and S3 notifies one function of an event.`,
      notes: ['Join them, or let one listen to what is created and the other to what is deleted.', pages.overlap],
    })
  }
  const id = shared(BucketName, 'Bucket')
  return asynchronous(
    options,
    's3',
    {
      Type: 'S3',
      Properties: {
        Bucket: { Ref: id },
        Events: on === 'created' ? created : on === 'deleted' ? deleted : [...created, ...deleted],
      },
    },
    { [id]: { Type: 'AWS::S3::Bucket', Properties: { BucketName } } },
  )
}

const bucketName =
  /^(?!\d+\.\d+\.\d+\.\d+$)(?!xn--|sthree-|amzn-s3-demo-)(?!.*(?:\.\.|-s3alias$|--ol-s3$|\.mrap$|--x-s3$))[a-z\d][a-z\d.-]{1,61}[a-z\d]$/

/**
 * A rule of the default bus, on the detail type:
 * https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-function-eventbridgerule.html
 */
export function event(options: PlaceOptions<PlannedEventOf<'event'>>): EventPart {
  const { planned, checks } = options
  const type = checks.name(planned.resource.physical, {
    what: 'event',
    pattern: /^.{1,128}$/su,
    expected: 'a detail type has at most 128 characters',
    source: pages.event,
  })
  return asynchronous(options, 'eventBridge', {
    Type: 'EventBridgeRule',
    Properties: { Pattern: { 'detail-type': [type] } },
  })
}

/** What the runtime half reads; the names of the members are ours, the values Scheduler's. */
const input = {
  scheduledTime: '<aws.scheduler.scheduled-time>',
  scheduleArn: '<aws.scheduler.schedule-arn>',
  executionId: '<aws.scheduler.execution-id>',
  attempt: '<aws.scheduler.attempt-number>',
}

/**
 * https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-function-schedulev2.html
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html
 */
export function schedule(options: PlaceOptions<PlannedSchedule>): EventPart {
  const { planned, service, checks } = options
  // SAM would call it after its logical id, which another stack may have as well.
  const Name = checks.ownName(service, { what: 'schedule', longest: 64, source: pages.schedule })
  return asynchronous(options, 'scheduler', {
    Type: 'ScheduleV2',
    Properties: {
      Name,
      ScheduleExpression: cronExpression(planned.cron),
      ScheduleExpressionTimezone: planned.trigger.timeZone ?? 'UTC',
      FlexibleTimeWindow: { Mode: 'OFF' },
      // Of calling Lambda; of a handler that fails, Lambda tries again. A tick that is an hour late is none.
      RetryPolicy: { MaximumRetryAttempts: 10, MaximumEventAgeInSeconds: 3600 },
      Input: JSON.stringify(input),
    },
  })
}
