import type { Expression, ObjectExpression } from 'oxc-parser'
import { type ModuleSyntax, parseModule } from '../discovery/module-syntax.ts'
import { type Location, locationAt, type SourceText } from '../diagnostics/source-text.ts'
import { unwrap } from '../discovery/static-value.ts'

export type ConfigPath = readonly (string | number)[]

/** Finds the line of a config file that a key or value was written on; as near as the source tells. */
export function createConfigLocator(
  source: SourceText | undefined,
): (path: ConfigPath, at: 'key' | 'value') => Location | undefined {
  if (!source) return () => undefined
  const module = parseModule(source)
  const exported = module.exports.find(({ name }) => name === 'default')
  const root =
    exported?.value.kind === 'expression'
      ? exported.value.expression
      : exported?.value.kind === 'local'
        ? module.constants.get(exported.value.name)
        : undefined
  return (path, at) => locationAt(source, (root && offsetOf(module, root, path, at)) ?? exported?.offset ?? 0)
}

function offsetOf(module: ModuleSyntax, root: Expression, path: ConfigPath, at: 'key' | 'value'): number {
  let node = configObject(module, root)
  let offset = node.start
  for (const [depth, step] of path.entries()) {
    const last = depth === path.length - 1
    if (typeof step === 'number') {
      const element = node.type === 'ArrayExpression' ? node.elements[step] : undefined
      if (!element || element.type === 'SpreadElement') return offset
      node = follow(module, element)
      offset = element.start
    } else {
      // The options of a target stand in the call of its factory.
      const object = configObject(module, node)
      const property = object.type === 'ObjectExpression' ? findProperty(object, step) : undefined
      if (!property) return offset
      node = follow(module, property.value)
      offset = last && at === 'value' ? property.value.start : property.key.start
    }
  }
  return offset
}

/** The object in `defineConfig({ … })`, `awsLambda({ … })`, `{ … }` or a constant that holds one of them. */
function configObject(module: ModuleSyntax, expression: Expression): Expression {
  const node = follow(module, expression)
  const [argument] = node.type === 'CallExpression' ? node.arguments : []
  return argument && argument.type !== 'SpreadElement' ? follow(module, argument) : node
}

function follow(module: ModuleSyntax, expression: Expression): Expression {
  const node = unwrap(expression)
  const initial = node.type === 'Identifier' ? module.constants.get(node.name) : undefined
  return initial ? unwrap(initial) : node
}

function findProperty(
  object: ObjectExpression,
  name: string,
): { key: { start: number }; value: Expression } | undefined {
  for (const property of object.properties) {
    if (property.type === 'SpreadElement') continue
    const { key } = property
    if ((key.type === 'Identifier' && key.name === name) || (key.type === 'Literal' && key.value === name))
      return property
  }
  return undefined
}
