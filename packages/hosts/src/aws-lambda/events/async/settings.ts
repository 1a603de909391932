import type { DeployedFunction, Deployment } from '../deployment.ts'
import type { Queues } from '../sqs/queues.ts'
import type { SqsQueue } from '../sqs/queue.ts'
import { numberOf, objectOf, textOf, type Properties } from '../values.ts'
import type { AsyncSettings } from './invoker.ts'

/**
 * What a template says of a function's asynchronous invocations, in SAM's form or in CloudFormation's:
 * https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-function-eventinvokeconfiguration.html
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-eventinvokeconfig.html
 */
export function asyncSettings(one: DeployedFunction, deployment: Deployment, queues: Queues): AsyncSettings {
  const configuration = objectOf(one.properties['EventInvokeConfig'])
  const resource = deployment
    .ofType('AWS::Lambda::EventInvokeConfig')
    .find(({ properties }) => deployment.functionAt(properties['FunctionName']) === one)
  const settings: Properties = resource?.properties ?? configuration
  const deadLetterArn =
    textOf(objectOf(one.properties['DeadLetterQueue'])['TargetArn']) ??
    textOf(objectOf(one.properties['DeadLetterConfig'])['TargetArn'])
  return {
    maximumRetryAttempts: numberOf(settings['MaximumRetryAttempts']),
    maximumEventAge: numberOf(settings['MaximumEventAgeInSeconds']),
    onFailure: failureDestination(settings, one.id, queues),
    deadLetterQueue: deadLetterArn === undefined ? undefined : standardQueue(deadLetterArn, one.id, queues),
  }
}

/**
 * @param settings with a DestinationConfig, or without one.
 * @param id names the owner in errors.
 * @returns undefined when there is none.
 */
export function failureDestination(settings: Properties, id: string, queues: Queues): SqsQueue | undefined {
  const onFailure = objectOf(settings['DestinationConfig'])['OnFailure']
  if (onFailure === undefined) return undefined
  const arn = textOf(objectOf(onFailure)['Destination'])
  if (arn === undefined) throw new Error(`template.yaml: OnFailure of ${id} lacks a Destination.`)
  return standardQueue(arn, id, queues)
}

/** https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html: no FIFO queue. */
function standardQueue(arn: string, id: string, queues: Queues): SqsQueue {
  const queue = arn.split(':')[2] === 'sqs' ? queues.at(arn) : undefined
  if (queue === undefined)
    throw new Error(`template.yaml: ${id} sends its failures to ${arn}; this host has queues only.`)
  if (queue.settings.fifo)
    throw new Error(`template.yaml: ${id} sends its failures to ${arn}: a FIFO queue cannot take them.`)
  return queue
}
