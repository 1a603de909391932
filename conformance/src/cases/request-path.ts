import { strict as assert } from 'node:assert'

import type { HttpCase, Harness } from '../types.ts'
import { assertRefused, seen, targetSeen } from './assert.ts'

/** Sends a path and gives the path that the handler saw. */
async function pathSeen(harness: Harness, target: string): Promise<string> {
  return targetSeen(harness, await seen(harness, { target }))
}

/** Where a gateway hands over a decoded path, the same text is to be there, whatever its escapes. */
function decodesTo(target: string, expected: string): (harness: Harness) => Promise<void> {
  return async (harness) => assert.equal(decodeURIComponent(await pathSeen(harness, target)), expected)
}

/** R3: the path that a handler sees. */
export const requestPathCases: readonly HttpCase[] = [
  {
    id: 'http/path-keeps-an-encoded-slash',
    clauses: ['R3'],
    needs: { 'http.rawPath': decodesTo('/echo/a%2Fb', '/echo/a/b') },
    async run(harness) {
      assert.equal(await pathSeen(harness, '/echo/a%2Fb'), '/echo/a%2Fb')
    },
  },
  {
    id: 'http/path-keeps-needless-escapes',
    clauses: ['R3'],
    needs: { 'http.rawPath': decodesTo('/echo/%41%2c%7E', '/echo/A,~') },
    async run(harness) {
      assert.equal(await pathSeen(harness, '/echo/%41%2c%7E'), '/echo/%41%2c%7E')
    },
  },
  {
    id: 'http/path-keeps-the-case-of-escapes',
    clauses: ['R3'],
    needs: { 'http.rawPath': decodesTo('/echo/%c3%a9', '/echo/é') },
    async run(harness) {
      assert.equal(await pathSeen(harness, '/echo/%c3%a9'), '/echo/%c3%a9')
    },
  },
  {
    id: 'http/path-keeps-an-encoded-percent-sign',
    clauses: ['R3'],
    bugs: [49],
    needs: { 'http.escapedPercent': decodesTo('/echo/a%252Fb', '/echo/a/b') },
    async run(harness) {
      assert.equal(await pathSeen(harness, '/echo/100%25'), '/echo/100%25')
      assert.equal(await pathSeen(harness, '/echo/a%252Fb'), '/echo/a%252Fb')
    },
  },
  {
    id: 'http/path-keeps-an-encoded-fragment-mark',
    clauses: ['R3'],
    async run(harness) {
      assert.equal(await pathSeen(harness, '/echo/a%23b'), '/echo/a%23b')
    },
  },
  {
    id: 'http/path-keeps-a-trailing-slash',
    clauses: ['R3'],
    bugs: [39],
    async run(harness) {
      assert.equal(await pathSeen(harness, '/echo/a/'), '/echo/a/')
    },
  },
  {
    id: 'http/path-keeps-empty-segments',
    clauses: ['R3'],
    async run(harness) {
      assert.equal(await pathSeen(harness, '/echo//a//b'), '/echo//a//b')
    },
  },
  {
    id: 'http/path-keeps-reserved-characters',
    clauses: ['R3'],
    async run(harness) {
      const path = "/echo/a;b=1,c+d@e:f!$&'()*~-._"
      assert.equal(await pathSeen(harness, path), path)
    },
  },
  {
    id: 'http/path-root-is-a-slash',
    clauses: ['R3'],
    bugs: [41],
    async run(harness) {
      assert.equal(await pathSeen(harness, '/'), '/')
      assert.equal(await pathSeen(harness, '/?a=1'), '/?a=1')
    },
  },
  {
    id: 'http/path-of-encoded-utf-8-stays-encoded',
    clauses: ['R3'],
    async run(harness) {
      assert.equal(await pathSeen(harness, '/echo/%E6%9D%B1%20%F0%9F%A6%86'), '/echo/%E6%9D%B1%20%F0%9F%A6%86')
    },
  },
  {
    id: 'http/path-bytes-outside-ascii-are-encoded',
    clauses: ['R3'],
    async run(harness) {
      // The two bytes of é in UTF-8, written as latin-1. They are no part of a target by RFC 9112; some servers refuse them.
      const response = await harness.send({ target: '/echo/\xc3\xa9' })
      if (response.status !== 200) return assertRefused(response)
      const { url }: { url: string } = JSON.parse(Buffer.from(response.body).toString())
      assert.equal(new URL(url).pathname, '/echo/%C3%A9')
    },
  },
  {
    id: 'http/path-with-a-backslash-is-one-path-for-all',
    clauses: ['R3'],
    async run(harness) {
      const response = await harness.send({ target: '/echo/a\\..\\b' })
      if (response.status !== 200) return assertRefused(response)
      const { url }: { url: string } = JSON.parse(Buffer.from(response.body).toString())
      // A backslash is no part of a target by RFC 9112. The URL standard makes a slash of it; what must not be is that
      // the route is chosen by one reading and the handler sees the other.
      assert.ok(['/echo/a%5C..%5Cb', '/echo/b'].includes(new URL(url).pathname), url)
      const other = await harness.send({ target: '/precedence/x\\..\\literal' })
      const { function: name }: { function: string } = JSON.parse(Buffer.from(other.body).toString())
      assert.equal(name, url.endsWith('/echo/b') ? 'precedence-literal' : 'precedence-parameter')
    },
  },
  {
    id: 'http/path-dot-segments-are-resolved',
    clauses: ['R3'],
    bugs: [47],
    async run(harness) {
      assert.equal(await pathSeen(harness, '/echo/a/../b/./c'), '/echo/b/c')
    },
  },
  {
    id: 'http/path-encoded-dot-segments-are-resolved',
    clauses: ['R3'],
    bugs: [47],
    async run(harness) {
      assert.equal(await pathSeen(harness, '/echo/a/%2e%2e/b'), '/echo/b')
      assert.equal(await pathSeen(harness, '/echo/a/%2E./%2e/b'), '/echo/b')
    },
  },
  {
    id: 'http/path-is-resolved-only-once',
    clauses: ['R3'],
    bugs: [47],
    needs: { 'http.escapedPercent': decodesTo('/echo/a/%252e%252e/b', '/echo/b') },
    async run(harness) {
      assert.equal(await pathSeen(harness, '/echo/a/%252e%252e/b'), '/echo/a/%252e%252e/b')
    },
  },
  {
    id: 'http/path-of-two-slashes-is-no-host',
    clauses: ['R3', 'R2'],
    bugs: [42, 61],
    async run(harness) {
      const answer = await seen(harness, { target: '//evil.example/x' })
      assert.equal(answer.url, `${harness.origin}//evil.example/x`)
      assert.equal(answer.function.name, 'double-slash')
    },
  },
  {
    id: 'http/path-at-sign-is-no-host',
    clauses: ['R3', 'R2'],
    async run(harness) {
      assert.equal(await pathSeen(harness, '//@evil.example:80/x'), '//@evil.example:80/x')
    },
  },
  {
    id: 'http/path-with-a-malformed-escape-does-not-crash',
    clauses: ['R3'],
    bugs: [46],
    async run(harness) {
      for (const target of ['/echo/%', '/echo/%zz', '/echo/%c3%28', '/echo/%e0%a4%a']) {
        const response = await harness.send({ target })
        assert.ok(response.status < 500, `${response.status} for ${target}`)
      }
    },
  },
  {
    id: 'http/asterisk-target-does-not-crash',
    clauses: ['R3'],
    bugs: [44],
    async run(harness) {
      const response = await harness.send({ method: 'OPTIONS', target: '*' })
      assert.ok(response.status < 500, `${response.status}`)
      assert.equal(await pathSeen(harness, '/echo/after'), '/echo/after')
    },
  },
]
