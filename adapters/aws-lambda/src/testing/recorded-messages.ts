import type { ExpectedEvent, Recorded } from './recorded-events.ts'

const message = (id: string, time: string, attempt: number, more: Partial<ExpectedEvent> = {}): ExpectedEvent => ({
  id,
  type: 'queue.message',
  time,
  attributes: {},
  ...more,
  delivery: { attempt, enqueuedAt: new Date(time), ...more.delivery },
})

const powertools = [
  message('059f36b4-87a3-44ab-83d2-661975830a7d', '2018-12-17T21:37:29.183Z', 1, { attributes: { testAttr: '100' } }),
  message('2e1424d4-f796-459a-8184-9c92662be6da', '2018-12-17T21:37:30.636Z', 1),
]
const sample = (attributes: Record<string, string> = {}): ExpectedEvent[] => [
  message('19dd0b57-b21e-4ac1-bd88-01bbb068cb78', '2018-04-09T00:00:00.000Z', 1, { attributes }),
]
const throughSns = [message('64812b68-4d9b-4dca-b3fb-9b18f255ee51', '2021-12-17T21:46:58.130Z', 1)]

/** Binary attributes are left out; what SNS, S3 or EventBridge put into a queue arrives as it is. */
export const sqsEvents: Recorded = {
  events: {
    'DataDog_datadog-lambda-extension__eventbridge_sqs_event.json': [
      message('e995e54f-1724-41fa-82c0-8b81821f854e', '2023-08-03T22:49:03.638Z', 1),
    ],
    'DataDog_datadog-lambda-extension__sns_sqs_binary_event.json': throughSns,
    'DataDog_datadog-lambda-extension__sns_sqs_event.json': throughSns,
    'DataDog_datadog-lambda-extension__sqs_event.json': sample({
      _datadog:
        '{"x-datadog-trace-id":"2684756524522091840","x-datadog-parent-id":"7431398482019833808","x-datadog-sampling-priority":"1"}',
    }),
    'DataDog_datadog-lambda-extension__sqs_event_binary.json': sample(),
    'DataDog_datadog-lambda-extension__sqs_event_binary_custom_label.json': sample(),
    'aws-powertools_powertools-lambda-python__snsSqsFifoEvent.json': [
      message('69bc4bbd-ed69-4325-a434-85c3b428ceab', '2022-10-14T13:35:25.442Z', 1, {
        delivery: { sequence: '18873177232222703872' },
      }),
    ],
    'aws-powertools_powertools-lambda-python__sqsDlqTriggerEvent.json': [
      message('db37cc61-1bb0-4e77-b6f3-7cf87f44a72a', '2024-04-15T12:45:56.609Z', 2),
    ],
    'aws-powertools_powertools-lambda-python__sqsEvent.json': powertools,
    'aws-powertools_powertools-lambda-typescript__base.json': powertools,
    'aws-powertools_powertools-lambda-typescript__sns-body.json': [
      message('79406a00-bf15-46ca-978c-22c3613fcb30', '2021-01-19T10:07:07.340Z', 1),
    ],
    'aws-powertools_powertools-lambda-typescript__sqs-event.json': [
      message('ca3e7a89-c358-40e5-8aa0-5da01403c267', '2023-04-12T20:43:39.270Z', 1),
    ],
    'aws_aws-lambda-go__sqs-event.json': [
      message('MessageID_1', '2018-03-09T18:53:45.029Z', 2, {
        attributes: { Attribute1: 'AttributeValue1', Attribute2: '123' },
      }),
    ],
    'awsdocs_aws-lambda-developer-guide__sqs-record.json': sample(),
  },
}

const notice = (id: string, time: string, more: Partial<ExpectedEvent> = {}): ExpectedEvent => ({
  id,
  type: 'topic.message',
  time,
  attributes: {},
  delivery: { enqueuedAt: new Date(time) },
  ...more,
})

const datadog =
  '{"x-datadog-trace-id": "4948377316357291421", "x-datadog-parent-id": "6746998015037429512", "x-datadog-sampling-priority": "1"}'

export const snsEvents: Recorded = {
  // Cut down by hand: the record does not say where it comes from.
  refused: { 'DataDog_datadog-lambda-extension__eventbridge_sns_event.json': /records of no source/ },
  events: {
    'DataDog_datadog-lambda-extension__sns_event.json': [1, 2].map(() =>
      notice('87056a47-f506-5d77-908b-303605d3b197', '2022-01-31T14:13:41.637Z', { attributes: { _datadog: datadog } }),
    ),
    'DataDog_datadog-lambda-extension__sns_event_binary.json': [
      notice('87056a47-f506-5d77-908b-303605d3b197', '2022-01-31T14:13:41.637Z'),
    ],
    'aws-powertools_powertools-lambda-typescript__base.json': [
      notice('95df01b4-ee98-5cb9-9903-4c221d41eb5e', '2019-01-02T12:45:07.000Z', {
        subject: 'TestInvoke',
        attributes: { Test: 'TestString' },
      }),
    ],
    'aws_aws-lambda-go__sns-event.json': [
      notice('95df01b4-ee98-5cb9-9903-4c221d41eb5e', '2015-06-03T17:43:27.123Z', {
        subject: 'TestInvoke',
        attributes: { Test: 'TestString' },
      }),
    ],
    'aws_aws-sam-cli__Sns.json': [
      notice('95df01b4-ee98-5cb9-9903-4c221d41eb5e', '1970-01-01T00:00:00.000Z', {
        subject: 'a subject',
        attributes: { Test: 'TestString' },
      }),
    ],
    'awsdocs_aws-lambda-developer-guide__sns-notification.json': [
      notice('476643b1-xmpl-526c-973d-1542ba9af1d6', '2020-02-02T12:34:56Z', {
        subject: 'Latest updates from AWS Lambda',
        attributes: { 'string-att': '["value", "value"]' },
      }),
    ],
  },
}
