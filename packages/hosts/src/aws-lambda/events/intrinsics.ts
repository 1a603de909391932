import { accountId, region } from '../lambda-function.ts'
import type { DeployedNames } from './names.ts'
import type { Template } from './template.ts'
import { isObject, listOf, objectOf, type Properties } from './values.ts'

/** Puts the values of a deployment where the template has references. */
export interface Resolver {
  /** @throws Error for a reference to what the template does not have. */
  resolve(value: unknown): unknown
  resolveAll(properties: Properties): Properties
}

const noValue = Symbol('AWS::NoValue')

/**
 * The intrinsic functions in their long form:
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference.html
 *
 * @param stack the application's name.
 * @param names by logical id.
 */
export function createResolver(template: Template, stack: string, names: ReadonlyMap<string, DeployedNames>): Resolver {
  const pseudo: Record<string, unknown> = {
    'AWS::AccountId': accountId,
    'AWS::NoValue': noValue,
    'AWS::Partition': 'aws',
    'AWS::Region': region,
    'AWS::StackId': `arn:aws:cloudformation:${region}:${accountId}:stack/${stack}/00000000-0000-0000-0000-000000000000`,
    'AWS::StackName': stack,
    'AWS::URLSuffix': 'amazonaws.com',
  }
  const ref = (name: string): unknown => {
    if (name in pseudo) return pseudo[name]
    if (template.parameters.has(name)) return template.parameters.get(name)
    return resource(name).ref
  }
  const attribute = (path: readonly string[]): string => {
    const [id = '', ...rest] = path
    const name = rest.join('.')
    const { attributes, name: physical, unknown } = resource(id)
    const value = attributes[name] ?? (unknown ? `${physical}.${name}` : undefined)
    if (value === undefined) throw new Error(`template.yaml refers to ${id}.${name}, which ${id} does not have.`)
    return value
  }
  /** SAM makes more resources than the template shows: a function's role has the function's logical id with `Role` behind it. */
  const resource = (id: string): DeployedNames => {
    const found = names.get(id)
    if (found !== undefined) return found
    const owners = [...template.resources.values()].filter(({ type }) => type.startsWith('AWS::Serverless::'))
    if (!owners.some((owner) => id.startsWith(owner.id)) && !/^Serverless(?:Http|Rest)Api/.test(id)) {
      throw new Error(`template.yaml refers to ${id}, which it does not have.`)
    }
    return { name: id, ref: id, attributes: { Arn: `arn:aws:iam::${accountId}:role/${id}` }, unknown: true }
  }
  const substitute = (text: string, variables: Properties): string =>
    text.replaceAll(/\$\{(!?)([^}]*)\}/g, (_, literal: string, name: string) => {
      if (literal !== '') return `\${${name}}`
      const trimmed = name.trim()
      if (trimmed in variables) return String(resolve(variables[trimmed]))
      return String(trimmed.includes('.') ? attribute(trimmed.split('.')) : ref(trimmed))
    })
  const call = (name: string, argument: unknown): unknown => {
    switch (name) {
      case 'Ref':
        return ref(String(argument))
      case 'Fn::GetAtt':
        return attribute(Array.isArray(argument) ? argument.map(String) : String(argument).split('.'))
      case 'Fn::Sub': {
        const [text, variables] = Array.isArray(argument) ? argument : [argument, {}]
        return substitute(String(text), objectOf(variables))
      }
      case 'Fn::Join': {
        const [separator, parts] = listOf(argument)
        return listOf(resolve(parts)).map(String).join(String(separator))
      }
      case 'Fn::Select': {
        const [index, parts] = listOf(argument)
        return listOf(resolve(parts))[Number(index)]
      }
      case 'Fn::Split': {
        const [separator, text] = listOf(argument)
        return String(resolve(text)).split(String(separator))
      }
      default:
        throw new Error(`template.yaml uses ${name}, which this host does not know.`)
    }
  }
  const resolve = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(resolve).filter((one) => one !== noValue)
    if (!isObject(value)) return value
    const [first, ...others] = Object.entries(value)
    if (first !== undefined && others.length === 0 && (first[0] === 'Ref' || first[0].startsWith('Fn::'))) {
      return call(first[0], first[1])
    }
    return resolveAll(value)
  }
  const resolveAll = (properties: Properties): Properties => {
    const entries = Object.entries(properties).map(([name, value]): [string, unknown] => [name, resolve(value)])
    return Object.fromEntries(entries.filter(([, value]) => value !== noValue))
  }
  return { resolve, resolveAll }
}
