/** What an event must be, besides its data, as read off the recorded one by hand. */
export interface ExpectedEvent {
  id: string
  type: string
  time: string
  subject?: string
  attributes?: Record<string, string>
  data?: unknown
  /** Without the place in the batch. */
  delivery?: Record<string, unknown>
}

/** What is recorded of one source, by file. */
export interface Recorded {
  events: Record<string, ExpectedEvent[]>
  /** What the refusal of the whole event says. */
  refused?: Record<string, RegExp>
  /** What the error of its one record says. */
  malformed?: Record<string, RegExp>
}

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

const other = /eventName is .*, and should be that of an object which was created or removed/

export const s3Events: Recorded = {
  // No object was created or removed: restored, moved to another tier, not replicated.
  malformed: {
    'aws_aws-lambda-go__s3-glacier-event.json': other,
    'aws_aws-lambda-go__s3-intelligenttier-event.json': other,
    'aws_aws-lambda-go__s3-replication-event.json': other,
  },
  events: {
    'aws-powertools_powertools-lambda-typescript__glacier.json': [
      {
        id: 'lambda-artifacts-deafc19498e3f2df|b21b84d653bb07b05b1e6b33684dc11b||0C0F6F405D6ED209E1|ObjectCreated:Put',
        type: 'storage.created',
        time: '2019-09-03T19:37:27.192Z',
        subject: 'b21b84d653bb07b05b1e6b33684dc11b',
        data: {
          bucket: 'lambda-artifacts-deafc19498e3f2df',
          key: 'b21b84d653bb07b05b1e6b33684dc11b',
          size: 1_305_107,
          etag: 'b21b84d653bb07b05b1e6b33684dc11b',
        },
        delivery: { sequence: '0C0F6F405D6ED209E1' },
      },
    ],
    'awsdocs_aws-lambda-developer-guide__s3-notification.json': [
      {
        id: 'BUCKET_NAME|inbound/sample-java-s3.png||005E64A65DF093B26D|ObjectCreated:Put',
        type: 'storage.created',
        time: '2020-03-08T00:30:12.456Z',
        subject: 'inbound/sample-java-s3.png',
        data: {
          bucket: 'BUCKET_NAME',
          key: 'inbound/sample-java-s3.png',
          size: 21_476,
          etag: 'd132690b6c65b6d1629721dcfb49b883',
        },
        delivery: { sequence: '005E64A65DF093B26D' },
      },
    ],
  },
}

const record = (shard: number, sequence: string, key: string, time: string): ExpectedEvent => ({
  id: `shardId-${String(shard).padStart(12, '0')}:${sequence}`,
  type: 'stream.record',
  time,
  attributes: {},
  delivery: { enqueuedAt: new Date(time), orderingKey: key, sequence },
})

const first = '49590338271490256608559692538361571095921575989136588898'

export const kinesisEvents: Recorded = {
  events: {
    'DataDog_datadog-lambda-extension__kinesis_event.json': [
      record(2, '49624230154685806402418173680709770494154422022871973922', 'partitionkey', '2022-01-31T14:13:45.163Z'),
    ],
    'aws-powertools_powertools-lambda-typescript__stream-cloudwatch-logs.json': [
      record(
        0,
        '49635052289529725553291405521504870233219489715332317186',
        'da10bf66b1f54bff5d96eae99149ad1f',
        '2022-11-10T15:10:33.744Z',
      ),
      record(
        0,
        '49635052289529725553291405520881064510298312199003701250',
        'cf4c4c2c9a49bdfaf58d7dbbc2b06081',
        '2022-11-10T15:03:32.992Z',
      ),
    ],
    'aws-powertools_powertools-lambda-typescript__stream.json': [
      record(6, first, '1', '2018-12-17T22:10:50.987Z'),
      record(6, '49590338271490256608559692540925702759324208523137515618', '1', '2018-12-17T22:11:51.166Z'),
    ],
    'aws_aws-lambda-go__kinesis-event.json': [
      record(0, '49568167373333333333333333333333333333333333333333333333', 's1', '2016-12-02T01:18:43.477Z'),
      record(0, '49568167373333333334444444444444444444444444444444444444', 's1', '2016-12-04T08:52:03.477Z'),
    ],
    'aws_aws-lambda-go__kinesis-time-window-event.json': [record(6, first, '1', '2020-12-09T07:04:35.000Z')],
    'aws_aws-sam-cli__Kinesis.json': [record(0, '7', 'a key', '2015-04-09T00:00:00.000Z')],
  },
}

const change = (
  id: string,
  type: string,
  sequence: string,
  time: string | undefined,
  key: Record<string, unknown>,
  images: { before?: object; after?: object },
): ExpectedEvent => ({
  id,
  type: `changes.${type}`,
  // A record without a time has that of the delivery.
  time: time ?? '',
  data: { key, ...images },
  delivery: { ...(time !== undefined && { enqueuedAt: new Date(time) }), sequence },
})

const old = { Id: 101, Message: 'New item!' }
const young = { Id: 101, Message: 'This item has changed' }
const key = { Id: 101 }

export const dynamoDbEvents: Recorded = {
  events: {
    'CodeGenieApp_serverless-express__dynamodb-event.json': [
      change(
        '93eea905b34daefbe0fe8a21858065a8',
        'inserted',
        '200000000000235577791',
        '2019-06-18T23:53:27.000Z',
        { id: 'b' },
        { after: { id: 'b' } },
      ),
    ],
    'DataDog_datadog-lambda-extension__dynamodb_event.json': [
      change(
        'c4ca4238a0b923820dcc509a6f75849b',
        'inserted',
        '4421584500000000017450439091',
        '2015-04-09T00:00:00.000Z',
        key,
        { after: old },
      ),
      change(
        'c81e728d9d4c2f636f067f89cc14862c',
        'updated',
        '4421584500000000017450439092',
        '2015-04-09T00:00:00.000Z',
        key,
        { before: old, after: young },
      ),
      change(
        'eccbc87e4b5ce2fe28308fd9f2a7baf3',
        'deleted',
        '4421584500000000017450439093',
        '2015-04-09T00:00:00.000Z',
        key,
        { before: young },
      ),
    ],
    'aws-powertools_powertools-lambda-python__dynamoStreamEvent.json': [
      change('1', 'inserted', '111', '2023-09-06T10:45:55.000Z', key, { after: old }),
      change('2', 'updated', '222', undefined, key, { before: old, after: young }),
    ],
    'awsdocs_aws-lambda-developer-guide__dynamodb-record.json': [
      change('1', 'inserted', '111', undefined, key, { after: old }),
      change('2', 'updated', '222', undefined, key, { before: old, after: young }),
    ],
  },
}

/** An event of a rule that fires at times, which is the older way; and its detail type is misspelt. */
export const schedulerEvents: Recorded = {
  events: {},
  refused: {
    'awsdocs_aws-lambda-developer-guide__cloudwatch-scheduled.json':
      /an unknown event with the members account, region, detail/,
  },
}
