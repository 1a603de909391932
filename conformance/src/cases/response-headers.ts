import { strict as assert } from 'node:assert'

import type { HttpCase, Harness, RawResponse } from '../types.ts'
import { assertHeader, hex, respond, text, values } from './assert.ts'

/** S3, S7 and S14: headers other than cookies. */
export const responseHeaderCases: readonly HttpCase[] = [
  {
    id: 'http/response-header-is-not-split-at-a-comma',
    clauses: ['S3'],
    bugs: [111],
    async run(harness) {
      const headers: [string, string][] = [
        ['last-modified', 'Wed, 21 Oct 2026 07:28:00 GMT'],
        ['expires', 'Thu, 22 Oct 2026 07:28:00 GMT'],
        ['retry-after', 'Fri, 23 Oct 2026 07:28:00 GMT'],
        ['cache-control', 'public, max-age=60, stale-while-revalidate=30'],
        ['link', '</a,b>; rel="next, last", <https://example.com/?x=1,2>; rel=up'],
        ['access-control-allow-methods', 'GET,POST, PUT'],
        ['x-quoted', '"a, b", c'],
      ]
      const response = await respond(harness, { headers, body: 'body' })
      for (const [name, value] of headers) assertHeader(response, name, value)
    },
  },
  {
    id: 'http/response-header-of-several-values-keeps-them-in-order',
    clauses: ['S3'],
    bugs: [20, 119],
    async run(harness) {
      const headers: [string, string][] = [
        ['vary', 'accept'],
        ['vary', 'origin'],
        ['x-list', 'a'],
        ['x-list', 'b, c'],
        ['x-list', 'a'],
      ]
      const response = await respond(harness, { headers, body: 'body' })
      assert.equal(values(response, 'vary').join(', '), 'accept, origin')
      assert.equal(values(response, 'x-list').join(', '), 'a, b, c, a')
    },
  },
  {
    id: 'http/response-header-is-sent-once',
    clauses: ['S3'],
    bugs: [115, 119],
    async run(harness) {
      const headers: [string, string][] = [
        ['Content-Type', 'text/plain'],
        ['ETag', '"1"'],
        ['Access-Control-Allow-Origin', '*'],
        ['Vary', 'origin'],
      ]
      const response = await respond(harness, { headers, body: 'body' })
      for (const [name, value] of headers) assertHeader(response, name.toLowerCase(), value)
    },
  },
  {
    id: 'http/response-headers-are-all-there',
    clauses: ['S3'],
    bugs: [114],
    async run(harness) {
      const headers = Array.from({ length: 40 }, (_, index): [string, string] => [`x-many-${index}`, `value ${index}`])
      const response = await respond(harness, { headers, body: 'body' })
      for (const [name, value] of headers) assertHeader(response, name, value)
    },
  },
  {
    id: 'http/response-header-of-thousands-of-characters-is-whole',
    clauses: ['S3'],
    async run(harness) {
      const value = 'abcdefghij'.repeat(300)
      assertHeader(await respond(harness, { headers: [['x-long', value]], body: 'body' }), 'x-long', value)
    },
  },
  {
    id: 'http/response-header-names-of-object-members-are-names',
    clauses: ['S3'],
    async run(harness) {
      const response = await respond(harness, {
        headers: [
          ['constructor', 'a'],
          ['tostring', 'b'],
        ],
        body: 'body',
      })
      assertHeader(response, 'constructor', 'a')
      assertHeader(response, 'tostring', 'b')
    },
  },
  {
    id: 'http/response-header-may-be-latin-1',
    clauses: ['S3'],
    bugs: [69],
    async run(harness) {
      const response = await respond(harness, {
        headers: [
          ['x-name', 'caf\xe9'],
          ['x-after', 'ok'],
        ],
        body: 'body',
      })
      assert.deepEqual([response.status, text(response)], [200, 'body'])
      assert.match(values(response, 'x-name').join(), /^caf(?:\xe9|\xc3\xa9)$/)
      assertHeader(response, 'x-after', 'ok')
    },
  },
  {
    id: 'http/response-location-stays-relative',
    clauses: ['S3', 'R2'],
    bugs: [60],
    async run(harness) {
      const headers: [string, string][] = [['location', '../up?a=b#c']]
      const forged: [string, string][] = [['X-Forwarded-Host', 'evil.example']]
      const response = await respond(harness, { status: 302, headers }, { headers: forged })
      assertHeader(response, 'location', '../up?a=b#c')
    },
  },
  {
    id: 'http/content-length-that-is-wrong-is-corrected',
    clauses: ['S7'],
    bugs: [72, 84, 92],
    async run(harness) {
      for (const length of ['3', '100', '0', 'abc', '-1']) {
        const headers: [string, string][] = [
          ['content-type', 'text/plain'],
          ['content-length', length],
        ]
        const response = await respond(harness, { headers, body: 'twelve bytes' })
        assert.deepEqual([response.status, text(response), response.complete], [200, 'twelve bytes', true], length)
        assert.ok(['', '12'].includes(values(response, 'content-length').join()), `sent for ${length}`)
      }
    },
  },
  {
    id: 'http/content-length-counts-bytes-and-not-characters',
    clauses: ['S7', 'S4'],
    async run(harness) {
      const response = await respond(harness, { headers: [['content-type', 'text/plain']], body: 'grüße 🦆' })
      assert.equal(text(response), 'grüße 🦆')
      assert.ok(['', '12'].includes(values(response, 'content-length').join()))
    },
  },
  {
    id: 'http/hop-by-hop-headers-of-the-handler-are-stripped',
    clauses: ['S7'],
    bugs: [76, 106],
    async run(harness) {
      const headers: [string, string][] = [
        ['content-type', 'text/plain'],
        ['transfer-encoding', 'chunked'],
        ['connection', 'x-marker'],
        ['keep-alive', 'timeout=4242'],
        ['proxy-connection', 'x-marker'],
        ['te', 'x-marker'],
        ['trailer', 'x-marker'],
        ['upgrade', 'x-marker'],
      ]
      const response = await respond(harness, { headers, body: 'twelve bytes' })
      assert.deepEqual([response.status, text(response), response.complete], [200, 'twelve bytes', true])
      assert.deepEqual(
        response.headers.filter(([, value]) => value.includes('x-marker') || value.includes('4242')),
        [],
      )
    },
  },
  {
    id: 'http/body-without-a-content-type-is-octets',
    clauses: ['S14'],
    async run(harness) {
      assertHeader(await respond(harness, { body: { hex: '68690a' } }), 'content-type', 'application/octet-stream')
      assertHeader(await respond(harness, { body: { hex: 'ff00' } }), 'content-type', 'application/octet-stream')
      const stream = await respond(harness, { body: { hex: '7b7d' }, as: 'stream' })
      assertHeader(stream, 'content-type', 'application/octet-stream')
    },
  },
  {
    id: 'http/body-of-text-has-the-content-type-of-fetch',
    clauses: ['S14'],
    async run(harness) {
      assertHeader(await respond(harness, { body: 'text' }), 'content-type', 'text/plain;charset=UTF-8')
      const form = await respond(harness, { body: 'a=1&b=2', as: 'form-fields' })
      assertHeader(form, 'content-type', 'application/x-www-form-urlencoded;charset=UTF-8')
      assert.equal(text(form), 'a=1&b=2')
    },
  },
  {
    id: 'http/content-type-is-not-rewritten',
    clauses: ['S14', 'S4'],
    async run(harness) {
      for (const type of [
        'text/html; charset=iso-8859-1',
        'Application/JSON',
        'text/plain',
        'multipart/mixed; boundary="a b"',
      ]) {
        const response = await respond(harness, { headers: [['content-type', type]], body: { hex: 'e9' } })
        assertHeader(response, 'content-type', type)
        assert.equal(hex(response.body), 'e9')
      }
    },
  },
  ownHeaderCase('http/authenticate-header-reaches-the-client', 'http.authenticateHeader', [
    ['www-authenticate', 'Basic realm="shop", charset="UTF-8"'],
  ]),
  ownHeaderCase('http/date-and-server-of-the-handler-reach-the-client', 'http.serverHeaders', [
    ['date', 'Wed, 21 Oct 2026 07:28:00 GMT'],
    ['server', 'own/1.0'],
  ]),
]

/** Where a door renames or overwrites them, none of them arrives as it was given; nothing else is lost. */
function ownHeaderCase(
  id: HttpCase['id'],
  capability: 'http.authenticateHeader' | 'http.serverHeaders',
  headers: [name: string, value: string][],
): HttpCase {
  const answer = async (harness: Harness): Promise<RawResponse> => {
    const response = await respond(harness, { status: 401, headers: [...headers, ['x-other', 'kept']], body: 'body' })
    assert.deepEqual([response.status, text(response)], [401, 'body'])
    assertHeader(response, 'x-other', 'kept')
    return response
  }
  return {
    id,
    clauses: ['S14'],
    needs: {
      [capability]: async (harness: Harness) => {
        const response = await answer(harness)
        for (const [name, value] of headers) assert.ok(!values(response, name).includes(value), name)
      },
    },
    async run(harness) {
      const response = await answer(harness)
      for (const [name, value] of headers) assertHeader(response, name, value)
    },
  }
}
