import { strict as assert } from 'node:assert'

import type { HttpCase } from '../types.ts'
import { assertHeader, assertProblem, internalServerError, logged, member } from './assert.ts'

/** S8: what the client gets of a failure, and what the log. */
export const errorCases: readonly HttpCase[] = [
  {
    id: 'http/handler-that-throws-is-a-500-problem',
    clauses: ['S8'],
    bugs: [120],
    async run(harness) {
      assertProblem(await harness.send({ target: '/fail/error' }), 500, internalServerError)
      assertProblem(await harness.send({ target: '/fail-at-once' }), 500, internalServerError)
    },
  },
  {
    id: 'http/handler-that-rejects-is-a-500-problem',
    clauses: ['S8'],
    bugs: [120],
    async run(harness) {
      assertProblem(await harness.send({ target: '/fail/reject' }), 500, internalServerError)
    },
  },
  {
    id: 'http/handler-that-throws-no-error-is-a-500-problem',
    clauses: ['S8'],
    bugs: [121],
    async run(harness) {
      for (const how of ['string', 'undefined', 'response', 'circular']) {
        assertProblem(await harness.send({ target: `/fail/${how}` }), 500, internalServerError)
      }
    },
  },
  {
    id: 'http/handler-that-returns-no-response-is-a-500-problem',
    clauses: ['S8'],
    async run(harness) {
      for (const what of ['undefined', 'null', 'string', 'object']) {
        assertProblem(await harness.send({ target: `/wrong/${what}` }), 500, internalServerError)
      }
    },
  },
  {
    id: 'http/handler-that-returns-a-used-response-is-a-500-problem',
    clauses: ['S8'],
    async run(harness) {
      assertProblem(await harness.send({ target: '/wrong/used' }), 500, internalServerError)
      assertProblem(await harness.send({ target: '/wrong/error' }), 500, internalServerError)
    },
  },
  {
    id: 'http/failure-tells-the-client-nothing',
    clauses: ['S8'],
    async run(harness) {
      for (const target of ['/fail/error', '/fail/reject', '/fail/string', '/fail/circular', '/fail-at-once']) {
        const response = await harness.send({ target })
        const all = `${response.headers.flat().join('\n')}\n${Buffer.from(response.body).toString()}`
        assert.doesNotMatch(all, /secret|cause|fail\.ts|at .*:\d+:\d+/)
      }
    },
  },
  {
    id: 'http/failure-is-logged-with-its-stack',
    clauses: ['S8', 'C5'],
    async run(harness) {
      const id = assertProblem(await harness.send({ target: '/fail/error' }), 500, internalServerError)
      const { fields } = await logged(harness, id, 'The handler failed.')
      assert.equal(member(fields, 'level'), 'ERROR')
      assert.equal(member(fields, 'function'), 'fail')
      assert.equal(member(fields, 'fields', 'error', 'message'), 'secret of the handler')
      assert.match(String(member(fields, 'fields', 'error', 'stack')), /secret of the handler\n\s+at /)
    },
  },
  {
    id: 'http/failure-is-marked-for-a-metric',
    clauses: ['S8'],
    async run(harness) {
      const id = assertProblem(await harness.send({ target: '/fail/reject' }), 500, internalServerError)
      const { fields } = await logged(harness, id, 'The handler failed.')
      assert.equal(member(fields, 'fault'), 'handler')
      assert.equal(member(fields, 'fields', 'error', 'name'), 'TypeError')
      assert.equal(member(fields, 'fields', 'error', 'cause', 'message'), 'its cause')
    },
  },
  {
    id: 'http/failure-that-is-no-error-is-logged-as-it-is',
    clauses: ['S8'],
    bugs: [121],
    async run(harness) {
      const id = assertProblem(await harness.send({ target: '/fail/string' }), 500, internalServerError)
      const { fields } = await logged(harness, id, 'The handler failed.')
      assert.equal(member(fields, 'fields', 'error'), 'secret that is a string')
    },
  },
  {
    id: 'http/failure-leaves-the-next-request-alone',
    clauses: ['S8', 'C4'],
    bugs: [120],
    async run(harness) {
      for (const target of ['/fail/error', '/fail/reject', '/wrong/undefined', '/stream/fails-at-once']) {
        await harness.send({ target })
        const next = await harness.send({ target: '/echo/next' })
        assert.equal(next.status, 200, `after ${target}`)
      }
    },
  },
  {
    id: 'http/http-error-is-its-status-and-detail',
    clauses: ['S8'],
    async run(harness) {
      assertProblem(
        await harness.send({ target: '/fail/http-error' }),
        409,
        '{"type":"about:blank","title":"Conflict","status":409,"detail":"The order was already shipped.","instance":"<id>"}',
      )
    },
  },
  {
    id: 'http/http-error-without-detail-is-its-status',
    clauses: ['S8'],
    async run(harness) {
      assertProblem(
        await harness.send({ target: '/fail/http-error-bare' }),
        403,
        '{"type":"about:blank","title":"Forbidden","status":403,"instance":"<id>"}',
      )
    },
  },
  {
    id: 'http/http-error-may-have-headers',
    clauses: ['S8'],
    async run(harness) {
      const response = await harness.send({ target: '/fail/http-error-headers' })
      assertProblem(
        response,
        503,
        '{"type":"about:blank","title":"Service Unavailable","status":503,"detail":"Come back later.","instance":"<id>"}',
      )
      assertHeader(response, 'retry-after', '30')
    },
  },
  {
    id: 'http/http-error-of-another-copy-of-the-package-is-one',
    clauses: ['S8'],
    bugs: [161],
    async run(harness) {
      assertProblem(
        await harness.send({ target: '/fail-as-a-copy' }),
        410,
        '{"type":"about:blank","title":"Gone","status":410,"detail":"It was removed.","instance":"<id>"}',
      )
    },
  },
  {
    id: 'http/http-error-of-the-server-is-logged-with-its-cause',
    clauses: ['S8'],
    async run(harness) {
      const response = await harness.send({ target: '/fail/http-error-cause' })
      const id = assertProblem(
        response,
        502,
        '{"type":"about:blank","title":"Bad Gateway","status":502,"detail":"The warehouse did not answer.","instance":"<id>"}',
      )
      const { fields } = await logged(harness, id, 'The handler failed.')
      assert.equal(member(fields, 'fields', 'error', 'cause', 'message'), 'connect ECONNREFUSED')
    },
  },
]
