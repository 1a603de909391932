import type { Deployable, Plan } from '@isobar/compiler'
import { stringify } from 'yaml'
import type { Settings } from './options.ts'

type Resource = { Type: string; Properties?: Record<string, unknown>; [attribute: string]: unknown }
type Resources = Record<string, Resource>

/** The SAM template: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification.html */
export function template(settings: Settings, plan: Plan): string {
  const parts = plan.deployables.map((deployable) => ({ deployable, id: logicalId(deployable.name) }))
  const document = {
    AWSTemplateFormatVersion: '2010-09-09',
    Transform: 'AWS::Serverless-2016-10-31',
    Description: `${plan.application}, built by Isobar ${plan.isobar} for the target ${plan.target}`,
    Globals: {
      Function: {
        Runtime: settings.runtime,
        Architectures: ['arm64'],
        MemorySize: settings.memory,
        Timeout: settings.timeout,
      },
    },
    Resources: Object.assign(
      {},
      ...parts.map(({ id, deployable }) => resources(settings, id, deployable)),
    ) as Resources,
    Outputs: {},
  }
  return stringify(document, { lineWidth: 0 })
}

function resources(_settings: Settings, id: string, deployable: Deployable): Resources {
  return {
    [`${id}Function`]: {
      Type: 'AWS::Serverless::Function',
      Properties: {
        CodeUri: `${deployable.name}/`,
        Handler: 'index.handler',
        Events: { Any: { Type: 'HttpApi', Properties: { ApiId: { Ref: `${id}Api` } } } },
      },
    },
  }
}

/** `get-order` becomes `GetOrder`: a logical id has letters and digits only. */
function logicalId(name: string): string {
  return name
    .split(/[^A-Za-z0-9]+/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('')
}
