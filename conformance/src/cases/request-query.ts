import { strict as assert } from 'node:assert'

import type { HttpCase, Harness } from '../types.ts'
import { assertRefused, json, pairs, seen } from './assert.ts'

async function queryPairs(harness: Harness, query: string): Promise<[string, string][]> {
  return pairs((await seen(harness, { target: `/echo/q?${query}` })).url)
}

async function search(harness: Harness, query: string): Promise<string> {
  return new URL((await seen(harness, { target: `/echo/q?${query}` })).url).search
}

/** R4: the query that a handler sees. */
export const requestQueryCases: readonly HttpCase[] = [
  {
    id: 'http/query-keeps-its-bytes',
    clauses: ['R4'],
    bugs: [36],
    needs: {
      'http.rawQuery': async (harness) => {
        const expected = [
          ['b', '2'],
          ['a', 'A'],
          ['c', ''],
          ['flag', ''],
        ]
        assert.deepEqual((await queryPairs(harness, 'b=2&a=%41&c=&flag')).toSorted(), expected.toSorted())
      },
    },
    async run(harness) {
      assert.equal(await search(harness, 'b=2&a=%41&c=&flag'), '?b=2&a=%41&c=&flag')
    },
  },
  {
    id: 'http/query-keeps-every-value-of-a-name',
    clauses: ['R4'],
    bugs: [29],
    needs: {
      'http.repeatedQuery': async (harness) => {
        assert.deepEqual((await queryPairs(harness, 'a=1&b=x&a=2')).toSorted(), [
          ['a', '2'],
          ['b', 'x'],
        ])
      },
    },
    async run(harness) {
      const query = await queryPairs(harness, 'a=1&b=x&a=2')
      assert.deepEqual(
        query.filter(([name]) => name === 'a'),
        [
          ['a', '1'],
          ['a', '2'],
        ],
      )
      assert.deepEqual(
        query.filter(([name]) => name !== 'a'),
        [['b', 'x']],
      )
    },
  },
  {
    id: 'http/query-keeps-equal-values-of-a-name',
    clauses: ['R4'],
    bugs: [29],
    needs: {
      'http.repeatedQuery': async (harness) => {
        assert.deepEqual(await queryPairs(harness, 'a=12&a=1&a=12'), [['a', '12']])
      },
    },
    async run(harness) {
      assert.deepEqual(await queryPairs(harness, 'a=12&a=1&a=12'), [
        ['a', '12'],
        ['a', '1'],
        ['a', '12'],
      ])
    },
  },
  {
    id: 'http/query-flag-has-no-equals-sign',
    clauses: ['R4'],
    bugs: [30],
    async run(harness) {
      assert.equal(await search(harness, 'flag'), '?flag')
    },
  },
  {
    id: 'http/query-plus-is-a-space',
    clauses: ['R4'],
    bugs: [25, 31],
    async run(harness) {
      assert.deepEqual(await queryPairs(harness, 'q=a+b%2Bc%20d'), [['q', 'a b+c d']])
    },
  },
  {
    id: 'http/query-is-decoded-once',
    clauses: ['R4'],
    bugs: [24, 31],
    async run(harness) {
      assert.deepEqual(await queryPairs(harness, 'q=%2525&r=%252B'), [
        ['q', '%25'],
        ['r', '%2B'],
      ])
    },
  },
  {
    id: 'http/query-keeps-encoded-delimiters-in-a-value',
    clauses: ['R4'],
    bugs: [26],
    async run(harness) {
      assert.deepEqual(await queryPairs(harness, 'q=a%26b%3Dc%23d%25e%3Ff'), [['q', 'a&b=c#d%e?f']])
    },
  },
  {
    id: 'http/query-with-malformed-escapes-does-not-throw',
    clauses: ['R4'],
    bugs: [27],
    async run(harness) {
      assert.deepEqual(await queryPairs(harness, 'utm_term=%%URL%%'), [['utm_term', '%%URL%%']])
      assert.deepEqual(await queryPairs(harness, 'a=%&b=%zz'), [
        ['a', '%'],
        ['b', '%zz'],
      ])
    },
  },
  {
    id: 'http/query-comma-separates-nothing',
    clauses: ['R4'],
    async run(harness) {
      assert.deepEqual(await queryPairs(harness, 'ids=1,2&z=3%2C4'), [
        ['ids', '1,2'],
        ['z', '3,4'],
      ])
    },
  },
  {
    id: 'http/query-is-utf-8',
    clauses: ['R4'],
    async run(harness) {
      assert.deepEqual(await queryPairs(harness, 'price=5%E2%82%AC&duck=%F0%9F%A6%86'), [
        ['price', '5€'],
        ['duck', '🦆'],
      ])
    },
  },
  {
    id: 'http/query-bytes-outside-ascii-are-read-as-utf-8',
    clauses: ['R4'],
    async run(harness) {
      // No part of a target by RFC 9112; some servers refuse them.
      const response = await harness.send({ target: '/echo/q?q=\xc3\xa9' })
      if (response.status !== 200) return assertRefused(response)
      const { url }: { url: string } = JSON.parse(Buffer.from(response.body).toString())
      assert.deepEqual(pairs(url), [['q', 'é']])
    },
  },
  {
    id: 'http/query-names-are-encoded-too',
    clauses: ['R4'],
    bugs: [26],
    async run(harness) {
      assert.deepEqual(await queryPairs(harness, 'filter%5Ba%26b%5D=x&%3D=y'), [
        ['filter[a&b]', 'x'],
        ['=', 'y'],
      ])
    },
  },
  {
    id: 'http/query-names-of-object-members-are-names',
    clauses: ['R4'],
    async run(harness) {
      assert.deepEqual((await queryPairs(harness, '__proto__=1&constructor=2')).toSorted(), [
        ['__proto__', '1'],
        ['constructor', '2'],
      ])
    },
  },
  {
    id: 'http/query-without-a-name-does-not-crash',
    clauses: ['R4'],
    async run(harness) {
      for (const query of ['', '=', '&', '&&a=1&', '=x', '?', '#']) {
        const { url } = await seen(harness, { target: `/echo/q?${query}` })
        assert.equal(new URL(url).pathname, '/echo/q', `for ?${query}`)
      }
    },
  },
  {
    id: 'http/query-does-not-take-part-in-routing',
    clauses: ['R4', 'R5'],
    bugs: [34],
    async run(harness) {
      assert.deepEqual(await json(harness, { target: '/items/7?id=8&x=/post-only' }), {
        function: 'get-item',
        params: { id: '7' },
      })
    },
  },
  {
    id: 'http/query-of-thousands-of-characters-arrives',
    clauses: ['R4'],
    async run(harness) {
      const value = 'abcdefghij'.repeat(400)
      assert.deepEqual(await queryPairs(harness, `long=${value}&after=1`), [
        ['long', value],
        ['after', '1'],
      ])
    },
  },
  {
    id: 'http/query-may-hold-a-url',
    clauses: ['R4'],
    async run(harness) {
      const query = await queryPairs(harness, 'next=https://example.com/a?b=c/../d')
      assert.deepEqual(query, [['next', 'https://example.com/a?b=c/../d']])
    },
  },
]
