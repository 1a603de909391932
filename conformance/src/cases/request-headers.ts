import { strict as assert } from 'node:assert'

import type { HttpCase, Harness } from '../types.ts'
import { headerSeen, seen } from './assert.ts'

/** Sends header lines and gives the value that the handler has for one name. */
async function valueSeen(harness: Harness, name: string, ...headers: [string, string][]): Promise<string | undefined> {
  return headerSeen(await seen(harness, { target: '/echo/headers', headers }), name)
}

/** Where a gateway hands over one value of several, it is the last, and only that. */
function onlyTheLast(
  name: string,
  expected: string,
  ...headers: [string, string][]
): (harness: Harness) => Promise<void> {
  return async (harness) => assert.equal(await valueSeen(harness, name, ...headers), expected)
}

/** R6: the headers that a handler sees. */
export const requestHeaderCases: readonly HttpCase[] = [
  {
    id: 'http/header-names-ignore-case',
    clauses: ['R6'],
    async run(harness) {
      assert.equal(await valueSeen(harness, 'x-mixed-case', ['X-MiXeD-cAsE', 'value']), 'value')
    },
  },
  {
    id: 'http/header-values-arrive-as-they-are',
    clauses: ['R6'],
    async run(harness) {
      const headers: [string, string][] = [
        ['x-date', 'Wed, 21 Oct 2026 07:28:00 GMT'],
        ['x-quoted', '"a, b"; c="d;e"'],
        ['x-json', '{"a":[1,2],"b":"\\u00e9"}'],
        ['authorization', 'Bearer abc.def=='],
        ['if-none-match', 'W/"1", "2"'],
        ['content-type', 'Text/HTML; Charset="UTF-8"'],
        ['referer', 'https://example.com/a?b=c'],
        ['origin', 'https://example.com'],
      ]
      const answer = await seen(harness, { method: 'POST', target: '/echo/headers', headers, body: 'x' })
      for (const [name, value] of headers) assert.equal(headerSeen(answer, name), value, name)
    },
  },
  {
    id: 'http/header-repeated-is-joined-in-order',
    clauses: ['R6'],
    bugs: [66, 74],
    needs: { 'http.repeatedHeaders': onlyTheLast('x-list', 'c', ['X-List', 'a'], ['X-List', 'b'], ['X-List', 'c']) },
    async run(harness) {
      const value = await valueSeen(harness, 'x-list', ['X-List', 'a'], ['X-List', 'b'], ['X-List', 'c'])
      assert.match(value ?? '', /^a, ?b, ?c$/)
    },
  },
  {
    id: 'http/header-repeated-keeps-values-that-contain-others',
    clauses: ['R6'],
    bugs: [67],
    needs: { 'http.repeatedHeaders': onlyTheLast('x-ids', '12', ['x-ids', '12'], ['x-ids', '1'], ['x-ids', '12']) },
    async run(harness) {
      const value = await valueSeen(harness, 'x-ids', ['x-ids', '12'], ['x-ids', '1'], ['x-ids', '12'])
      assert.match(value ?? '', /^12, ?1, ?12$/)
    },
  },
  {
    id: 'http/cookies-of-one-line-arrive-as-they-are',
    clauses: ['R6'],
    bugs: [10, 11, 12],
    async run(harness) {
      assert.equal(await valueSeen(harness, 'cookie', ['Cookie', 'a=1; b=x=y==; c="q,r"']), 'a=1; b=x=y==; c="q,r"')
    },
  },
  {
    id: 'http/cookies-of-several-lines-are-joined-with-a-semicolon',
    clauses: ['R6'],
    bugs: [10, 11, 12, 74],
    needs: { 'http.repeatedHeaders': onlyTheLast('cookie', 'c=3', ['Cookie', 'a=1; b=2'], ['Cookie', 'c=3']) },
    async run(harness) {
      assert.equal(await valueSeen(harness, 'cookie', ['Cookie', 'a=1; b=2'], ['Cookie', 'c=3']), 'a=1; b=2; c=3')
    },
  },
  {
    id: 'http/header-bytes-of-utf-8-do-not-crash',
    clauses: ['R6'],
    bugs: [69, 70],
    async run(harness) {
      // ī and ū of a city's name in UTF-8, written as latin-1.
      const value = await valueSeen(harness, 'x-city', ['X-City', 'Sr\xc4\xabperumb\xc5\xabd\xc5\xabr'])
      const readings = [value, Buffer.from(value ?? '', 'latin1').toString()]
      assert.ok(readings.includes('Srīperumbūdūr'), value)
    },
  },
  {
    id: 'http/header-bytes-of-latin-1-do-not-crash',
    clauses: ['R6'],
    bugs: [69],
    async run(harness) {
      const answer = await seen(harness, {
        target: '/echo/headers',
        headers: [
          ['X-Name', 'caf\xe9'],
          ['X-After', 'ok'],
        ],
      })
      assert.match(headerSeen(answer, 'x-name') ?? '', /^caf/)
      assert.equal(headerSeen(answer, 'x-after'), 'ok')
    },
  },
  {
    id: 'http/hop-by-hop-headers-do-not-reach-the-handler',
    clauses: ['R6'],
    bugs: [76],
    async run(harness) {
      const { headers } = await seen(harness, {
        target: '/echo/headers',
        headers: [
          ['Connection', 'close'],
          ['Keep-Alive', 'timeout=5'],
          ['Proxy-Connection', 'keep-alive'],
          ['TE', 'trailers'],
          ['Trailer', 'x-checksum'],
        ],
      })
      const hop = new Set([
        'connection',
        'keep-alive',
        'proxy-connection',
        'te',
        'trailer',
        'transfer-encoding',
        'x-hop',
      ])
      assert.deepEqual(
        headers.map(([name]) => name).filter((name) => hop.has(name)),
        [],
      )
    },
  },
  {
    id: 'http/header-names-of-object-members-are-names',
    clauses: ['R6'],
    async run(harness) {
      const headers: [string, string][] = [
        ['constructor', 'a'],
        ['toString', 'b'],
        ['hasOwnProperty', 'c'],
      ]
      const answer = await seen(harness, { target: '/echo/headers', headers })
      assert.equal(headerSeen(answer, 'constructor'), 'a')
      assert.equal(headerSeen(answer, 'tostring'), 'b')
      assert.equal(headerSeen(answer, 'hasownproperty'), 'c')
    },
  },
  {
    id: 'http/header-of-thousands-of-characters-arrives',
    clauses: ['R6'],
    async run(harness) {
      const value = 'abcdefghij'.repeat(400)
      assert.equal(await valueSeen(harness, 'x-long', ['X-Long', value]), value)
    },
  },
  {
    id: 'http/many-headers-all-arrive',
    clauses: ['R6'],
    async run(harness) {
      const sent = Array.from({ length: 60 }, (_, index): [string, string] => [`x-many-${index}`, `value ${index}`])
      const { headers } = await seen(harness, { target: '/echo/headers', headers: sent })
      assert.deepEqual(
        sent.filter(([name, value]) => !headers.some((header) => header[0] === name && header[1] === value)),
        [],
      )
    },
  },
  {
    id: 'http/request-without-headers-does-not-crash',
    clauses: ['R6'],
    bugs: [64],
    async run(harness) {
      const answer = await seen(harness, { target: '/echo/headers' })
      assert.equal(headerSeen(answer, 'x-anything'), undefined)
    },
  },
  {
    id: 'http/client-address-is-known',
    clauses: ['R8'],
    bugs: [55],
    async run(harness) {
      const { client } = await seen(harness, { target: '/echo/client' })
      assert.match(client.address ?? 'absent', /^(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-f:]*:[0-9a-f:.]+)$/)
    },
  },
  {
    id: 'http/client-address-cannot-be-forged',
    clauses: ['R8'],
    bugs: [54, 55],
    async run(harness) {
      const honest = await seen(harness, { target: '/echo/client' })
      for (const [name, value] of [
        ['X-Forwarded-For', '203.0.113.7'],
        ['X-Forwarded-For', '203.0.113.7, 203.0.113.8'],
        ['X-Real-IP', '203.0.113.7'],
        ['True-Client-IP', '203.0.113.7'],
        ['CF-Connecting-IP', '203.0.113.7'],
        ['Fastly-Client-IP', '203.0.113.7'],
        ['X-Client-IP', '203.0.113.7'],
        ['Forwarded', 'for=203.0.113.7'],
      ] as const) {
        const forged = await seen(harness, { target: '/echo/client', headers: [[name, value]] })
        assert.equal(forged.client.address, honest.client.address, `with ${name}: ${value}`)
      }
    },
  },
  {
    id: 'http/client-address-survives-a-malformed-forwarded-list',
    clauses: ['R8'],
    async run(harness) {
      const honest = await seen(harness, { target: '/echo/client' })
      for (const value of [',,', 'unknown', '[2001:db8::1]:80', '<script>', ' ', '_hidden, 1.2.3.4:5']) {
        const answer = await seen(harness, { target: '/echo/client', headers: [['X-Forwarded-For', value]] })
        assert.equal(answer.client.address, honest.client.address, `with X-Forwarded-For: ${value}`)
      }
    },
  },
]
