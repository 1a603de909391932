import { createHash } from 'node:crypto'

import type { DeployedFunction, Deployment } from './deployment.ts'
import { isObject, listOf, objectOf, textOf, type Properties } from './values.ts'

/** What a function may do to the services that this host models. */
export interface Permissions {
  /** @param accessKeyId of the caller; whoever is not known may do everything. */
  allows(accessKeyId: string | undefined, action: string, resource: string): boolean
}

/** A function signs its requests with credentials of its own, which tell who it is. */
export function accessKeyIdOf(functionName: string): string {
  // Temporary ones begin so: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
  return `ASIA${createHash('sha256').update(functionName).digest('hex').slice(0, 16).toUpperCase()}`
}

/**
 * By the `Policies` that the template gives each function. One that has a Role of its own is not judged.
 * https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-function.html (Policies)
 */
export function permissionsOf(deployment: Deployment): Permissions {
  const callers = new Map(
    deployment.functions
      .filter(({ properties }) => properties['Role'] === undefined)
      .map((one) => [accessKeyIdOf(one.name), statementsOf(one)]),
  )
  return {
    allows(accessKeyId, action, resource) {
      const statements = callers.get(accessKeyId ?? '')
      if (statements === undefined) return true
      const fitting = statements.filter((one) => matches(one['Action'], action) && matches(one['Resource'], resource))
      return fitting.length > 0 && fitting.every((one) => one['Effect'] !== 'Deny')
    },
  }
}

function statementsOf({ properties }: DeployedFunction): Properties[] {
  const polls = Object.values(objectOf(properties['Events'])).some((event) => objectOf(event)['Type'] === 'SQS')
  // What SAM adds for an event of this type: https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSLambdaSQSQueueExecutionRole.html
  const added = polls ? ['AWSLambdaSQSQueueExecutionRole'] : []
  return [...added, ...[properties['Policies'] ?? []].flat()].flatMap((policy) => {
    if (typeof policy === 'string') return managed[policy.split('/').at(-1) ?? ''] ?? []
    const document = objectOf(policy)
    if ('Statement' in document) return [document['Statement']].flat().filter(isObject)
    return Object.entries(document).flatMap(([name, parameters]) => ofTemplate(name, objectOf(parameters)))
  })
}

const receiving = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes']

const managed: Readonly<Record<string, Properties[]>> = {
  AmazonSQSFullAccess: [{ Effect: 'Allow', Action: 'sqs:*', Resource: '*' }],
  AWSLambdaSQSQueueExecutionRole: [{ Effect: 'Allow', Action: receiving, Resource: '*' }],
}

/** https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/serverless-policy-template-list.html */
function ofTemplate(name: string, parameters: Properties): Properties[] {
  const Resource = `*:${textOf(parameters['QueueName'])}`
  switch (name) {
    case 'SQSSendMessagePolicy':
      return [{ Effect: 'Allow', Action: 'sqs:SendMessage*', Resource }]
    case 'SQSPollerPolicy':
      return [{ Effect: 'Allow', Action: [...receiving, 'sqs:ChangeMessageVisibility*'], Resource }]
    default:
      return []
  }
}

/** One pattern or several, with `*` and `?`; cases of letters do not matter here. */
function matches(patterns: unknown, text: string): boolean {
  return (Array.isArray(patterns) ? listOf(patterns) : [patterns]).some((pattern) => {
    const expression = String(pattern)
      .replaceAll(/[$()+./[\\\]^{|}-]/g, String.raw`\$&`)
      .replaceAll('*', '.*')
      .replaceAll('?', '.')
    return new RegExp(`^${expression}$`, 'i').test(text)
  })
}
