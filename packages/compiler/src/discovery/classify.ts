import { type CallExpression, type Expression, Visitor } from 'oxc-parser'
import type { ModuleSyntax } from './module-syntax.ts'
import { unwrap } from './static-value.ts'
import { type FunctionKind, functionKinds } from './trigger-options.ts'

/** What an exported value is, as far as the source tells. */
export type Classified =
  /** A call of `http()`, `queue()` or another function that makes a definition. */
  | { kind: 'definition'; of: FunctionKind; call: CallExpression }
  /** An object with a `fetch` function. */
  | { kind: 'app' }
  /** It comes from another module. */
  | { kind: 'from'; from: string; imported: string }
  /** An object of a class; it may have a `fetch` method, which counts for a default export. */
  | { kind: 'instance' }
  /** Surely no definition. */
  | { kind: 'none' }
  /** Only loading the module tells. */
  | { kind: 'unknown' }

const isobarPackages = new Set(['isobar', '@isobar/core'])

/** Frameworks whose application object has a `fetch` function, by package and name of the class or factory. */
const frameworks: Readonly<Record<string, readonly string[]>> = {
  hono: ['Hono'],
  'hono/quick': ['Hono'],
  'hono/tiny': ['Hono'],
  '@hono/zod-openapi': ['OpenAPIHono'],
  h3: ['H3'],
  'itty-router': ['AutoRouter', 'IttyRouter', 'Router'],
  elysia: ['Elysia'],
}

export function classify(module: ModuleSyntax, node: Expression, seen: readonly string[] = []): Classified {
  const expression = unwrap(node)
  switch (expression.type) {
    case 'Identifier': {
      const imported = module.imports.get(expression.name)
      if (imported) return { kind: 'from', ...imported }
      const initial = module.constants.get(expression.name)
      if (initial && !seen.includes(expression.name)) return classify(module, initial, [...seen, expression.name])
      return { kind: 'unknown' }
    }
    case 'CallExpression':
      return classifyCall(module, expression)
    case 'NewExpression':
      return isFramework(module, expression) ? { kind: 'app' } : { kind: 'instance' }
    case 'ObjectExpression':
      return classifyObject(expression)
    case 'ArrowFunctionExpression':
    case 'FunctionExpression':
    case 'ClassExpression':
    case 'ArrayExpression':
    case 'Literal':
    case 'TemplateLiteral':
    case 'UnaryExpression':
    case 'BinaryExpression':
      return { kind: 'none' }
    default:
      return { kind: 'unknown' }
  }
}

function classifyCall(module: ModuleSyntax, call: CallExpression): Classified {
  const of = definitionKind(module, call)
  if (of !== undefined) return { kind: 'definition', of, call }
  return isFramework(module, call) ? { kind: 'app' } : { kind: 'unknown' }
}

/** Which definition a call makes: `http(…)` under whatever name it was imported, or `isobar.http(…)` of a namespace. */
function definitionKind(module: ModuleSyntax, { callee }: CallExpression): FunctionKind | undefined {
  const name = importedName(module, callee)
  return functionKinds.find((kind) => kind === name)
}

/** The name that Isobar exports for what an expression stands for; undefined for all else. */
export function importedName(module: ModuleSyntax, expression: Expression): string | undefined {
  if (expression.type === 'Identifier') {
    const imported = module.imports.get(expression.name)
    return imported && isobarPackages.has(imported.from) ? imported.imported : undefined
  }
  if (expression.type !== 'MemberExpression' || expression.object.type !== 'Identifier') return undefined
  const namespace = module.imports.get(expression.object.name)
  if (!namespace || !isobarPackages.has(namespace.from) || namespace.imported !== '*') return undefined
  return expression.property.type === 'Identifier' ? expression.property.name : undefined
}

function classifyObject(object: Expression & { type: 'ObjectExpression' }): Classified {
  let unknown = false
  for (const property of object.properties) {
    if (property.type === 'SpreadElement' || property.computed) {
      unknown = true
    } else if (
      (property.key.type === 'Identifier' && property.key.name === 'fetch') ||
      (property.key.type === 'Literal' && property.key.value === 'fetch')
    ) {
      return { kind: 'app' }
    }
  }
  return { kind: unknown ? 'unknown' : 'none' }
}

/** `new Hono()`, `AutoRouter()`, and chains on them: `new Hono().basePath('/v1').get(…)`. */
function isFramework(module: ModuleSyntax, expression: Expression): boolean {
  let root = unwrap(expression)
  while (root.type === 'CallExpression' && root.callee.type === 'MemberExpression') root = unwrap(root.callee.object)
  if (root.type === 'Identifier') {
    const initial = module.constants.get(root.name)
    return initial !== undefined && unwrap(initial).type === 'NewExpression' && isFramework(module, initial)
  }
  if (root.type !== 'NewExpression' && root.type !== 'CallExpression') return false
  const callee = root.callee
  if (callee.type !== 'Identifier') return false
  const imported = module.imports.get(callee.name)
  return imported !== undefined && (frameworks[imported.from]?.includes(imported.imported) ?? false)
}

/** Constants that are `http(…)`, `queue(…)` and so on, are not exported and are not named a second time. */
export function unexportedCalls(module: ModuleSyntax): { name: string; offset: number }[] {
  const exported = new Set(module.exports.map(({ name, value }) => (value.kind === 'local' ? value.name : name)))
  const hidden = [...module.constants].filter(([name, initial]) => {
    const expression = unwrap(initial)
    return (
      !exported.has(name) && expression.type === 'CallExpression' && definitionKind(module, expression) !== undefined
    )
  })
  if (hidden.length === 0) return []
  const places = new Map<string, number[]>()
  new Visitor({
    Identifier: ({ name, start }) => {
      places.set(name, [...(places.get(name) ?? []), start])
    },
  }).visit(module.program)
  return hidden.flatMap(([name]) => {
    const [offset, second] = places.get(name) ?? []
    return offset === undefined || second !== undefined ? [] : [{ name, offset }]
  })
}
