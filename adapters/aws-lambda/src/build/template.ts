import type { EventDeployable, HttpDeployable, Plan } from '@isobar/compiler'
import { stringify } from 'yaml'
import { frontDoors } from './front-doors.ts'
import type { Settings } from './options.ts'
import type { CloudResource, Part } from './part.ts'

/** A deployable with its logical id and what it adds to the template. */
export interface Placed {
  id: string
  deployable: HttpDeployable | EventDeployable
  part: Part
}

export function placeHttp({ frontDoor }: Settings, deployable: HttpDeployable, id: string): Placed {
  return { id, deployable, part: frontDoors[frontDoor](id, deployable) }
}

/** The SAM template: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification.html */
export function template(settings: Settings, plan: Plan, placed: readonly Placed[]): string {
  const functions = placed.map(({ id, deployable, part }): [string, CloudResource] => [
    `${id}Function`,
    {
      Type: 'AWS::Serverless::Function',
      Properties: { CodeUri: `${deployable.name}/`, Handler: 'index.handler', ...part.properties },
    },
  ])
  const parts = placed.map(({ part }) => part)
  const parameters = Object.assign({}, ...parts.map((part) => part.parameters ?? {}))
  const document = {
    AWSTemplateFormatVersion: '2010-09-09',
    Transform: 'AWS::Serverless-2016-10-31',
    Description: `${plan.application}, built by Isobar ${plan.isobar} for the target ${plan.target}`,
    ...(Object.keys(parameters).length > 0 && { Parameters: parameters }),
    Globals: {
      Function: {
        Runtime: settings.runtime,
        MemorySize: settings.memoryMb,
        Timeout: settings.timeoutSeconds,
        // Lambda filters by the level of a line in this format only.
        LoggingConfig: { LogFormat: 'JSON' },
      },
    },
    Resources: Object.assign(Object.fromEntries(functions), ...parts.map((part) => part.resources)),
    Outputs: Object.assign({}, ...parts.map((part) => part.outputs)),
  }
  // CloudFormation reads YAML 1.1, to which OFF is a boolean and 2010-09-09 a date unless they are quoted.
  return stringify(document, { lineWidth: 0, aliasDuplicateObjects: false, compat: 'yaml-1.1' })
}
