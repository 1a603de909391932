import { isObject, listOf, type Properties } from '../values.ts'

/**
 * Whether an event matches a rule's pattern:
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
 *
 * @throws Error for an operator that this host does not know.
 */
export function matchesPattern(pattern: Properties, event: Properties): boolean {
  return Object.entries(pattern).every(([name, wanted]) => {
    if (name === '$or') return listOf(wanted).some((one) => isObject(one) && matchesPattern(one, event))
    const value = event[name]
    if (isObject(wanted)) return matchesPattern(wanted, isObject(value) ? value : {})
    const values = Array.isArray(value) ? value : [value]
    return listOf(wanted).some((one) => values.some((each) => matchesValue(one, each)))
  })
}

function matchesValue(wanted: unknown, value: unknown): boolean {
  if (!isObject(wanted)) return wanted === value
  return Object.entries(wanted).every(([operator, operand]) => {
    const known = operators[operator]
    if (known === undefined) throw new Error(`An EventPattern uses ${operator}, which this host does not know.`)
    return known(operand, value)
  })
}

const operators: Readonly<Record<string, (operand: unknown, value: unknown) => boolean>> = {
  exists: (operand, value) => (value !== undefined) === operand,
  prefix: (operand, value) => typeof value === 'string' && value.startsWith(String(operand)),
  suffix: (operand, value) => typeof value === 'string' && value.endsWith(String(operand)),
  'equals-ignore-case': (operand, value) =>
    typeof value === 'string' && value.toLowerCase() === String(operand).toLowerCase(),
  'anything-but': (operand, value) => value !== undefined && ![operand].flat().some((one) => matchesValue(one, value)),
  wildcard: (operand, value) =>
    typeof value === 'string' && new RegExp(`^${String(operand).split('*').map(escape).join('.*')}$`, 's').test(value),
  numeric(operand, value) {
    const parts = listOf(operand)
    return parts.every((comparator, index) => index % 2 === 1 || compare(comparator, value, parts[index + 1]))
  },
}

function compare(comparator: unknown, value: unknown, limit: unknown): boolean {
  if (typeof value !== 'number' || typeof limit !== 'number') return false
  switch (comparator) {
    case '<':
      return value < limit
    case '<=':
      return value <= limit
    case '=':
      return value === limit
    case '>=':
      return value >= limit
    case '>':
      return value > limit
    default:
      throw new Error(`An EventPattern compares numbers by ${String(comparator)}.`)
  }
}

function escape(text: string): string {
  return text.replaceAll(/[$()*+./?[\\\]^{|}-]/g, String.raw`\$&`)
}
