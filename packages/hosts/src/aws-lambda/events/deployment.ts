import type { Manifest } from '@isobar/compiler'

import type { Deployable } from '../deployables.ts'
import { accountId, region } from '../lambda-function.ts'
import { createResolver } from './intrinsics.ts'
import { namesOf, resourceOfArn, type DeployedNames } from './names.ts'
import { serverlessFunction, type Template } from './template.ts'
import { numberOf, objectOf, textOf, type Properties } from './values.ts'

/** A resource with the values of a deployment. */
export interface DeployedResource extends DeployedNames {
  id: string
  type: string
  properties: Properties
}

export interface DeployedFunction extends DeployedResource {
  deployable: Deployable
  arn: string
  environment: Record<string, string>
  timeoutMs: number
}

/** A template as it would be deployed. */
export interface Deployment {
  functions: readonly DeployedFunction[]
  /** The other resources of a type. */
  ofType(type: string): DeployedResource[]
  /** @param reference a name, an ARN or a part of one, with or without a qualifier. */
  functionAt(reference: unknown): DeployedFunction | undefined
}

/** https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-function.html (Timeout) */
const defaultTimeoutSeconds = 3

/**
 * @param queueUrl where a queue is reached.
 * @throws Error when a function of the manifest is not in the template.
 */
export function deploy(
  template: Template,
  manifest: Manifest,
  deployables: readonly Deployable[],
  queueUrl: (name: string) => string,
): Deployment {
  const owners = new Map<string, Deployable>()
  const names = new Map<string, DeployedNames>()
  for (const resource of template.resources.values()) {
    const owner = resource.type === serverlessFunction ? deployableOf(resource.properties, deployables) : undefined
    if (owner !== undefined) owners.set(resource.id, owner)
    names.set(
      resource.id,
      owner === undefined ? namesOf(resource, manifest.name, queueUrl) : functionNames(owner, resource.properties),
    )
  }
  const missing = deployables.find((one) => ![...owners.values()].includes(one))
  if (missing !== undefined) {
    throw new Error(`template.yaml has no ${serverlessFunction} whose CodeUri is ${missing.folder}/.`)
  }
  const resolver = createResolver(template, manifest.name, names)
  const deployed = (id: string): DeployedResource => {
    const resource = template.resources.get(id)
    const name = names.get(id)
    if (resource === undefined || name === undefined) throw new Error(`template.yaml has no resource ${id}.`)
    return { ...name, id, type: resource.type, properties: resolver.resolveAll(resource.properties) }
  }
  const functions = [...owners].map(([id, deployable]): DeployedFunction => {
    const resource = deployed(id)
    const variables = objectOf(objectOf(resource.properties['Environment'])['Variables'])
    return {
      ...resource,
      deployable,
      arn: resource.attributes['Arn'] ?? '',
      environment: Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, String(value)])),
      timeoutMs: 1000 * (numberOf(resource.properties['Timeout']) ?? defaultTimeoutSeconds),
    }
  })
  return {
    functions,
    ofType: (type) => [...template.resources.values()].filter((one) => one.type === type).map(({ id }) => deployed(id)),
    functionAt(reference) {
      const text = textOf(reference) ?? ''
      const name = text.startsWith('arn:') ? resourceOfArn(text).split(':')[1] : text.split(':')[0]
      return functions.find((one) => one.name === name)
    },
  }
}

/** The folder of its code tells which one it is. */
function deployableOf(properties: Properties, deployables: readonly Deployable[]): Deployable | undefined {
  const folder = textOf(properties['CodeUri'])?.replace(/^\.\//, '').replace(/\/+$/, '')
  return deployables.find((one) => one.folder === folder)
}

function functionNames({ physicalName }: Deployable, properties: Properties): DeployedNames {
  const name = textOf(properties['FunctionName']) ?? physicalName
  return { name, ref: name, attributes: { Arn: `arn:aws:lambda:${region}:${accountId}:function:${name}` } }
}
