import type { ChangeValue } from '@isobar/core/adapter'
import { fromBase64 } from './records.ts'

type Numbers = 'string' | 'bigint'

/**
 * Plain values of a record's typed attributes: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_AttributeValue.html.
 * A set becomes an array.
 *
 * @param numbers what becomes of a number that JavaScript's own cannot hold exactly. One with a fraction is a string in
 * any case, since a bigint has none.
 * @throws TypeError for an attribute that is none.
 */
export function plainRecord(image: Record<string, unknown>, numbers: Numbers): Record<string, ChangeValue> {
  return Object.fromEntries(Object.entries(image).map(([name, value]) => [name, plainValue(value, numbers)]))
}

function plainValue(value: unknown, numbers: Numbers): ChangeValue {
  const entry = typeof value === 'object' && value !== null ? Object.entries(value) : []
  const [[type, content] = ['', undefined]] = entry
  const decode = entry.length === 1 && Object.hasOwn(decoders, type) ? decoders[type] : undefined
  const plain = decode?.(content, numbers)
  if (plain === undefined) {
    throw new TypeError(
      `${JSON.stringify(value)?.slice(0, 80) ?? typeof value} is no value of an attribute of DynamoDB`,
    )
  }
  return plain
}

/** Each gives undefined for what is not of its type. */
const decoders: Record<string, ((content: unknown, numbers: Numbers) => ChangeValue | undefined) | undefined> = {
  S: text,
  N: plainNumber,
  B: bytes,
  BOOL: (content) => (typeof content === 'boolean' ? content : undefined),
  NULL: (content) => (content === true ? null : undefined),
  L: (content, numbers) => each(content, (one) => plainValue(one, numbers)),
  M: (content, numbers) => (isRecord(content) ? plainRecord(content, numbers) : undefined),
  SS: (content) => each(content, text),
  NS: (content, numbers) => each(content, (one) => plainNumber(one, numbers)),
  BS: (content) => each(content, bytes),
}

function text(content: unknown): string | undefined {
  return typeof content === 'string' ? content : undefined
}

function bytes(content: unknown): Uint8Array | undefined {
  return typeof content === 'string' ? fromBase64(content) : undefined
}

function each(content: unknown, decode: (one: unknown) => ChangeValue | undefined): ChangeValue[] | undefined {
  if (!Array.isArray(content)) return undefined
  const values = content.map(decode).filter((one) => one !== undefined)
  return values.length === content.length ? values : undefined
}

function isRecord(content: unknown): content is Record<string, unknown> {
  return typeof content === 'object' && content !== null && !Array.isArray(content)
}

const decimal = /^(?<sign>-?)(?<whole>\d+)(?:\.(?<fraction>\d*))?(?:[eE](?<exponent>[+-]?\d+))?$/

/** Up to 38 digits, as text. */
function plainNumber(content: unknown, numbers: Numbers): ChangeValue | undefined {
  if (typeof content !== 'string') return undefined
  const exact = canonical(content)
  if (exact === undefined) return undefined
  const value = Number(content)
  const holds = Number.isInteger(value) ? Number.isSafeInteger(value) : true
  if (holds && canonical(String(value))?.text === exact.text) return value
  if (numbers === 'string' || exact.exponent < 0) return content
  return BigInt(exact.mantissa + '0'.repeat(exact.exponent))
}

interface Canonical {
  /** Without leading and trailing zeros, with its sign. */
  mantissa: string
  exponent: number
  text: string
}

/** The same for every way to write a number; undefined for what is none. */
function canonical(number: string): Canonical | undefined {
  const groups = decimal.exec(number)?.groups
  if (!groups) return undefined
  const { sign = '', whole = '', fraction = '', exponent: written = '0' } = groups
  const all = `${whole}${fraction}`.replace(/^0+/, '')
  const significant = all.replace(/0+$/, '')
  if (significant === '') return { mantissa: '0', exponent: 0, text: '0' }
  const exponent = Number(written) - fraction.length + all.length - significant.length
  return { mantissa: `${sign}${significant}`, exponent, text: `${sign}${significant}e${exponent}` }
}
