import { describe, expect, test } from 'vitest'

import { http } from '../definitions/http.ts'
import { createRouter, parseRoute, type Match } from './router.ts'

function router(...triggers: string[]): (method: string, pathname: string) => Match {
  return createRouter(
    triggers.map((trigger) => {
      const definition = http(trigger, () => new Response())
      return { name: trigger, definition, pattern: parseRoute(definition.route) }
    }),
  )
}

/** The platform's own URLPattern (Node 23.8, https://urlpattern.spec.whatwg.org) is the judge of what matches. */
describe('parseRoute agrees with URLPattern', () => {
  const routes = ['/', '/a', '/a/b', '/a/', '/:x', '/a/:x', '/:x/b', '/a/:x?', '/:x?', '/a/:x+', '/a/:x*', '/:x+', '/:x*', '/*', '/a/*', '/*/b', '/:x/:y?', '/:x/*', '/café', '/a/:x?/b', '/a.b', '/a-b/:x', '/~a', '/%41', '//a', '/a//b', '/:x*/b', '/*/:x'] // prettier-ignore
  const paths = ['/', '//', '/a', '/a/', '/a/b', '/a/b/', '/a/b/c', '/b', '/A', '/b/b', '//b', '/a//b', '//a', '/a%2Fb', '/a/%62', '/caf%C3%A9', '/a.b', '/aXb', '/a-b/c', '/~a', '/%41', '/a/b/b', '/x/y/b', '/b/', '/a/a/b'] // prettier-ignore
  test.each(routes)('%s', (route) => {
    const judge = new URLPattern({ pathname: route })
    const { expression, parameters } = parseRoute(route)
    for (const path of paths) {
      const expected = judge.exec({ pathname: path })?.pathname.groups
      const groups = expression.exec(path)
      const got = groups ? Object.fromEntries(parameters.map((name, index) => [name, groups[index + 1]])) : undefined
      expect({ path, groups: got }).toEqual({ path, groups: expected && { ...expected } })
    }
  })
})

test.each(['/a(b)', '/{a}?', '/:x-:y', '/a*', '/:x(\\d+)', '/a/..', '/a/%2e/b', '/:1', '/a:b', 'a', '/:x/:x'])(
  'a route that targets cannot share is refused with a sentence: %s',
  (route) => {
    expect(() => parseRoute(route)).toThrow(/The route '.+'/)
  },
)

describe('precedence does not depend on the order of routes', () => {
  const ranked = ['GET /a/b', 'GET /a/:x', 'GET /a/:x?', 'GET /a/:x+', 'GET /a/*', 'GET /*']
  test.each([ranked, ranked.toReversed()])('%s …', (...triggers) => {
    const match = router(...triggers)
    expect(match('GET', '/a/b')).toMatchObject({ route: { name: 'GET /a/b' } })
    expect(match('GET', '/a/c')).toMatchObject({ route: { name: 'GET /a/:x' }, params: { x: 'c' } })
    expect(match('GET', '/a')).toMatchObject({ route: { name: 'GET /a/:x?' }, params: {} })
    expect(match('GET', '/a/c/d')).toMatchObject({ route: { name: 'GET /a/:x+' }, params: { x: 'c/d' } })
    expect(match('GET', '/a/')).toMatchObject({ route: { name: 'GET /a/*' }, params: { 0: '' } })
    expect(match('GET', '/b')).toMatchObject({ route: { name: 'GET /*' }, params: { 0: 'b' } })
  })
})

test('a wrong method is told with every method of the path, sorted, HEAD with GET', () => {
  const match = router('POST /a', 'GET /:x', 'DELETE /a')
  expect(match('PUT', '/a')).toEqual({ kind: 'wrong-method', allow: 'DELETE, GET, HEAD, POST' })
  expect(match('PUT', '/a/b')).toEqual({ kind: 'missing' })
})

test('HEAD goes to the GET route of the path, also beside a catch-all, unless a route names HEAD', () => {
  expect(router('/*', 'GET /a')('HEAD', '/a')).toMatchObject({ route: { name: 'GET /a' } })
  expect(router('GET /a', 'HEAD /a')('HEAD', '/a')).toMatchObject({ route: { name: 'HEAD /a' } })
  expect(router('POST /a')('HEAD', '/a')).toEqual({ kind: 'wrong-method', allow: 'POST' })
})

test('parameters are decoded once; an encoded slash stays inside its segment; a malformed escape is told apart', () => {
  const match = router('/:x')
  expect(match('GET', '/a%2Fb%2525')).toMatchObject({ params: { x: 'a/b%25' } })
  expect(match('GET', '/%zz')).toMatchObject({ kind: 'malformed' })
  expect(match('GET', '/__proto__')).toMatchObject({ params: { x: '__proto__' } })
})
