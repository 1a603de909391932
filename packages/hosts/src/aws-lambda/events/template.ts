import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { parse, type DocumentOptions, type ParseOptions, type SchemaOptions } from 'yaml'

import { isObject, objectOf, textOf, type Properties } from './values.ts'

/** A resource as the template has it: its properties are not resolved. */
export interface TemplateResource {
  /** Its logical id. */
  id: string
  type: string
  properties: Properties
}

/** A SAM or CloudFormation template. */
export interface Template {
  resources: ReadonlyMap<string, TemplateResource>
  /** What stands for each parameter: its default, or a made-up value. */
  parameters: ReadonlyMap<string, unknown>
}

const file = 'template.yaml'

/**
 * YAML 1.1, in which a plain OFF is false, but dates are text:
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-formats.html
 */
const yamlOfCloudFormation: ParseOptions & DocumentOptions & SchemaOptions = {
  version: '1.1',
  customTags: (tags) => tags.filter((tag) => typeof tag === 'string' || tag.tag !== 'tag:yaml.org,2002:timestamp'),
}

/**
 * Reads the template of a built target.
 *
 * @returns undefined when the folder has none.
 * @throws Error when it is none of CloudFormation.
 */
export function readTemplate(directory: string): Template | undefined {
  const path = join(directory, file)
  if (!existsSync(path)) return undefined
  const document: unknown = parse(readFileSync(path, 'utf8'), yamlOfCloudFormation)
  if (!isObject(document) || !isObject(document['Resources'])) {
    throw new Error(`${path} is no template of CloudFormation: it has no Resources.`)
  }
  const globals = objectOf(objectOf(document['Globals'])['Function'])
  const resources = Object.entries(document['Resources']).map(([id, value]): [string, TemplateResource] => {
    const type = textOf(objectOf(value)['Type'])
    if (type === undefined) throw new Error(`${path}: the resource ${id} has no Type.`)
    const own = objectOf(objectOf(value)['Properties'])
    const properties = type === serverlessFunction ? withGlobals(globals, own) : own
    return [id, { id, type, properties }]
  })
  const parameters = Object.entries(objectOf(document['Parameters'])).map(([name, value]): [string, unknown] => [
    name,
    objectOf(value)['Default'] ?? `parameter-${name}`,
  ])
  return { resources: new Map(resources), parameters: new Map(parameters) }
}

export const serverlessFunction = 'AWS::Serverless::Function'

/**
 * A function's own value wins; maps are merged, lists are joined:
 * https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-template-anatomy-globals.html
 */
function withGlobals(globals: Properties, own: Properties): Properties {
  const merged: Record<string, unknown> = { ...globals }
  for (const [name, value] of Object.entries(own)) {
    const general = globals[name]
    if (isObject(general) && isObject(value)) merged[name] = withGlobals(general, value)
    else if (Array.isArray(general) && Array.isArray(value)) merged[name] = [...general, ...value]
    else merged[name] = value
  }
  return merged
}
