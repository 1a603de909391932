import type { ExpectedEvent, Recorded } from './recorded-events.ts'

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
