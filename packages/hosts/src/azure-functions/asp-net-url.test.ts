import { expect, test } from 'vitest'

import { parseQuery, parseTarget } from './asp-net-url.ts'

function encodedPath(target: string): string | undefined {
  return parseTarget(target)?.encodedPath
}

test('needless escapes and encoded slashes are lost', () => {
  expect(parseTarget('/a%2Fb/%41%2c%7E')?.path).toBe('/a/b/A,~')
  expect(encodedPath('/a%2Fb/%41%2c%7E')).toBe('/a/b/A,~')
})

test('what cannot stand in a path is encoded again, in upper case', () => {
  expect(encodedPath('/%c3%a9%20%22%3f%23%5c')).toBe('/%C3%A9%20%22%3F%23%5C')
  expect(encodedPath('/100%25')).toBe('/100%25')
})

test('an escape that was escaped is taken for one, as PathString does', () => {
  expect(encodedPath('/%2541')).toBe('/%41')
})

test('what is no UTF-8 and what is no escape stays', () => {
  expect(parseTarget('/%ff%41/%zz/%')?.path).toBe('/%ffA/%zz/%')
  expect(encodedPath('/%ff%41/%zz/%')).toBe('/%ffA/%25zz/%25')
})

test('reserved characters of a path segment keep their bytes', () => {
  expect(encodedPath("/a;b=1,c+d@e:f!$&'()*~-._")).toBe("/a;b=1,c+d@e:f!$&'()*~-._")
})

test('dot segments are resolved, empty ones kept', () => {
  expect(encodedPath('/a/../b/./c')).toBe('/b/c')
  expect(encodedPath('/a/%2e%2e/../../b/.')).toBe('/b/')
  expect(encodedPath('//a//b/')).toBe('//a//b/')
})

test('the query keeps its bytes', () => {
  expect(parseTarget('/?d=1&d=2&%%+%zz')?.query).toBe('?d=1&d=2&%%+%zz')
  expect(parseTarget('/a?')?.query).toBe('')
})

test('absolute and asterisk targets have a path', () => {
  expect(encodedPath('http://evil.example/a?b')).toBe('/a')
  expect(encodedPath('http://evil.example')).toBe('/')
  expect(encodedPath('*')).toBe('/')
})

test('a NUL and a target that is no path are refused', () => {
  expect(parseTarget('/a%00b')).toBeUndefined()
  expect(parseTarget('a/b')).toBeUndefined()
})

test('query values are decoded and joined with a comma under a name without case', () => {
  expect(parseQuery('?d=1&D=2&e=&f&g=a+b%20%c3%a9&h=%zz&&')).toEqual({
    d: '1,2',
    e: '',
    f: '',
    g: 'a b é',
    h: '%zz',
  })
})
