import { strict as assert } from 'node:assert'

import type { HttpCase, Harness } from '../types.ts'
import { assertRefused, bytes, everyByte, headerSeen, hex, json, rest, seen, type Seen } from './assert.ts'

function post(harness: Harness, type: string, body: Uint8Array | string): Promise<Seen> {
  return seen(harness, { method: 'POST', target: '/echo/body', headers: [['Content-Type', type]], body })
}

/** R7: the body that a handler sees. Parsing it is in `request-body-parsed.ts`. */
export const requestBodyCases: readonly HttpCase[] = [
  {
    id: 'http/body-bytes-arrive',
    clauses: ['R7'],
    bugs: [77, 87, 89],
    async run(harness) {
      const answer = await post(harness, 'application/octet-stream', everyByte)
      assert.equal(answer.body.hex, hex(everyByte))
    },
  },
  {
    id: 'http/body-bytes-arrive-under-a-text-type',
    clauses: ['R7'],
    bugs: [87],
    needs: {
      'http.rawText': async (harness) => {
        const answer = await post(harness, 'text/plain', bytes('61ff62c3'))
        assert.equal(answer.body.hex, '61efbfbd62efbfbd')
      },
    },
    async run(harness) {
      const answer = await post(harness, 'text/plain', bytes('61ff62c3'))
      assert.equal(answer.body.hex, '61ff62c3')
    },
  },
  {
    id: 'http/body-text-arrives-with-its-byte-order-mark',
    clauses: ['R7'],
    async run(harness) {
      const answer = await post(harness, 'text/plain;charset=utf-8', bytes('efbbbf67c3bc0d0a00f09fa686'))
      assert.equal(answer.body.hex, 'efbbbf67c3bc0d0a00f09fa686')
    },
  },
  {
    id: 'http/body-of-every-method-arrives',
    clauses: ['R7'],
    bugs: [81],
    async run(harness) {
      for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
        const headers: [string, string][] = [['Content-Type', 'text/plain']]
        const answer = await seen(harness, { method, target: '/echo/body', headers, body: 'payload' })
        assert.equal(answer.body.hex, hex(Buffer.from('payload')), method)
      }
    },
  },
  {
    id: 'http/no-body-is-null',
    clauses: ['R7'],
    bugs: [80, 82, 85],
    async run(harness) {
      for (const method of ['GET', 'POST', 'DELETE']) {
        const answer = await seen(harness, { method, target: '/echo/body' })
        assert.deepEqual(answer.body, { present: false, hex: '' }, method)
      }
    },
  },
  {
    id: 'http/body-of-zero-bytes-is-empty',
    clauses: ['R7'],
    bugs: [75, 82, 94],
    async run(harness) {
      const answer = await post(harness, 'application/json', '')
      assert.equal(answer.body.hex, '')
      assert.equal(headerSeen(answer, 'content-type'), 'application/json')
    },
  },
  {
    id: 'http/content-length-is-that-of-the-body',
    clauses: ['R7'],
    bugs: [72, 84],
    async run(harness) {
      for (const body of [everyByte, Buffer.from('five5'), Buffer.from('grüße')]) {
        const answer = await post(harness, 'application/octet-stream', body)
        assert.equal(headerSeen(answer, 'content-length') ?? String(body.length), String(body.length))
      }
    },
  },
  {
    id: 'http/body-of-a-get-does-not-fail',
    clauses: ['R7'],
    bugs: [79],
    async run(harness) {
      const answer = await seen(harness, { method: 'GET', target: '/echo/body', body: 'unusual' })
      assert.deepEqual(answer.body, { present: false, hex: '' })
    },
  },
  {
    id: 'http/body-of-a-head-does-not-fail',
    clauses: ['R7', 'S6'],
    bugs: [79],
    async run(harness) {
      const response = await harness.send({ method: 'HEAD', target: '/own-head', body: 'unusual' })
      assert.equal(response.status, 200)
      assert.equal(response.body.length, 0)
    },
  },
  {
    id: 'http/body-of-a-chunked-request-arrives',
    clauses: ['R7'],
    needs: {
      'http.chunkedRequest': async (harness) => assert.equal((await sendChunked(harness)).body.hex, ''),
    },
    async run(harness) {
      const answer = await sendChunked(harness)
      assert.equal(answer.body.hex, hex(Buffer.from('hello world')))
      assert.equal(headerSeen(answer, 'transfer-encoding'), undefined)
    },
  },
  {
    id: 'http/body-of-a-chunked-request-has-no-extensions-and-trailers-in-it',
    clauses: ['R7'],
    needs: {
      'http.chunkedRequest': async (harness) => assert.equal((await sendChunked(harness, extended)).body.hex, ''),
    },
    async run(harness) {
      const answer = await sendChunked(harness, extended)
      assert.equal(answer.body.hex, hex(Buffer.from('hello world')))
      assert.equal(headerSeen(answer, 'x-trailer'), undefined)
    },
  },
  {
    id: 'http/body-that-comes-in-pieces-arrives-whole',
    clauses: ['R7'],
    async run(harness) {
      const exchange = await harness.open({
        method: 'POST',
        target: '/echo/body',
        headers: [
          ['Content-Type', 'application/octet-stream'],
          ['Content-Length', '11'],
        ],
        body: 'hello ',
      })
      await new Promise((resolve) => setTimeout(resolve, 50))
      await exchange.write(Buffer.from('world'))
      const answer: Seen = JSON.parse(await rest(exchange))
      assert.equal(answer.body.hex, hex(Buffer.from('hello world')))
    },
  },
  {
    id: 'http/body-after-an-expectation-arrives',
    clauses: ['R7'],
    async run(harness) {
      const headers: [string, string][] = [
        ['Content-Type', 'text/plain'],
        ['Expect', '100-continue'],
      ]
      const answer = await seen(harness, { method: 'POST', target: '/echo/body', headers, body: 'as expected' })
      assert.equal(answer.body.hex, hex(Buffer.from('as expected')))
    },
  },
  {
    id: 'http/body-of-a-megabyte-arrives',
    clauses: ['R7'],
    async run(harness) {
      const size = Math.min(1_000_000, Math.floor(harness.limits.requestBytes / 2))
      const body = Uint8Array.from({ length: size }, (_, index) => (index * 31) ^ (index >> 8))
      const answer = await json<{ length: number; sha256: string }>(harness, {
        method: 'POST',
        target: '/digest',
        headers: [['Content-Type', 'application/octet-stream']],
        body,
      })
      assert.equal(answer.length, size)
      assert.equal(answer.sha256, hex(new Uint8Array(await crypto.subtle.digest('SHA-256', body))))
    },
  },
  {
    id: 'http/body-that-is-compressed-arrives-compressed',
    clauses: ['R7'],
    needs: {
      'http.rawBody': async (harness) => {
        const answer = await sendGzip(harness)
        assert.equal(answer.body.hex, hex(Buffer.from('compressed text')))
        assert.equal(headerSeen(answer, 'content-encoding'), undefined)
        assert.equal(headerSeen(answer, 'content-length') ?? '15', '15')
      },
    },
    async run(harness) {
      const answer = await sendGzip(harness)
      assert.equal(answer.body.hex, gzipOfCompressedText)
      assert.equal(headerSeen(answer, 'content-encoding'), 'gzip')
    },
  },
  {
    id: 'http/body-of-malformed-json-is-for-the-handler-to-refuse',
    clauses: ['R7'],
    needs: {
      'http.rawBody': async (harness) => assertRefused(await sendAs(harness, 'application/json', '{"a":')),
    },
    async run(harness) {
      const answer = await post(harness, 'application/json', '{"a":')
      assert.equal(answer.body.hex, hex(Buffer.from('{"a":')))
    },
  },
  {
    id: 'http/body-of-an-unknown-charset-is-for-the-handler-to-read',
    clauses: ['R7'],
    needs: {
      'http.rawBody': async (harness) => assertRefused(await sendAs(harness, 'text/plain; charset=x-klingon', 'Qapla')),
    },
    async run(harness) {
      const answer = await post(harness, 'text/plain; charset=x-klingon', 'Qapla')
      assert.equal(answer.body.hex, hex(Buffer.from('Qapla')))
    },
  },
  {
    id: 'http/body-of-json-arrives-with-its-white-space',
    clauses: ['R7'],
    bugs: [84, 86, 89],
    async run(harness) {
      const body = '{ "bytes" : "x",\n\t"type": "Buffer", "data": [1, 2],  "n": 1.0, "big": 12345678901234567890 }'
      const answer = await post(harness, 'application/json', body)
      assert.equal(answer.body.hex, hex(Buffer.from(body)))
    },
  },
]

const plain = '5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n'
const extended = '5;a=1\r\nhello\r\n006;b="2"\r\n world\r\n0\r\nX-Trailer: late\r\n\r\n'

/** 'compressed text', as `gzip -n` makes it. */
const gzipOfCompressedText = '1f8b08000000000000034bcecf2d284a2d2e4e4d512849ad280100c218d8d80f000000'

function sendGzip(harness: Harness): Promise<Seen> {
  return seen(harness, {
    method: 'POST',
    target: '/echo/body',
    headers: [
      ['Content-Type', 'text/plain'],
      ['Content-Encoding', 'gzip'],
    ],
    body: bytes(gzipOfCompressedText),
  })
}

function sendChunked(harness: Harness, body: string = plain): Promise<Seen> {
  return seen(harness, {
    method: 'POST',
    target: '/echo/body',
    headers: [
      ['Content-Type', 'text/plain'],
      ['Transfer-Encoding', 'chunked'],
    ],
    body,
  })
}

function sendAs(harness: Harness, type: string, body: string): ReturnType<Harness['send']> {
  return harness.send({ method: 'POST', target: '/echo/body', headers: [['Content-Type', type]], body })
}
