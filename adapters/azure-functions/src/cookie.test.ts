import { expect, test } from 'vitest'
import { parseCookie } from './cookie.ts'

test.each([
  ['a=1', { name: 'a', value: '1' }],
  ['a=b=c', { name: 'a', value: 'b=c' }],
  ['a=', { name: 'a', value: '' }],
  // The host encodes the value again.
  ['a=b%20c', { name: 'a', value: 'b c' }],
  ['a=100%', { name: 'a', value: '100%' }],
  [
    'a=1; DOMAIN=example.com; Path=/x; secure; HTTPOnly',
    { name: 'a', value: '1', domain: 'example.com', path: '/x', secure: true, httpOnly: true },
  ],
  // A value that has the word in it sets no flag.
  ['a=Secure HttpOnly', { name: 'a', value: 'Secure HttpOnly' }],
  ['a=1; Max-Age=3600', { name: 'a', value: '1', maxAge: 3600 }],
  ['a=1; Max-Age=-1', { name: 'a', value: '1', maxAge: -1 }],
  ['a=1; Max-Age=soon', { name: 'a', value: '1' }],
  ['a=1; Expires=Wed, 21 Oct 2026 07:28:00 GMT', { name: 'a', value: '1', expires: Date.UTC(2026, 9, 21, 7, 28) }],
  // The library would leave the epoch out, and the cookie would stay.
  ['a=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT', { name: 'a', value: '1', expires: 1000 }],
  ['a=1; SameSite=none', { name: 'a', value: '1', sameSite: 'None' }],
])('%s', (header, cookie) => expect(parseCookie(header)).toEqual(cookie))
