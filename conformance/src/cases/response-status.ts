import { strict as assert } from 'node:assert'

import type { HttpCase } from '../types.ts'
import { assertHeader, assertProblem, internalServerError, respond, text, values } from './assert.ts'

/** S1, S5 and S6: statuses, and the answers that have no body. */
export const responseStatusCases: readonly HttpCase[] = [
  {
    id: 'http/status-of-success-reaches-the-client',
    clauses: ['S1'],
    async run(harness) {
      for (const status of [200, 201, 202, 203, 206, 207, 226, 299]) {
        const response = await respond(harness, { status, headers: [['content-type', 'text/plain']], body: 'body' })
        assert.deepEqual([response.status, text(response)], [status, 'body'])
      }
    },
  },
  {
    id: 'http/status-of-redirection-reaches-the-client',
    clauses: ['S1'],
    async run(harness) {
      for (const status of [300, 301, 302, 303, 307, 308, 399]) {
        const headers: [string, string][] = [
          ['location', '/elsewhere?a=1'],
          ['content-type', 'text/plain'],
        ]
        const response = await respond(harness, { status, headers, body: 'body' })
        assert.deepEqual([response.status, text(response)], [status, 'body'])
        assertHeader(response, 'location', '/elsewhere?a=1')
      }
    },
  },
  {
    id: 'http/status-of-error-keeps-its-body',
    clauses: ['S1'],
    async run(harness) {
      for (const status of [400, 402, 403, 404, 409, 410, 418, 422, 429, 451, 499, 500, 501, 502, 503, 504, 511, 599]) {
        const response = await respond(harness, {
          status,
          headers: [['content-type', 'text/html']],
          body: '<p>mine</p>',
        })
        assert.deepEqual([response.status, text(response)], [status, '<p>mine</p>'])
        assertHeader(response, 'content-type', 'text/html')
      }
    },
  },
  {
    id: 'http/status-without-a-body-has-none',
    clauses: ['S5', 'S7'],
    bugs: [107],
    async run(harness) {
      for (const status of [204, 205, 304]) {
        const response = await respond(harness, { status, headers: [['x-kept', 'yes']] })
        assert.deepEqual([response.status, response.body.length, response.complete], [status, 0, true])
        assertHeader(response, 'x-kept', 'yes')
        // RFC 9110, section 8.6: none in a 204; that of a 304 would be the length of another answer.
        assert.deepEqual(
          values(response, 'content-length').filter((length) => status !== 205 || length !== '0'),
          [],
        )
      }
    },
  },
  {
    id: 'http/not-modified-keeps-its-validators',
    clauses: ['S5', 'S10'],
    async run(harness) {
      const headers: [string, string][] = [
        ['etag', 'W/"abc"'],
        ['last-modified', 'Wed, 21 Oct 2026 07:28:00 GMT'],
        ['cache-control', 'max-age=60, must-revalidate'],
      ]
      const response = await respond(harness, { status: 304, headers })
      assert.equal(response.status, 304)
      for (const [name, value] of headers) assertHeader(response, name, value)
    },
  },
  {
    id: 'http/body-with-a-status-that-has-none-is-a-type-error',
    clauses: ['S5', 'S8'],
    bugs: [107],
    async run(harness) {
      assertProblem(await harness.send({ target: '/fail/null-body-status' }), 500, internalServerError)
    },
  },
  {
    id: 'http/status-out-of-range-is-a-500',
    clauses: ['S1', 'S8'],
    async run(harness) {
      assertProblem(await harness.send({ target: '/fail/status-99' }), 500, internalServerError)
    },
  },
  {
    id: 'http/foreign-response-with-a-status-that-has-no-body-is-sent-without',
    clauses: ['S5', 'S12'],
    bugs: [107],
    async run(harness) {
      for (const [what, status] of [
        ['no-content', 204],
        ['reset-content', 205],
      ] as const) {
        const response = await harness.send({ target: `/foreign/${what}` })
        assert.deepEqual([response.status, response.body.length, response.complete], [status, 0, true])
        assertHeader(response, 'x-kind', 'foreign')
      }
    },
  },
  {
    id: 'http/foreign-response-with-304-has-no-content-length',
    clauses: ['S5', 'S7'],
    async run(harness) {
      const response = await harness.send({ target: '/foreign/not-modified' })
      assert.deepEqual([response.status, response.body.length, response.complete], [304, 0, true])
      assertHeader(response, 'etag', '"v1"')
      assert.deepEqual(values(response, 'content-length'), [])
    },
  },
  {
    id: 'http/head-has-the-headers-of-get',
    clauses: ['S6'],
    bugs: [109],
    async run(harness) {
      const headers: [string, string][] = [
        ['content-type', 'text/css; charset=utf-8'],
        ['etag', '"abc"'],
        ['x-own', 'value'],
        ['cache-control', 'no-store'],
      ]
      const response = await respond(harness, { headers, body: 'body { color: red }' }, { method: 'HEAD' })
      assert.deepEqual([response.status, response.body.length, response.complete], [200, 0, true])
      for (const [name, value] of headers) assertHeader(response, name, value)
    },
  },
  {
    id: 'http/head-keeps-the-content-length-of-the-handler',
    clauses: ['S6'],
    bugs: [110],
    needs: {
      'http.headContentLength': async (harness) => {
        const response = await harness.send({ method: 'HEAD', target: '/pumped' })
        assert.deepEqual([response.status, response.body.length], [200, 0])
        assert.ok(['', '0'].includes(values(response, 'content-length').join()), 'neither absent nor 0')
      },
    },
    async run(harness) {
      const response = await harness.send({ method: 'HEAD', target: '/pumped' })
      assert.deepEqual([response.status, response.body.length], [200, 0])
      assertHeader(response, 'content-length', '15')
    },
  },
  {
    id: 'http/head-cancels-the-body-and-does-not-pump-it',
    clauses: ['S6'],
    bugs: [109],
    async run(harness) {
      const response = await harness.send({ method: 'HEAD', target: '/pumped' })
      const [id = ''] = values(response, 'x-invocation')
      const messages = (await harness.logs(id)).map(({ fields }) => fields?.['message'])
      assert.deepEqual(messages, ['the stream was cancelled'])
    },
  },
  {
    id: 'http/head-of-an-endless-stream-ends',
    clauses: ['S6'],
    bugs: [109],
    async run(harness) {
      const response = await harness.send({ method: 'HEAD', target: '/stream/endless' })
      assert.deepEqual([response.status, response.body.length, response.complete], [200, 0, true])
    },
  },
  {
    id: 'http/head-of-a-failure-has-no-body',
    clauses: ['S6', 'S8'],
    async run(harness) {
      const response = await harness.send({ method: 'HEAD', target: '/fail/error' })
      assert.deepEqual([response.status, response.body.length, response.complete], [500, 0, true])
      assertHeader(response, 'content-type', 'application/problem+json')
    },
  },
]
