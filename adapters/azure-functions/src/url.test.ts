import { expect, test } from 'vitest'
import { clientUrl } from './url.ts'

test.each([
  ['a slash stays encoded', 'https://a.example/x/a/b', '/x/a%2Fb', 'https://a.example/x/a%2Fb'],
  ['escapes keep their bytes', 'https://a.example/A%C3%A9', '/%41%c3%a9', 'https://a.example/%41%c3%a9'],
  ['two layers stay two', 'https://a.example/items/a%20b', '/items/a%2520b', 'https://a.example/items/a%2520b'],
  ['dots of two layers stay', 'https://a.example/b', '/a/%252e%252e/b', 'https://a.example/a/%252e%252e/b'],
  ['a malformed escape stays', 'https://a.example/%25zz', '/%zz', 'https://a.example/%zz'],
  ['the query is the same', 'https://a.example/a/b?c=%20&d', '/a%2Fb?c=%20&d', 'https://a.example/a%2Fb?c=%20&d'],
  [
    'two slashes are no host',
    'https://a.example//evil.example/x',
    '//evil.example/x',
    'https://a.example//evil.example/x',
  ],
  ['absolute form has no say in the host', 'https://a.example/x', 'http://evil.example/x', 'https://a.example/x'],
])('%s', (_, url, unencoded, expected) => {
  expect(clientUrl(url, unencoded)).toBe(expected)
})

test.each([
  ['another path', 'https://a.example/public', '/admin'],
  ['another query', 'https://a.example/x?a=1', '/x?a=2'],
  ['nothing', 'https://a.example/x', null],
])('%s in the header changes nothing', (_, url, unencoded) => {
  expect(clientUrl(url, unencoded)).toBe(url)
})
