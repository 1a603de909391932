import { strict as assert } from 'node:assert'

import type { HttpCase, Harness, RawResponse } from '../types.ts'
import { ascii, assertHeader, bytes, everyByte, hex, respond, text, values, type Wanted } from './assert.ts'

/** Sends bytes under a type and asserts that the client has the same bytes, and the type. */
async function assertBytes(harness: Harness, type: string, expected: Uint8Array, as?: Wanted['as']): Promise<void> {
  const headers: [string, string][] = [['content-type', type]]
  const response = await respond(harness, { headers, body: { hex: hex(expected) }, ...(as && { as }) })
  assert.deepEqual([response.status, hex(response.body)], [200, hex(expected)], type)
  assert.ok(response.complete)
  assertHeader(response, 'content-type', type)
}

/** Has the handler return what it fetched from this front door, which answers the handler as wanted. */
function fetched(harness: Harness, wanted: Wanted): Promise<RawResponse> {
  const headers: [string, string][] = [
    ['x-fetch', `${harness.address}/respond`],
    ['x-respond', ascii(wanted)],
  ]
  return harness.send({ target: '/returned/fetched', headers })
}

/** Bytes of an encoding that no handler decodes: nobody is to look inside. */
const encoded = '28b52ffd2418c1000000ff0080c3e2'

/** 'compressed text', as `gzip -n` makes it. */
const gzipOfCompressedText = '1f8b08000000000000034bcecf2d284a2d2e4e4d512849ad280100c218d8d80f000000'

/** S4, S12 and S13: the bytes of a body. */
export const responseBodyCases: readonly HttpCase[] = [
  {
    id: 'http/response-bytes-are-exact-under-every-type',
    clauses: ['S4'],
    bugs: [97, 100, 101, 104],
    async run(harness) {
      for (const type of [
        'application/octet-stream',
        'image/png',
        'image/svg+xml',
        'application/pdf',
        'application/zip',
        'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
        'font/woff2',
        'application/json',
        'text/plain',
        'text/html; charset=utf-8',
        'application/x-unknown',
      ]) {
        await assertBytes(harness, type, everyByte)
      }
    },
  },
  {
    id: 'http/response-bytes-do-not-depend-on-accept',
    clauses: ['S4'],
    bugs: [100],
    async run(harness) {
      for (const accept of ['text/html', 'application/json', 'image/png', '*/*']) {
        const wanted = {
          headers: [['content-type', 'image/png']] satisfies [string, string][],
          body: { hex: hex(everyByte) },
        }
        const response = await respond(harness, wanted, { headers: [['Accept', accept]] })
        assert.equal(hex(response.body), hex(everyByte), accept)
      }
    },
  },
  {
    id: 'http/response-text-is-exact',
    clauses: ['S4'],
    async run(harness) {
      for (const sample of [
        'grüße 漢字 🦆',
        '\ufeffwith a byte order mark',
        '\0\0\0\0\0\0\0\0after eight zeros',
        'a\r\nb\nc\r',
        '%00+%2B',
      ]) {
        await assertBytes(harness, 'text/plain;charset=UTF-8', Buffer.from(sample))
      }
    },
  },
  {
    id: 'http/response-bytes-that-are-nearly-text-are-exact',
    clauses: ['S4'],
    bugs: [97],
    async run(harness) {
      // A lone continuation byte, a cut sequence, a surrogate, an overlong slash, a byte order mark of UTF-16.
      for (const sample of ['80', '61e282', 'eda080', 'c0af', 'fffe6100', '6100ff']) {
        await assertBytes(harness, 'text/plain', bytes(sample))
      }
    },
  },
  {
    id: 'http/response-json-is-not-taken-for-an-answer-of-the-platform',
    clauses: ['S4'],
    async run(harness) {
      const body = '{"statusCode":418,"headers":{"x-evil":"1"},"cookies":["a=1"],"body":"x","isBase64Encoded":true}'
      await assertBytes(harness, 'application/json', Buffer.from(body))
    },
  },
  {
    id: 'http/response-window-of-a-buffer-sends-the-window',
    clauses: ['S4'],
    bugs: [92],
    async run(harness) {
      await assertBytes(harness, 'application/octet-stream', Buffer.from('the window'), 'view')
    },
  },
  {
    id: 'http/response-blob-is-sent',
    clauses: ['S4'],
    async run(harness) {
      await assertBytes(harness, 'application/x-own', everyByte, 'blob')
    },
  },
  {
    id: 'http/response-of-an-empty-text-keeps-its-type',
    clauses: ['S4', 'S14'],
    bugs: [117],
    async run(harness) {
      const response = await respond(harness, { headers: [['content-type', 'text/csv']], body: '' })
      assert.deepEqual([response.status, response.body.length, response.complete], [200, 0, true])
      assertHeader(response, 'content-type', 'text/csv')
      assert.ok(['', '0'].includes(values(response, 'content-length').join()))
    },
  },
  {
    id: 'http/response-without-a-body-is-empty',
    clauses: ['S4'],
    bugs: [117],
    async run(harness) {
      const response = await respond(harness, { status: 200, headers: [['x-own', 'kept']] })
      assert.deepEqual([response.status, response.body.length, response.complete], [200, 0, true])
      assertHeader(response, 'x-own', 'kept')
    },
  },
  {
    id: 'http/response-of-many-parts-is-exact',
    clauses: ['S4', 'S9'],
    bugs: [131],
    async run(harness) {
      const response = await harness.send({ target: '/stream/large' })
      assert.equal(response.status, 200)
      const expected = Uint8Array.from({ length: 32 * 16_384 }, (_, index) => Math.floor(index / 16_384))
      assert.ok(Buffer.from(response.body).equals(expected), `${response.body.length} bytes`)
    },
  },
  {
    id: 'http/response-that-is-encoded-is-not-encoded-again',
    clauses: ['S13'],
    bugs: [99],
    async run(harness) {
      for (const accept of ['', 'gzip', 'gzip, deflate, br, zstd']) {
        const headers: [string, string][] = [
          ['content-type', 'text/plain'],
          ['content-encoding', 'gzip'],
        ]
        const wanted = { headers, body: { hex: gzipOfCompressedText } }
        const response = await respond(harness, wanted, { headers: accept === '' ? [] : [['Accept-Encoding', accept]] })
        assert.equal(hex(response.body), gzipOfCompressedText, accept)
        assertHeader(response, 'content-encoding', 'gzip')
      }
    },
  },
  {
    id: 'http/response-of-any-encoding-is-bytes',
    clauses: ['S13', 'S4'],
    bugs: [99],
    async run(harness) {
      for (const coding of ['zstd', 'br', 'deflate', 'gzip, br']) {
        const headers: [string, string][] = [
          ['content-type', 'application/json'],
          ['content-encoding', coding],
        ]
        const response = await respond(harness, { headers, body: { hex: encoded } })
        assert.equal(hex(response.body), encoded, coding)
        assertHeader(response, 'content-encoding', coding)
      }
    },
  },
  {
    id: 'http/response-of-fetch-can-be-returned',
    clauses: ['S12'],
    async run(harness) {
      const response = await harness.send({ target: '/returned/data-url' })
      assert.deepEqual([response.status, text(response)], [200, 'from a data url'])
      assertHeader(response, 'content-type', 'text/plain;charset=utf-8')
    },
  },
  {
    id: 'http/response-of-another-server-can-be-returned',
    clauses: ['S12'],
    async run(harness) {
      const headers: [string, string][] = [
        ['content-type', 'text/css'],
        ['x-own', 'kept, as it is'],
        ['set-cookie', 'id=1; Expires=Wed, 21 Oct 2026 07:28:00 GMT'],
      ]
      const response = await fetched(harness, { status: 203, headers, body: 'body { color: red }' })
      assert.deepEqual([response.status, text(response), response.complete], [203, 'body { color: red }', true])
      for (const [name, value] of headers) assertHeader(response, name, value)
    },
  },
  {
    id: 'http/response-of-another-server-that-is-encoded-can-be-read',
    clauses: ['S13', 'S7'],
    async run(harness) {
      const headers: [string, string][] = [
        ['content-type', 'text/plain'],
        ['content-encoding', 'gzip'],
      ]
      const response = await fetched(harness, { headers, body: { hex: gzipOfCompressedText } })
      assert.deepEqual([response.status, response.complete], [200, true])
      // Some platforms pass the encoded bytes on, some have decoded them; what must not be is bytes of the one kind under
      // the headers of the other.
      const encodings = values(response, 'content-encoding')
      if (encodings.length === 0) return assert.equal(text(response), 'compressed text')
      assert.deepEqual(encodings, ['gzip'])
      const decoded = new Blob([new Uint8Array(response.body)]).stream().pipeThrough(new DecompressionStream('gzip'))
      assert.equal(await new Response(decoded).text(), 'compressed text')
    },
  },
  {
    id: 'http/response-of-another-server-without-a-body-can-be-returned',
    clauses: ['S12', 'S5'],
    async run(harness) {
      const redirect = await fetched(harness, { status: 302, headers: [['location', '/elsewhere']] })
      assert.deepEqual([redirect.status, redirect.body.length, values(redirect, 'location')], [302, 0, ['/elsewhere']])
      const nothing = await fetched(harness, { status: 204, headers: [['x-own', 'kept']] })
      assert.deepEqual([nothing.status, nothing.body.length, values(nothing, 'x-own')], [204, 0, ['kept']])
    },
  },
  {
    id: 'http/response-redirect-can-be-returned',
    clauses: ['S12', 'S10'],
    bugs: [122],
    async run(harness) {
      const response = await harness.send({ target: '/returned/redirect' })
      assert.deepEqual([response.status, response.body.length], [307, 0])
      assertHeader(response, 'location', 'https://example.com/elsewhere?a=1')
    },
  },
  {
    id: 'http/response-made-in-other-ways-can-be-returned',
    clauses: ['S12'],
    async run(harness) {
      const clone = await harness.send({ target: '/returned/clone' })
      assert.deepEqual([clone.status, text(clone), values(clone, 'x-kind')], [200, 'kept', ['clone']])
      const copy = await harness.send({ target: '/returned/copy' })
      assert.deepEqual([copy.status, text(copy), values(copy, 'x-kind')], [201, 'copied', ['copy']])
      const page = await harness.send({ target: '/returned/subclass' })
      assert.deepEqual([page.status, text(page), values(page, 'content-type')], [200, '<p>a page</p>', ['text/html']])
      const json = await harness.send({ target: '/returned/json' })
      assert.deepEqual(
        [json.status, text(json), values(json, 'content-type')],
        [200, '{"kind":"json"}', ['application/json']],
      )
    },
  },
  {
    id: 'http/foreign-response-can-be-returned',
    clauses: ['S12'],
    async run(harness) {
      const response = await harness.send({ target: '/foreign/plain' })
      assert.deepEqual([response.status, text(response)], [201, 'foreign body'])
      assertHeader(response, 'content-type', 'text/plain')
    },
  },
  {
    id: 'http/header-value-is-a-string-on-the-wire',
    clauses: ['S12'],
    async run(harness) {
      const response = await harness.send({ target: '/foreign/number-header' })
      assert.deepEqual([response.status, text(response)], [201, 'foreign body'])
      assertHeader(response, 'x-count', '42')
    },
  },
]
