import { expect, test } from 'vitest'
import { lastForwardedFor } from './forwarded.ts'

test.each([
  ['203.0.113.7', '203.0.113.7'],
  ['198.51.100.1, 203.0.113.7', '203.0.113.7'],
  ['198.51.100.1,2001:db8::1 ', '2001:db8::1'],
  [['198.51.100.1', '192.0.2.1, 203.0.113.7'], '203.0.113.7'],
])('of %o it is %s: what stands to the left came with the request (R8)', (header, address) => {
  expect(lastForwardedFor(header)).toBe(address)
})

test.each([[undefined], [null], [''], ['198.51.100.1, '], [[]]])('of %o it is absent rather than guessed', (header) => {
  expect(lastForwardedFor(header)).toBeUndefined()
})
