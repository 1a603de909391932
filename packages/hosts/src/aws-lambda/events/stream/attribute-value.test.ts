import { expect, test } from 'vitest'

import { attributeValue } from './attribute-value.ts'

test.each([
  [1e21, '1000000000000000000000'],
  [1e-7, '0.0000001'],
  [-1.5e-7, '-0.00000015'],
  [1.5e22, '15000000000000000000000'],
  [-0.25, '-0.25'],
  [10n ** 37n, `1${'0'.repeat(37)}`],
])('the number %s has no exponent', (number, text) => {
  expect(attributeValue(number)).toEqual({ N: text })
})

test.each([Number.NaN, Infinity, 10n ** 38n + 1n])('the number %s is refused', (number) => {
  expect(() => attributeValue(number)).toThrow('DynamoDB cannot hold')
})
