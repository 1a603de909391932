import { strict as assert } from 'node:assert'

import type { HttpCase } from '../types.ts'
import { assertProblem, assertRefused, json, seen, values } from './assert.ts'

/** R1: the method that a handler sees. */
export const requestMethodCases: readonly HttpCase[] = [
  {
    id: 'http/method-arrives',
    clauses: ['R1'],
    async run(harness) {
      for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
        const answer = await seen(harness, { method, target: '/echo/method' })
        assert.equal(answer.method, method)
      }
    },
  },
  {
    id: 'http/method-outside-the-standard-arrives',
    clauses: ['R1'],
    needs: {
      'http.anyMethod': async (harness) =>
        assertRefused(await harness.send({ method: 'PROPFIND', target: '/echo/method' })),
    },
    async run(harness) {
      const answer = await seen(harness, { method: 'PROPFIND', target: '/echo/method' })
      assert.equal(answer.method, 'PROPFIND')
    },
  },
  {
    id: 'http/method-outside-the-standard-is-routed',
    clauses: ['R1', 'R10'],
    needs: {
      'http.anyMethod': async (harness) => assertRefused(await harness.send({ method: 'PURGE', target: '/cache/key' })),
    },
    async run(harness) {
      const answer = await json(harness, { method: 'PURGE', target: '/cache/key' })
      assert.deepEqual(answer, { function: 'purge', params: { key: 'key' } })
    },
  },
  {
    id: 'http/method-of-head-is-head-although-get-answers',
    clauses: ['R1', 'R10'],
    async run(harness) {
      assert.deepEqual(values(await harness.send({ method: 'HEAD', target: '/pumped' }), 'x-method'), ['HEAD'])
      assert.deepEqual(values(await harness.send({ target: '/pumped' }), 'x-method'), ['GET'])
    },
  },
  {
    id: 'http/method-override-header-is-not-read',
    clauses: ['R1'],
    async run(harness) {
      const answer = await seen(harness, {
        method: 'POST',
        target: '/echo/method',
        headers: [['X-HTTP-Method-Override', 'DELETE']],
      })
      assert.equal(answer.method, 'POST')
    },
  },
  {
    id: 'http/trace-is-not-allowed',
    clauses: ['R1'],
    async run(harness) {
      const response = await harness.send({ method: 'TRACE', target: '/items/7', headers: [['X-Secret', 'reflected']] })
      assert.equal(response.status, 405)
      assert.ok(!Buffer.from(response.body).includes('reflected'))
    },
  },
  {
    id: 'http/connect-does-not-open-a-tunnel',
    clauses: ['R1'],
    async run(harness) {
      const response = await harness.send({ method: 'CONNECT', target: 'internal.example:443' })
      assert.equal(response.status, 405)
    },
  },
  {
    id: 'http/post-that-is-not-routed-names-what-is',
    clauses: ['R10'],
    async run(harness) {
      const response = await harness.send({ method: 'POST', target: '/own-head' })
      assertProblem(response, 405, '{"type":"about:blank","title":"Method Not Allowed","status":405,"instance":"<id>"}')
      assert.deepEqual(values(response, 'allow'), ['GET, HEAD'])
    },
  },
]
