import { expect, test } from 'vitest'

import { bootTemplate, recorder, type TestFunction } from '../testing.ts'
import { encodeKey } from './s3.ts'

const template = `
Transform: AWS::Serverless-2016-10-31
Resources:
  ThumbnailFunction:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: thumbnail/
      Events:
        Created:
          Type: S3
          Properties:
            Bucket: { Ref: UploadsBucket }
            Events: 's3:ObjectCreated:*'
            Filter: { S3Key: { Rules: [{ Name: suffix, Value: .jpg }] } }
  UploadsBucket: { Type: AWS::S3::Bucket, Properties: { BucketName: uploads } }
`

function listener(body = ''): TestFunction {
  const resource = { logical: 'uploads', physical: 'uploads' }
  const source = recorder(body)
  return { name: 'thumbnail', listens: { kind: 'storage', trigger: { bucket: 'uploads' }, resource }, source }
}

test('tells what the notification asks for, and nothing else', async () => {
  await using booted = await bootTemplate(template, [listener()])
  const { running } = booted
  const ids = await running.deliver('storage:uploads', [
    { object: 'created', key: 'in box/é+1.jpg', size: 3, etag: 'abc' },
    { object: 'deleted', key: 'in box/é+1.jpg' },
    { object: 'created', key: 'notes.txt' },
  ])
  expect(running.deliveries()).toMatchObject([{ id: ids[0], function: 'thumbnail', end: 'acknowledged' }])
  const [event] = await booted.events('thumbnail')
  expect(event).toMatchObject({
    Records: [
      {
        eventSource: 'aws:s3',
        eventName: 'ObjectCreated:Put',
        s3: {
          bucket: { name: 'uploads', arn: 'arn:aws:s3:::uploads' },
          object: { key: 'in+box/%C3%A9%2B1.jpg', size: 3, eTag: 'abc' },
        },
      },
    ],
  })
  expect(event).not.toHaveProperty('Records.0.s3.object.versionId')
})

test('CloudFormation configures the bucket, which needs a permission', async () => {
  const configured = `
Resources:
  ThumbnailFunction: { Type: AWS::Serverless::Function, Properties: { CodeUri: thumbnail } }
  UploadsBucket:
    Type: AWS::S3::Bucket
    Properties:
      BucketName: uploads
      VersioningConfiguration: { Status: Enabled }
      NotificationConfiguration:
        LambdaConfigurations:
          - { Event: 's3:ObjectCreated:Put', Function: { 'Fn::GetAtt': [ThumbnailFunction, Arn] } }
          - { Event: 's3:ObjectRemoved:*', Function: { 'Fn::GetAtt': [ThumbnailFunction, Arn] } }
`
  await expect(bootTemplate(configured, [listener()])).rejects.toThrow('AWS::Lambda::Permission for s3.amazonaws.com')
  const permission = `
  Permission:
    Type: AWS::Lambda::Permission
    Properties: { Action: 'lambda:InvokeFunction', FunctionName: { Ref: ThumbnailFunction }, Principal: s3.amazonaws.com, SourceAccount: { Ref: 'AWS::AccountId' } }
`
  await using booted = await bootTemplate(configured + permission, [listener()])
  await booted.running.deliver('storage:uploads', [{ object: 'created', key: 'a' }])
  await booted.running.deliver('storage:uploads', [{ object: 'deleted', key: 'a' }])
  await booted.running.deliver('storage:uploads', [{ object: 'deleted', key: 'a', versionId: 'v1' }])
  const records = (await booted.events('thumbnail')).flatMap(({ Records }) => Records as S3Record[])
  expect(records.map(({ eventName }) => eventName)).toEqual([
    'ObjectCreated:Put',
    'ObjectRemoved:DeleteMarkerCreated',
    'ObjectRemoved:Delete',
  ])
  const objects = records.map(({ s3 }) => s3.object)
  expect(objects.map((object) => Object.keys(object).toSorted())).toEqual([
    ['eTag', 'key', 'sequencer', 'size', 'versionId'],
    ['eTag', 'key', 'sequencer', 'versionId'],
    ['key', 'sequencer', 'versionId'],
  ])
  expect(objects[2]?.['versionId']).toBe('v1')
  const sequencers = objects.map(({ sequencer }) => sequencer)
  expect(sequencers).toEqual(sequencers.toSorted())
})

interface S3Record {
  eventName: string
  s3: { object: Record<string, unknown> }
}

// The vendor's examples: https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
test.each([
  ['red flower.jpg', 'red+flower.jpg'],
  ['a/b+c', 'a/b%2Bc'],
  ["it's (1)", 'it%27s+%281%29'],
])('the key %s is written %s', (key, encoded) => {
  expect(encodeKey(key)).toBe(encoded)
})
