import type { Event, EventContext, EventDefinition } from '@isobar/core'
import type { LambdaContext } from '../lambda-context.ts'
import { lambdaContext } from './lambda.ts'

export interface SeenEvent {
  event: Event
  context: EventContext
}

/** Gives a handler that notes what it sees and then does what it is told. */
export function noting(act: (event: Event) => unknown = () => {}): {
  seen: SeenEvent[]
  handler: (event: Event, context: EventContext) => Promise<void>
} {
  const seen: SeenEvent[] = []
  return {
    seen,
    async handler(event, context) {
      seen.push({ event, context })
      await act(event)
    },
  }
}

/** The application of a shim for one event function. */
export function eventApplication(definition: EventDefinition): {
  target: string
  name: string
  definition: EventDefinition
} {
  return { target: 'aws-lambda', name: 'ship', definition }
}

/** Invokes a handler with ten seconds left. */
export function invoke<Result>(
  handler: (event: unknown, context: LambdaContext) => Promise<Result>,
  event: unknown,
): Promise<Result> {
  return handler(event, lambdaContext())
}

/** A record of SQS as a mapping hands it over; its body is its id unless another is given. */
export function sqsRecord(
  id: string,
  more: Record<string, unknown> = {},
  attributes: Record<string, string> = {},
): object {
  return {
    messageId: id,
    receiptHandle: `receipt of ${id}`,
    body: id,
    attributes: {
      ApproximateReceiveCount: '2',
      SentTimestamp: '1545082649183',
      SenderId: 'AIDAIENQZJOLO23YVJ4VO',
      ApproximateFirstReceiveTimestamp: '1545082649185',
      ...attributes,
    },
    messageAttributes: {},
    md5OfBody: 'e4e68fb7bd0e697a0ae8f1bb342846b3',
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:us-east-2:123456789012:orders',
    awsRegion: 'us-east-2',
    ...more,
  }
}
