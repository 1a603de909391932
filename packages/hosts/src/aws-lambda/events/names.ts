import { createHash } from 'node:crypto'

import { accountId, region } from '../lambda-function.ts'
import type { TemplateResource } from './template.ts'
import { flagOf, isObject, textOf } from './values.ts'

/** What a deployment would call a resource, and what references to it give. */
export interface DeployedNames {
  /** Its physical name. */
  name: string
  /** What `Ref` gives. */
  ref: string
  /** What `Fn::GetAtt` gives, by attribute. */
  attributes: Readonly<Record<string, string>>
  /** It is of no type that this host models: it may have more attributes. */
  unknown?: true
}

/** Of a resource that the template gives no name: stack, logical id and twelve characters that CloudFormation makes up. */
export function madeUpName(stack: string, id: string): string {
  const random = createHash('sha256').update(`${stack}/${id}`).digest('hex').slice(0, 12).toUpperCase()
  return `${stack}-${id}-${random}`
}

export function arnOf(service: string, resource: string): string {
  return `arn:aws:${service}:${region}:${accountId}:${resource}`
}

export const queueArn = (name: string): string => arnOf('sqs', name)

/** The part of an ARN behind the account. */
export function resourceOfArn(text: string): string {
  return text.split(':').slice(5).join(':')
}

/**
 * Names of the resources that event sources are made of, by the page of each in
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/
 *
 * @param stack the application's name.
 * @param queueUrl where a queue is reached.
 */
export function namesOf(
  { id, type, properties }: TemplateResource,
  stack: string,
  queueUrl: (name: string) => string,
): DeployedNames {
  const named = (property: string): string => textOf(properties[property]) ?? madeUpName(stack, id)
  switch (type) {
    case 'AWS::SQS::Queue': {
      const given = textOf(properties['QueueName'])
      const name = given ?? `${madeUpName(stack, id)}${flagOf(properties['FifoQueue']) === true ? '.fifo' : ''}`
      const url = queueUrl(name)
      return { name, ref: url, attributes: { Arn: queueArn(name), QueueName: name, QueueUrl: url } }
    }
    case 'AWS::SNS::Topic': {
      const name = named('TopicName')
      return { name, ref: arnOf('sns', name), attributes: { TopicArn: arnOf('sns', name), TopicName: name } }
    }
    case 'AWS::S3::Bucket': {
      const name = textOf(properties['BucketName']) ?? madeUpName(stack, id).toLowerCase()
      return { name, ref: name, attributes: { Arn: `arn:aws:s3:::${name}` } }
    }
    case 'AWS::Kinesis::Stream': {
      const name = named('Name')
      return { name, ref: name, attributes: { Arn: arnOf('kinesis', `stream/${name}`) } }
    }
    case 'AWS::DynamoDB::Table': {
      const name = named('TableName')
      const table = arnOf('dynamodb', `table/${name}`)
      // A table has a stream when it is told to.
      const stream = isObject(properties['StreamSpecification']) ? `${table}/stream/2026-01-01T00:00:00.000` : undefined
      return { name, ref: name, attributes: { Arn: table, ...(stream !== undefined && { StreamArn: stream }) } }
    }
    case 'AWS::Events::EventBus': {
      const name = named('Name')
      return { name, ref: name, attributes: { Arn: arnOf('events', `event-bus/${name}`), Name: name } }
    }
    case 'AWS::Events::Rule': {
      const name = named('Name')
      return { name, ref: name, attributes: { Arn: arnOf('events', `rule/${name}`) } }
    }
    case 'AWS::Scheduler::Schedule': {
      const name = named('Name')
      return { name, ref: name, attributes: { Arn: arnOf('scheduler', `schedule/default/${name}`) } }
    }
    case 'AWS::IAM::Role': {
      const name = named('RoleName')
      return { name, ref: name, attributes: { Arn: `arn:aws:iam::${accountId}:role/${name}` } }
    }
    default: {
      const name = madeUpName(stack, id)
      return { name, ref: name, attributes: {}, unknown: true }
    }
  }
}
