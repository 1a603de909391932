import { strict as assert } from 'node:assert'

import type { HttpCase, Harness } from '../types.ts'
import { assertProblem, everyByte, hex, json, logged } from './assert.ts'

function read<Value>(harness: Harness, as: string, type: string, body: string | Uint8Array): Promise<Value> {
  return json<Value>(harness, { method: 'POST', target: `/read?as=${as}`, headers: [['Content-Type', type]], body })
}

/** R7 and R9: reading a body with the methods of a Request, and its limit. */
export const requestBodyParsedCases: readonly HttpCase[] = [
  {
    id: 'http/body-read-twice-rejects',
    clauses: ['R7'],
    bugs: [90],
    async run(harness) {
      const answer = await read(harness, 'twice', 'text/plain', 'once')
      assert.deepEqual(answer, { second: 'TypeError', bodyUsed: true })
    },
  },
  {
    id: 'http/body-is-a-stream-of-its-bytes',
    clauses: ['R7'],
    async run(harness) {
      assert.equal(await read(harness, 'stream', 'application/octet-stream', everyByte), hex(everyByte))
    },
  },
  {
    id: 'http/body-can-be-cloned',
    clauses: ['R7'],
    async run(harness) {
      assert.deepEqual(await read(harness, 'clone', 'text/plain', 'both'), ['both', 'both'])
    },
  },
  {
    id: 'http/body-of-a-json-subtype-is-json',
    clauses: ['R7'],
    bugs: [96],
    async run(harness) {
      for (const type of ['application/json', 'application/vnd.api+json', 'application/problem+json; charset=utf-8']) {
        assert.deepEqual(await read(harness, 'json', type, '{"data":{"a":[1,"ü"]}}'), { data: { a: [1, 'ü'] } }, type)
      }
    },
  },
  {
    id: 'http/body-of-a-form-has-its-fields',
    clauses: ['R7'],
    async run(harness) {
      const body = 'a=1&b=two+words&a=%C3%BC%26'
      assert.deepEqual(await read(harness, 'form', 'application/x-www-form-urlencoded', body), [
        { name: 'a', value: '1' },
        { name: 'b', value: 'two words' },
        { name: 'a', value: 'ü&' },
      ])
    },
  },
  {
    id: 'http/body-of-a-multipart-form-has-its-files',
    clauses: ['R7'],
    bugs: [95],
    async run(harness) {
      const boundary = '----form-boundary-7MA4YWxk'
      const body = Buffer.concat([
        Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="note"\r\n\r\ngrüße\r\n`),
        Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="a.bin"\r\n`),
        Buffer.from('Content-Type: application/octet-stream\r\n\r\n'),
        everyByte,
        Buffer.from(`\r\n--${boundary}--\r\n`),
      ])
      assert.deepEqual(await read(harness, 'form', `multipart/form-data; boundary=${boundary}`, body), [
        { name: 'note', value: 'grüße' },
        { name: 'file', file: 'a.bin', type: 'application/octet-stream', hex: hex(everyByte) },
      ])
    },
  },
  {
    id: 'http/body-over-the-limit-never-reaches-the-handler',
    clauses: ['R9'],
    bugs: [72],
    async run(harness) {
      const headers: [string, string][] = [['Content-Type', 'text/plain']]
      const over = await harness.send({ method: 'POST', target: '/limited', headers, body: 'x'.repeat(17) })
      assert.equal(over.status, 413)
      const { instance }: { instance: string } = JSON.parse(Buffer.from(over.body).toString())
      // The log of the next invocation stands behind all that the first one could have written.
      const within = await harness.send({
        method: 'POST',
        target: '/limited',
        headers: [...headers, ['traceparent', trace]],
        body: 'x',
      })
      assert.equal(within.status, 200)
      const next = await harness.eventually(() => {
        const entry = harness.allLogs().findLast(({ fields }) => fields?.['traceId'] === traceId)
        assert.ok(entry, 'the log of the next invocation')
        return entry
      })
      assert.equal(next.fields?.['message'], 'the handler runs')
      const lines = harness.allLogs().filter(({ line }) => line.includes(instance) && line.includes('the handler runs'))
      assert.deepEqual(lines, [])
    },
  },
  {
    id: 'http/body-over-the-limit-is-a-problem',
    clauses: ['R9'],
    async run(harness) {
      const headers: [string, string][] = [['Content-Type', 'text/plain']]
      const response = await harness.send({ method: 'POST', target: '/limited', headers, body: 'x'.repeat(17) })
      assertProblem(
        response,
        413,
        '{"type":"about:blank","title":"Content Too Large","status":413,"detail":"The body is larger than 16 bytes.","instance":"<id>"}',
      )
    },
  },
  {
    id: 'http/body-at-the-limit-is-read',
    clauses: ['R9'],
    async run(harness) {
      const headers: [string, string][] = [['Content-Type', 'text/plain']]
      const response = await harness.send({ method: 'POST', target: '/limited', headers, body: 'x'.repeat(16) })
      assert.equal(response.status, 200)
      assert.equal(Buffer.from(response.body).toString(), '16 characters')
    },
  },
  {
    id: 'http/body-of-unknown-length-over-the-limit-is-413',
    clauses: ['R9'],
    needs: {
      'http.chunkedRequest': async (harness) => {
        const response = await sendChunked(harness)
        assert.equal(Buffer.from(response.body).toString(), '0 characters')
      },
    },
    async run(harness) {
      const response = await sendChunked(harness)
      assert.equal(response.status, 413)
      const problem: { status: number } = JSON.parse(Buffer.from(response.body).toString())
      assert.equal(problem.status, 413)
    },
  },
  {
    id: 'http/body-of-unknown-length-over-the-limit-breaks-an-answer-that-has-begun',
    clauses: ['R9', 'S9'],
    needs: {
      'http.chunkedRequest': async (harness) => {
        const response = await sendChunked(harness, '/limited-echo')
        assert.deepEqual([response.status, response.body.length], [200, 0])
      },
      'http.streamAbort': async (harness) => {
        const response = await sendChunked(harness, '/limited-echo')
        assert.ok('0123456789'.startsWith(Buffer.from(response.body).toString()))
      },
    },
    async run(harness) {
      const response = await sendChunked(harness, '/limited-echo')
      if (response.status === 413) return
      assert.equal(response.complete, false, 'a part of the body looks like all of it')
      assert.ok('0123456789'.startsWith(Buffer.from(response.body).toString()))
    },
  },
  {
    id: 'http/body-of-unknown-length-over-the-limit-can-be-caught',
    clauses: ['R9'],
    needs: {
      'http.chunkedRequest': async (harness) => {
        const response = await sendChunked(harness, '/limited-caught')
        assert.deepEqual([response.status, response.body.length], [200, 0])
      },
    },
    async run(harness) {
      const response = await sendChunked(harness, '/limited-caught')
      // A front door that buffers knows the length before the handler is called.
      if (response.status === 413) return
      assert.equal(response.status, 422)
      assert.equal(Buffer.from(response.body).toString(), '{"status":413}')
    },
  },
  {
    id: 'http/failure-beside-an-unread-body-is-answered',
    clauses: ['R7', 'S8'],
    async run(harness) {
      const response = await harness.send({
        method: 'POST',
        target: '/fail/unread-body',
        headers: [['Content-Type', 'application/octet-stream']],
        // More than any runtime reads ahead, and not more than the least patient server reads away before it drops a client.
        body: new Uint8Array(60_000),
      })
      const id = assertProblem(
        response,
        500,
        '{"type":"about:blank","title":"Internal Server Error","status":500,"instance":"<id>"}',
      )
      await logged(harness, id, 'The handler failed.')
    },
  },
]

const traceId = '5b8aa5a2d2c872e8321cf37308d69df2'
const trace = `00-${traceId}-051581bf3cb55c13-01`

function sendChunked(harness: Harness, target: string = '/limited'): ReturnType<Harness['send']> {
  return harness.send({
    method: 'POST',
    target,
    headers: [
      ['Content-Type', 'text/plain'],
      ['Transfer-Encoding', 'chunked'],
    ],
    body: 'a\r\n0123456789\r\na\r\n0123456789\r\n0\r\n\r\n',
  })
}
