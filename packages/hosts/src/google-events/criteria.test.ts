import { expect, it } from 'vitest'

import { matches } from './criteria.ts'

// https://cloud.google.com/eventarc/docs/path-patterns
it.each([
  ['users/{id}', 'users/1', true],
  ['users/*', 'users/1', true],
  ['users/*', 'users/1/orders/2', false],
  ['users/**', 'users/1/orders/2', true],
  ['users/{path=**}', 'users/1/orders/2', true],
  ['users/{id}', 'others/1', false],
  ['u.ers/{id}', 'users/1', false],
])('the pattern %s and %s', (value, document, expected) => {
  expect(matches({ attribute: 'document', value, isPattern: true }, { document })).toBe(expected)
})

it('takes a value that is no pattern as it is', () => {
  expect(matches({ attribute: 'type', value: 'a*', isPattern: false }, { type: 'ab' })).toBe(false)
  expect(matches({ attribute: 'type', value: 'a*', isPattern: false }, { type: 'a*' })).toBe(true)
  expect(matches({ attribute: 'bucket', value: 'b', isPattern: false }, {})).toBe(false)
})
