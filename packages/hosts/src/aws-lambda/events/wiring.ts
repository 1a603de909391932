import type { DeployedFunction, DeployedResource, Deployment } from './deployment.ts'
import { flagOf, listOf, objectOf, textOf, type Properties } from './values.ts'

/** What calls a function, with the settings of the form in which the template has it. */
export type Trigger = {
  function: DeployedFunction
  /** Settings of the mapping, subscription, notification, rule or schedule. */
  settings: Properties
  /** The logical id of the resource, or of the event in a function. */
  id: string
} & (
  | { kind: 'mapping'; sourceArn: string }
  | { kind: 'topic'; sourceArn: string }
  | { kind: 'bucket'; bucket: string }
  | { kind: 'rule'; rule: Properties }
  | { kind: 'schedule' }
)

/**
 * All that calls the functions of a template: the `Events` of SAM and the resources of CloudFormation.
 * https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-function-eventsource.html
 *
 * @throws Error for one that may not call its function, or does not say what it comes from.
 */
export function triggersOf(deployment: Deployment): Trigger[] {
  return [
    ...deployment.functions.flatMap(inFunction),
    ...deployment.ofType('AWS::Lambda::EventSourceMapping').flatMap((one) => ofMapping(deployment, one)),
    ...deployment.ofType('AWS::SNS::Subscription').flatMap((one) => ofSubscription(deployment, one)),
    ...deployment.ofType('AWS::SNS::Topic').flatMap((one) => ofTopic(deployment, one)),
    ...deployment.ofType('AWS::S3::Bucket').flatMap((one) => ofBucket(deployment, one)),
    ...deployment.ofType('AWS::Events::Rule').flatMap((one) => ofRule(deployment, one)),
    ...deployment.ofType('AWS::Scheduler::Schedule').flatMap((one) => ofSchedule(deployment, one)),
  ]
}

function inFunction(one: DeployedFunction): Trigger[] {
  return Object.entries(objectOf(one.properties['Events'])).flatMap(([id, event]): Trigger[] => {
    const settings = objectOf(objectOf(event)['Properties'])
    const common = { function: one, settings, id: `${one.id}${id}` }
    const source = (property: string): string => required(settings[property], `${id} of ${one.id}`, property)
    if (isOff(settings)) return []
    switch (textOf(objectOf(event)['Type'])) {
      case 'SQS':
        return [{ ...common, kind: 'mapping', sourceArn: source('Queue') }]
      case 'Kinesis':
      case 'DynamoDB':
        return [{ ...common, kind: 'mapping', sourceArn: source('Stream') }]
      case 'SNS':
        return [{ ...common, kind: 'topic', sourceArn: source('Topic') }]
      case 'S3':
        return [{ ...common, kind: 'bucket', bucket: source('Bucket') }]
      case 'EventBridgeRule':
      case 'CloudWatchEvent':
        return [{ ...common, kind: 'rule', rule: { ...settings, EventPattern: settings['Pattern'] } }]
      case 'Schedule':
        return [{ ...common, kind: 'rule', rule: { ...settings, ScheduleExpression: settings['Schedule'] } }]
      case 'ScheduleV2':
        return [{ ...common, kind: 'schedule' }]
      default:
        return []
    }
  })
}

function ofMapping(deployment: Deployment, { id, properties }: DeployedResource): Trigger[] {
  const one = deployment.functionAt(properties['FunctionName'])
  if (one === undefined || isOff(properties)) return []
  const sourceArn = required(properties['EventSourceArn'], id, 'EventSourceArn')
  return [{ kind: 'mapping', function: one, id, sourceArn, settings: properties }]
}

function ofSubscription(deployment: Deployment, { id, properties }: DeployedResource): Trigger[] {
  const one = properties['Protocol'] === 'lambda' ? deployment.functionAt(properties['Endpoint']) : undefined
  if (one === undefined) return []
  const sourceArn = required(properties['TopicArn'], id, 'TopicArn')
  requirePermission(deployment, one, 'sns.amazonaws.com', id)
  return [{ kind: 'topic', function: one, id, sourceArn, settings: properties }]
}

function ofTopic(deployment: Deployment, { id, ref, properties }: DeployedResource): Trigger[] {
  return listOf(properties['Subscription']).flatMap((subscription) => {
    const own = { ...objectOf(subscription), TopicArn: ref }
    return ofSubscription(deployment, { id, type: '', name: id, ref: id, attributes: {}, properties: own })
  })
}

function ofBucket(deployment: Deployment, { id, name, properties }: DeployedResource): Trigger[] {
  const configurations = listOf(objectOf(properties['NotificationConfiguration'])['LambdaConfigurations'])
  return configurations.map(objectOf).flatMap((settings): Trigger[] => {
    const one = deployment.functionAt(settings['Function'])
    if (one === undefined) return []
    // S3 tries it when the notification is configured, and refuses:
    // https://docs.aws.amazon.com/AmazonS3/latest/userguide/grant-destinations-permissions-to-s3.html
    requirePermission(deployment, one, 's3.amazonaws.com', id)
    return [{ kind: 'bucket', function: one, id, bucket: name, settings }]
  })
}

function ofRule(deployment: Deployment, { id, properties }: DeployedResource): Trigger[] {
  if (isOff(properties)) return []
  return listOf(properties['Targets'])
    .map(objectOf)
    .flatMap((settings): Trigger[] => {
      const one = deployment.functionAt(settings['Arn'])
      if (one === undefined) return []
      requirePermission(deployment, one, 'events.amazonaws.com', id)
      return [{ kind: 'rule', function: one, id, settings, rule: properties }]
    })
}

function ofSchedule(deployment: Deployment, { id, properties }: DeployedResource): Trigger[] {
  const target = objectOf(properties['Target'])
  const one = deployment.functionAt(target['Arn'])
  if (one === undefined || isOff(properties)) return []
  required(target['RoleArn'], id, 'Target.RoleArn')
  if (properties['FlexibleTimeWindow'] === undefined) throw new Error(`template.yaml: ${id} lacks FlexibleTimeWindow.`)
  return [{ kind: 'schedule', function: one, id, settings: { ...properties, ...target, Name: properties['Name'] } }]
}

function isOff(settings: Properties): boolean {
  return flagOf(settings['Enabled']) === false || settings['State'] === 'DISABLED'
}

function required(value: unknown, id: string, property: string): string {
  const text = textOf(value)
  if (text === undefined) throw new Error(`template.yaml: ${id} lacks ${property}.`)
  return text
}

/** SAM adds it to what stands among the events of a function; beside them it must be in the template. */
function requirePermission(deployment: Deployment, one: DeployedFunction, principal: string, id: string): void {
  const permitted = deployment
    .ofType('AWS::Lambda::Permission')
    .some(
      ({ properties }) =>
        properties['Principal'] === principal && deployment.functionAt(properties['FunctionName']) === one,
    )
  if (!permitted)
    throw new Error(
      `template.yaml: ${id} may not call ${one.id}: an AWS::Lambda::Permission for ${principal} is missing.`,
    )
}
