import { expect, test } from 'vitest'

import { renderCookie } from './cookies.ts'

test('a bare cookie gets the path that ASP.NET gives it', () => {
  expect(renderCookie({ name: 'a', value: '1' })).toBe('a=1; path=/')
})

test('the value is percent-encoded', () => {
  expect(renderCookie({ name: 'a', value: "b=c, d;'(x)*!~é" })).toBe('a=b%3Dc%2C%20d%3B%27%28x%29%2A%21~%C3%A9; path=/')
})

test('attributes are in lower case and in the order of SetCookieHeaderValue', () => {
  const cookie = renderCookie({
    name: 'a',
    value: '1',
    httpOnly: { value: true },
    sameSite: 'lax',
    secure: { value: true },
    path: { value: '/x' },
    domain: { value: 'example.test' },
    maxAge: { value: 60 },
    expires: { value: { seconds: 1_445_412_480 } },
  })
  expect(cookie).toBe(
    'a=1; expires=Wed, 21 Oct 2015 07:28:00 GMT; max-age=60; domain=example.test; path=/x; secure; samesite=lax; httponly',
  )
})

test('protobuf default of sameSite means that none is given', () => {
  expect(renderCookie({ name: 'a', value: '1', sameSite: 'none' })).toBe('a=1; path=/')
  expect(renderCookie({ name: 'a', value: '1', sameSite: 'explicitNone' })).toBe('a=1; path=/; samesite=none')
})
