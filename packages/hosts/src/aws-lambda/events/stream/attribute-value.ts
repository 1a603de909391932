import type { RecordValue } from '../../../events/types.ts'

/** A typed value of DynamoDB: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_AttributeValue.html */
export type AttributeValue =
  | { S: string }
  | { N: string }
  | { BOOL: boolean }
  | { NULL: true }
  | { L: AttributeValue[] }
  | { M: Record<string, AttributeValue> }

/** @throws RangeError for a number that DynamoDB cannot hold. */
export function attributeValue(value: RecordValue): AttributeValue {
  if (value === null) return { NULL: true }
  if (Array.isArray(value)) return { L: value.map(attributeValue) }
  switch (typeof value) {
    case 'string':
      return { S: value }
    case 'boolean':
      return { BOOL: value }
    case 'number':
    case 'bigint':
      return { N: numberText(value) }
    default:
      return { M: attributeMap(value) }
  }
}

export function attributeMap(values: Readonly<Record<string, RecordValue>>): Record<string, AttributeValue> {
  // Built of entries: a name may be __proto__.
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, attributeValue(value)]))
}

/**
 * 38 digits, and no exponent:
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html#HowItWorks.DataTypes.Number
 */
function numberText(value: number | bigint): string {
  const text = String(value)
  const digits = text.replace(/e.*$/, '').replaceAll(/[-.]/g, '').replace(/^0+/, '').replace(/0+$/, '')
  if (!/^[-\d.e+]+$/.test(text) || digits.length > 38) throw new RangeError(`DynamoDB cannot hold the number ${text}.`)
  const [, sign = '', whole = '', fraction = '', exponent] = /^(-?)(\d+)(?:\.(\d+))?e([+-]\d+)$/.exec(text) ?? []
  if (exponent === undefined) return text
  const shift = Number(exponent)
  const all = whole + fraction
  return shift < 0
    ? `${sign}0.${'0'.repeat(-shift - whole.length)}${all}`
    : `${sign}${all.padEnd(whole.length + shift, '0')}`
}
