import type { Expression } from 'oxc-parser'
import type { ModuleSyntax } from './module-syntax.ts'

/** What an expression is when it can be told without running the module. */
export type StaticValue = string | number | boolean | undefined | StaticValue[]

/** @returns the value in a box, or undefined when only running the module would tell. */
export function staticValue(
  module: ModuleSyntax,
  node: Expression,
  seen: readonly string[] = [],
): { value: StaticValue } | undefined {
  const expression = unwrap(node)
  switch (expression.type) {
    case 'Literal': {
      const { value } = expression
      return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
        ? { value }
        : undefined
    }
    case 'TemplateLiteral': {
      let text = ''
      for (const [index, quasi] of expression.quasis.entries()) {
        text += quasi.value.cooked ?? ''
        const part = expression.expressions[index]
        if (!part) continue
        const inner = staticValue(module, part, seen)
        if (typeof inner?.value !== 'string' && typeof inner?.value !== 'number') return undefined
        text += String(inner.value)
      }
      return { value: text }
    }
    case 'Identifier': {
      const { name } = expression
      if (name === 'undefined') return { value: undefined }
      // `Infinity` is how a function says that it needs no limit.
      if (name === 'Infinity') return { value: Infinity }
      const initial = module.constants.get(name)
      return initial && !seen.includes(name) ? staticValue(module, initial, [...seen, name]) : undefined
    }
    case 'ArrayExpression': {
      const values: StaticValue[] = []
      for (const element of expression.elements) {
        const inner = element && element.type !== 'SpreadElement' ? staticValue(module, element, seen) : undefined
        if (!inner) return undefined
        values.push(inner.value)
      }
      return { value: values }
    }
    case 'BinaryExpression': {
      if (expression.left.type === 'PrivateIdentifier') return undefined
      const left = staticValue(module, expression.left, seen)
      const right = staticValue(module, expression.right, seen)
      return left && right ? combine(expression.operator, left.value, right.value) : undefined
    }
    default:
      return undefined
  }
}

/** Without the wrappers that TypeScript and parentheses put around an expression. */
export function unwrap(expression: Expression): Expression {
  switch (expression.type) {
    case 'TSAsExpression':
    case 'TSSatisfiesExpression':
    case 'TSNonNullExpression':
    case 'TSTypeAssertion':
    case 'TSInstantiationExpression':
    case 'ParenthesizedExpression':
      return unwrap(expression.expression)
    default:
      return expression
  }
}

/** `'GET ' + path` and `10 * 1024 ** 2`: what people write in triggers. */
function combine(operator: string, left: StaticValue, right: StaticValue): { value: StaticValue } | undefined {
  if (operator === '+' && typeof left === 'string' && typeof right === 'string') return { value: left + right }
  if (typeof left !== 'number' || typeof right !== 'number') return undefined
  switch (operator) {
    case '+':
      return { value: left + right }
    case '-':
      return { value: left - right }
    case '*':
      return { value: left * right }
    case '/':
      return { value: left / right }
    case '**':
      return { value: left ** right }
    default:
      return undefined
  }
}
