import { expect, test } from 'vitest'

import { absoluteUrl, encodePath, encodeQuery, parseOrigin } from './url.ts'

const seen = (host: string | undefined, target: string): string => new URL(absoluteUrl('https', host, target)).href

test.each([
  ['a.example', '/x?y=%2F', 'https://a.example/x?y=%2F'],
  ['a.example:8443', '/', 'https://a.example:8443/'],
  ['[::1]:80', '/', 'https://[::1]:80/'],
  ['a.example', '//evil.example/x', 'https://a.example//evil.example/x'],
  ['a.example', '/a/../b/%2e%2e/c', 'https://a.example/c'],
  ['a.example', '/a%2Fb%25', 'https://a.example/a%2Fb%25'],
  ['a.example', 'http://other.example/p?q', 'https://a.example/p?q'],
  ['a.example', '*', 'https://a.example/*'],
  ['a.example', '/caf\u00e9', 'https://a.example/caf%E9'],
  ['a.example', '/x#y', 'https://a.example/x%23y'],
  ['a.example', '/\\evil.example', 'https://a.example/%5Cevil.example'],
  ['a.example', '/x?a=\\&b=?\\', 'https://a.example/x?a=\\&b=?\\'],
  ['a.example', '/%%?%%', 'https://a.example/%%?%%'],
  ['a.example', '', 'https://a.example/'],
])('%s %s', (host, target, expected) => {
  expect(seen(host, target)).toBe(expected)
})

test.each([undefined, '', 'a b', 'a/b', 'user@a', 'a?b', 'a.example:99999', '[::1', 'a.example/abc?', '-\u0000'])(
  'the host %o is replaced, not thrown at',
  (host) => {
    expect(seen(host, '/x')).toBe('https://host.invalid/x')
  },
)

test('a decoded path is encoded only where it must be', () => {
  expect(encodePath("/a b/é/%2F/?/#/[x]/;:@&=+$,!'()*")).toBe("/a%20b/%C3%A9/%252F/%3F/%23/[x]/;:@&=+$,!'()*")
  // https://url.spec.whatwg.org/#path-percent-encode-set: neither bar nor bracket is in it.
  expect(encodePath('/a|b%7C\\')).toBe('/a|b%257C%5C')
  expect(new URL(`https://x${encodePath('/\ud800')}`).pathname).toBe('/%EF%BF%BD')
})

test('decoded pairs come back from URLSearchParams as they went in', () => {
  const pairs: [string, string][] = [['a', '1&2=3'], ['a', '+ %'], ['flag', ''], ['é', '\u{1f600}'], ['__proto__', 'x'], ['', '']] // prettier-ignore
  expect([...new URLSearchParams(encodeQuery(pairs))]).toEqual(pairs)
})

test('an origin is read once; what is none is told with what to write', () => {
  expect(parseOrigin('http://a.example:8080')).toEqual({ scheme: 'http', host: 'a.example:8080' })
  for (const wrong of ['a.example', 'ftp://a.example', '']) {
    expect(() => parseOrigin(wrong)).toThrow(`'${wrong}' is not an origin. Write a scheme and a host`)
  }
})
