import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { plainRecord } from './attribute-value.ts'

const plain = (value: unknown, numbers: 'string' | 'bigint' = 'string'): unknown =>
  plainRecord({ it: value }, numbers)['it']

// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_AttributeValue.html
test.each([
  [{ S: '' }, ''],
  [{ BOOL: false }, false],
  [{ NULL: true }, null],
  [{ B: 'AP8=' }, new Uint8Array([0, 255])],
  [{ SS: ['a', 'b'] }, ['a', 'b']],
  [{ NS: ['1', '2.5'] }, [1, 2.5]],
  [{ BS: ['AA==', 'AQ=='] }, [new Uint8Array([0]), new Uint8Array([1])]],
  [{ L: [{ S: 'a' }, { L: [{ N: '1' }] }, { NULL: true }] }, ['a', [1], null]],
  [{ M: { a: { M: { b: { BOOL: true } } } } }, { a: { b: true } }],
  [{ L: [] }, []],
  [{ M: {} }, {}],
])('%j is %j', (value, expected) => {
  expect(plain(value)).toEqual(expected)
})

test.each([
  ['0', 0],
  ['-0', 0],
  ['101', 101],
  ['-1.5', -1.5],
  ['0.1', 0.1],
  ['1E+2', 100],
  ['100', 100],
  ['0.000001', 0.000001],
  ['1e-7', 1e-7],
  ['9007199254740991', 9_007_199_254_740_991],
  ['-9007199254740991', -9_007_199_254_740_991],
  ['1.7976931348623157', 1.7976931348623157],
])('the number %s is a number', (N, expected) => {
  expect(Object.is(plain({ N }), expected) || plain({ N }) === expected).toBe(true)
})

test.each([
  ['9007199254740992', 9_007_199_254_740_992n],
  ['9007199254740993', 9_007_199_254_740_993n],
  ['-12345678901234567890', -12_345_678_901_234_567_890n],
  ['99999999999999999999999999999999999999', 99_999_999_999_999_999_999_999_999_999_999_999_999n],
  ['1e30', 10n ** 30n],
])('the whole number %s is too big for one', (N, expected) => {
  expect(plain({ N })).toBe(N)
  expect(plain({ N }, 'bigint')).toBe(expected)
})

test.each(['3.1415926535897932384626433832795028841', '0.10000000000000000001'])(
  'the number %s has digits that a double has not, and stays a text',
  (N) => {
    expect(plain({ N })).toBe(N)
    expect(plain({ N }, 'bigint')).toBe(N)
  },
)

test('a name of JavaScript’s own does no harm', () => {
  const record = plainRecord(
    JSON.parse('{"__proto__":{"M":{"polluted":{"BOOL":true}}},"constructor":{"S":"x"}}'),
    'string',
  )
  expect(Object.keys(record)).toEqual(['__proto__', 'constructor'])
  expect(Reflect.get(Object.prototype, 'polluted')).toBeUndefined()
  expect(Object.getPrototypeOf(record)).toBe(Object.prototype)
})

const none: unknown[] = [
  { S: 7 },
  { N: 7 },
  { N: 'NaN' },
  { N: '' },
  { B: '%' },
  { BOOL: 'true' },
  { NULL: false },
  { L: {} },
  { M: [] },
  { SS: [7] },
  { NS: ['x'] },
  { X: 'x' },
  { toString: 'x' },
  { S: 'a', N: '1' },
  {},
  [],
  'text',
  null,
]
test.each(none.map((value) => [value]))('%j is no attribute', (value) => {
  expect(() => plain(value)).toThrow('is no value of an attribute of DynamoDB')
})

test('any number that JavaScript writes is that number again, and any whole one keeps its digits', () => {
  const doubles = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e15, max: 1e15 })
  fc.assert(
    fc.property(doubles, (number) => {
      expect(plain({ N: String(number) })).toBe(number === 0 ? 0 : number)
    }),
  )
  fc.assert(
    fc.property(fc.bigInt({ min: -(10n ** 38n), max: 10n ** 38n }), (whole) => {
      expect(BigInt(String(plain({ N: String(whole) })))).toBe(whole)
      expect(BigInt(String(plain({ N: String(whole) }, 'bigint')))).toBe(whole)
    }),
  )
})
