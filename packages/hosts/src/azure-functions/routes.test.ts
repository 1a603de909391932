import { expect, test } from 'vitest'

import type { Binding } from './protocol.ts'
import { httpFunctions, matchRoute } from './routes.ts'

function functions(routes: Record<string, Partial<Binding>>, prefix = ''): ReturnType<typeof httpFunctions> {
  const metadata = Object.entries(routes).map(([name, binding]) => ({
    name,
    functionId: name,
    bindings: { trigger: { type: 'httpTrigger', direction: 'in', ...binding } },
  }))
  return httpFunctions(metadata, prefix)
}

function matched(routes: ReturnType<typeof httpFunctions>, method: string, path: string): unknown {
  const match = matchRoute(routes, method, path)
  return match && [match.function.metadata.name, match.params]
}

test('a function without a route answers under the prefix and its name', () => {
  const app = functions({ Orders: {} }, 'api')
  expect(matched(app, 'GET', '/api/orders')).toEqual(['Orders', {}])
  expect(matched(app, 'GET', '/API/ORDERS/')).toEqual(['Orders', {}])
  expect(matched(app, 'GET', '/orders')).toBeUndefined()
})

test('a wrong method is no match', () => {
  const app = functions({ one: { route: 'a', methods: ['GET'] }, two: { route: 'a', methods: ['post'] } })
  expect(matched(app, 'POST', '/a')).toEqual(['two', {}])
  expect(matched(app, 'HEAD', '/a')).toBeUndefined()
})

test('a function without methods takes every one', () => {
  expect(matched(functions({ any: { route: 'a' } }), 'PURGE', '/a')).toEqual(['any', {}])
})

test('parameters, optional ones and constraints', () => {
  const app = functions({ item: { route: 'items/{id:int}/{part?}' } })
  expect(matched(app, 'GET', '/items/5')).toEqual(['item', { id: '5' }])
  expect(matched(app, 'GET', '/items/5/a b')).toEqual(['item', { id: '5', part: 'a b' }])
  expect(matched(app, 'GET', '/items/x')).toBeUndefined()
  expect(matched(app, 'GET', '/items/5/a/b')).toBeUndefined()
})

test('a catch-all takes the rest, nothing included', () => {
  const app = functions({ all: { route: '{*path}' } })
  expect(matched(app, 'GET', '/')).toEqual(['all', {}])
  expect(matched(app, 'GET', '/a/b//c')).toEqual(['all', { path: 'a/b//c' }])
})

test('the more specific route wins, whatever the order of registration', () => {
  const app = functions({
    all: { route: '{*path}' },
    any: { route: 'a/{x}' },
    number: { route: 'a/{x:int}' },
    b: { route: 'a/b' },
  })
  expect(matched(app, 'GET', '/a/b')).toEqual(['b', {}])
  expect(matched(app, 'GET', '/a/1')).toEqual(['number', { x: '1' }])
  expect(matched(app, 'GET', '/a/x')).toEqual(['any', { x: 'x' }])
  expect(matched(app, 'GET', '/a')).toEqual(['all', { path: 'a' }])
})

test('functions with other triggers have no route', () => {
  expect(functions({ tick: { type: 'timerTrigger' } })).toEqual([])
})

test('a template that is not known is named', () => {
  expect(() => functions({ odd: { route: 'a/x{b}' } })).toThrow('The route "a/x{b}" has the segment "x{b}"')
  expect(() => functions({ odd: { route: '{b:range(1,2)}' } })).toThrow('{b:range(1,2)}')
})
