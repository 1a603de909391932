import { isObject, type Resolve } from './block.ts'
import { computed } from './computed.ts'
import { single, type Module, type Raw } from './module.ts'

/**
 * Resolves references, the only expressions that the generated files need: variables, local values, and attributes of what
 * is declared beside them. https://developer.hashicorp.com/terraform/language/expressions/references
 */
export function createResolver(module: Module): Resolve {
  const resolve = (text: string, where: string, seen: readonly string[] = []): string =>
    text.replace(/\$\$\{|\$\{([^{}]*)\}/g, (whole, expression?: string) => {
      if (expression === undefined) return '${'
      const value = evaluate(expression.trim(), where, seen)
      if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return String(value)
      throw new Error(`${where}: ${whole} is no text.`)
    })

  const { project, number, region } = module.place
  /** As `terraform apply -var` gives them. */
  const given = new Map([
    ['project', project],
    ['project_id', project],
    ['project_number', number],
    ['region', region],
  ])

  const evaluate = (expression: string, where: string, seen: readonly string[]): unknown => {
    const unknown = (why: string): Error => new Error(`${where}: \${${expression}} cannot be resolved: ${why}.`)
    if (seen.includes(expression)) throw unknown('it refers to itself')
    const path = pathOf(expression)
    if (path === undefined) throw unknown('only references are known here, no other expressions')
    const [first = '', second = '', ...rest] = path
    const deeper = (value: unknown): unknown =>
      typeof value === 'string' ? resolve(value, where, [...seen, expression]) : value
    switch (first) {
      case 'var': {
        const value = given.get(second) ?? module.variables.get(second)
        if (value === undefined || value === null) throw unknown(`the variable ${second} has no value and no default`)
        return follow(value, rest, deeper)
      }
      case 'local':
        if (!module.locals.has(second)) throw unknown('there is no such local value')
        return follow(module.locals.get(second), rest, deeper)
      case 'path':
        return '.'
    }
    const mode = first === 'data' ? 'data' : 'resource'
    const [type = '', label = '', ...attributes] = mode === 'data' ? path.slice(1) : path
    const found = module.declared.find((one) => one.mode === mode && one.type === type && one.label === label)
    if (found === undefined)
      throw unknown(`no ${mode === 'data' ? 'data source' : 'resource'} ${type}.${label} is declared`)
    const value = attribute(found, attributes, deeper)
    if (value === undefined) throw unknown(`${type} has no attribute ${attributes.join('.')} that is known here`)
    return value
  }

  const attribute = (raw: Raw, path: string[], deeper: (value: unknown) => unknown): unknown => {
    const body = single(raw.body)
    const written = (name: string): string | undefined => {
      const value = isObject(body) ? body[name] : undefined
      return typeof value === 'string' ? String(deeper(value)) : undefined
    }
    return computed(raw.type, path, written, module.place) ?? follow(body, path, deeper)
  }
  return (text, where) => resolve(text, where)
}

/** `a.b[0].c` by its steps; undefined for any other expression. */
function pathOf(expression: string): string[] | undefined {
  const step = /^[\p{ID_Start}_][\p{ID_Continue}-]*/u
  const first = step.exec(expression)?.[0]
  if (first === undefined) return undefined
  const path = [first]
  let rest = expression.slice(first.length)
  while (rest !== '') {
    const index = /^\[(?:(\d+)|"([^"\\]*)")\]/.exec(rest)
    const name = rest.startsWith('.') ? (step.exec(rest.slice(1))?.[0] ?? /^\d+/.exec(rest.slice(1))?.[0]) : undefined
    if (index !== null) {
      path.push(index[1] ?? index[2] ?? '')
      rest = rest.slice(index[0].length)
    } else if (name !== undefined) {
      path.push(name)
      rest = rest.slice(name.length + 1)
    } else return undefined
  }
  return path
}

/** Nested blocks are lists to Terraform, though JSON may write a single one as an object. */
function follow(value: unknown, path: readonly string[], deeper: (value: unknown) => unknown): unknown {
  let at = value
  for (const step of path) {
    if (Array.isArray(at)) at = at[Number(step)]
    else if (!isObject(at)) return undefined
    else if (step !== '0' || '0' in at) at = at[step]
  }
  return deeper(at)
}
