import { strict as assert } from 'node:assert'

import type { HttpCase, Harness } from '../types.ts'
import { assertProblem, json, values } from './assert.ts'

const notFound = '{"type":"about:blank","title":"Not Found","status":404,"instance":"<id>"}'
const notAllowed = '{"type":"about:blank","title":"Method Not Allowed","status":405,"instance":"<id>"}'

interface Chosen {
  function: string
  params: Record<string, string>
}

function route(harness: Harness, target: string, method = 'GET'): Promise<Chosen> {
  return json<Chosen>(harness, { method, target })
}

/** R5 and R10: which function a request reaches, and with which parameters. */
export const routingCases: readonly HttpCase[] = [
  {
    id: 'http/parameter-is-decoded-once',
    clauses: ['R5'],
    needs: {
      'http.escapedPercent': async (harness) =>
        assert.deepEqual((await route(harness, '/items/a%2520b')).params, { id: 'a b' }),
    },
    async run(harness) {
      assert.deepEqual((await route(harness, '/items/a%20b%2Bc+d')).params, { id: 'a b+c+d' })
      assert.deepEqual((await route(harness, '/items/a%2520b')).params, { id: 'a%20b' })
      assert.deepEqual((await route(harness, '/items/%E6%9D%B1%F0%9F%A6%86')).params, { id: '東🦆' })
    },
  },
  {
    id: 'http/parameter-keeps-an-encoded-slash-inside',
    clauses: ['R5'],
    needs: {
      'http.rawPath': async (harness) => {
        assertProblem(await harness.send({ target: '/items/a%2Fb' }), 404, notFound)
      },
    },
    async run(harness) {
      assert.deepEqual(await route(harness, '/items/a%2Fb'), { function: 'get-item', params: { id: 'a/b' } })
    },
  },
  {
    id: 'http/parameter-with-a-malformed-escape-is-400',
    clauses: ['R5'],
    bugs: [46],
    needs: {
      // A gateway that decodes the path hands over text, in which a percent sign is no escape.
      'http.rawPath': async (harness) => assert.deepEqual((await route(harness, '/items/%zz')).params, { id: '%zz' }),
    },
    async run(harness) {
      for (const target of ['/items/%zz', '/items/%', '/items/%c3%28']) {
        // The body is that of whoever decodes the path first.
        assert.equal((await harness.send({ target })).status, 400, target)
      }
    },
  },
  {
    id: 'http/parameters-of-several-segments',
    clauses: ['R5'],
    async run(harness) {
      const { params } = await route(harness, '/shops/north/orders/12')
      assert.deepEqual(params, { shop: 'north', order: '12' })
    },
  },
  {
    id: 'http/parameter-may-be-optional',
    clauses: ['R5'],
    async run(harness) {
      assert.deepEqual(await route(harness, '/optional/x'), { function: 'optional', params: { id: 'x' } })
      assert.deepEqual(await route(harness, '/optional'), { function: 'optional', params: {} })
      assertProblem(await harness.send({ target: '/optional/x/y' }), 404, notFound)
    },
  },
  {
    id: 'http/parameter-of-one-or-more-segments',
    clauses: ['R5'],
    async run(harness) {
      assert.deepEqual(await route(harness, '/many/a/b%20c/d'), { function: 'many', params: { path: 'a/b c/d' } })
      assertProblem(await harness.send({ target: '/many' }), 404, notFound)
    },
  },
  {
    id: 'http/parameter-of-any-number-of-segments',
    clauses: ['R5'],
    async run(harness) {
      assert.deepEqual(await route(harness, '/any/a/b'), { function: 'any', params: { path: 'a/b' } })
      assert.deepEqual(await route(harness, '/any'), { function: 'any', params: {} })
    },
  },
  {
    id: 'http/route-that-says-more-is-chosen',
    clauses: ['R5', 'R10'],
    async run(harness) {
      const chosen = async (target: string): Promise<string> => (await route(harness, target)).function
      assert.equal(await chosen('/precedence/literal'), 'precedence-literal')
      assert.equal(await chosen('/precedence/other'), 'precedence-parameter')
      assert.equal(await chosen('/precedence/other/deeper'), 'precedence-deeper')
      assert.equal(await chosen('/precedence/other/else'), 'precedence-many')
      assert.equal(await chosen('/precedence/'), 'precedence-wildcard')
    },
  },
  {
    id: 'http/route-is-chosen-by-the-path-that-the-handler-sees',
    clauses: ['R5'],
    bugs: [47],
    async run(harness) {
      assert.equal((await route(harness, '/precedence/x/%2e%2e/literal')).function, 'precedence-literal')
      assertProblem(await harness.send({ target: '/items/../nowhere' }), 404, notFound)
    },
  },
  {
    id: 'http/route-minds-case-and-trailing-slash',
    clauses: ['R5', 'R10'],
    async run(harness) {
      assertProblem(await harness.send({ target: '/ITEMS/7' }), 404, notFound)
      assertProblem(await harness.send({ target: '/items/7/' }), 404, notFound)
    },
  },
  {
    id: 'http/route-matches-whole-segments',
    clauses: ['R5', 'R10'],
    bugs: [50],
    async run(harness) {
      assertProblem(await harness.send({ target: '/itemsfoo/7' }), 404, notFound)
      assertProblem(await harness.send({ target: '/prefix/items/7' }), 404, notFound)
    },
  },
  {
    id: 'http/unknown-path-is-a-404-problem',
    clauses: ['R10'],
    async run(harness) {
      for (const target of ['/nowhere', '/nowhere/at/all', '/favicon.ico', '/robots.txt', '/index.html']) {
        assertProblem(await harness.send({ target }), 404, notFound)
      }
      assertProblem(await harness.send({ method: 'POST', target: '/nowhere', body: 'x' }), 404, notFound)
    },
  },
  {
    id: 'http/wrong-method-is-a-405-problem-with-allow',
    clauses: ['R10'],
    async run(harness) {
      const response = await harness.send({ method: 'PATCH', target: '/items/7', body: 'x' })
      assertProblem(response, 405, notAllowed)
      assert.deepEqual(values(response, 'allow'), ['DELETE, GET, HEAD, POST, PUT'])
    },
  },
  {
    id: 'http/options-is-a-method-like-others',
    clauses: ['R10'],
    async run(harness) {
      const headers: [string, string][] = [
        ['Origin', 'https://example.com'],
        ['Access-Control-Request-Method', 'PUT'],
      ]
      const response = await harness.send({ method: 'OPTIONS', target: '/items/7', headers })
      assertProblem(response, 405, notAllowed)
      assert.deepEqual(values(response, 'allow'), ['DELETE, GET, HEAD, POST, PUT'])
    },
  },
  {
    id: 'http/wrong-method-of-a-post-route-does-not-allow-get',
    clauses: ['R10'],
    async run(harness) {
      const response = await harness.send({ target: '/post-only' })
      assertProblem(response, 405, notAllowed)
      assert.deepEqual(values(response, 'allow'), ['POST'])
    },
  },
  {
    id: 'http/methods-of-one-path-may-be-several-functions',
    clauses: ['R10'],
    async run(harness) {
      assert.equal((await route(harness, '/items/7')).function, 'get-item')
      assert.equal((await route(harness, '/items/7', 'PUT')).function, 'put-item')
      assert.equal((await route(harness, '/items/7', 'DELETE')).function, 'change-item')
    },
  },
  {
    id: 'http/head-without-a-route-of-its-own-reaches-get',
    clauses: ['R10', 'S6'],
    async run(harness) {
      const response = await harness.send({ method: 'HEAD', target: '/items/7' })
      assert.equal(response.status, 200)
      assert.deepEqual(values(response, 'content-type'), ['application/json'])
      assert.equal(response.body.length, 0)
    },
  },
  {
    id: 'http/head-with-a-route-of-its-own-reaches-that',
    clauses: ['R10'],
    async run(harness) {
      assert.deepEqual(values(await harness.send({ method: 'HEAD', target: '/own-head' }), 'x-function'), ['head'])
      assert.deepEqual(values(await harness.send({ target: '/own-head' }), 'x-function'), ['get-beside-head'])
    },
  },
  {
    id: 'http/head-of-an-unknown-path-has-no-body',
    clauses: ['R10', 'S6'],
    async run(harness) {
      const missing = await harness.send({ method: 'HEAD', target: '/nowhere' })
      assert.deepEqual([missing.status, missing.body.length], [404, 0])
      const wrong = await harness.send({ method: 'HEAD', target: '/post-only' })
      assert.deepEqual([wrong.status, wrong.body.length], [405, 0])
      assert.deepEqual(values(wrong, 'allow'), ['POST'])
    },
  },
]
