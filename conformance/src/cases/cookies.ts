import { strict as assert } from 'node:assert'

import type { HttpCase, Check, Harness, RawResponse } from '../types.ts'
import { assertHeader, respond, text, values } from './assert.ts'

/** What `append-cookies` of the reference application sets. */
const three = [
  'first=1; Path=/; Expires=Wed, 21 Oct 2026 07:28:00 GMT; HttpOnly',
  'second=b=c; Max-Age=3600; SameSite=Lax',
  'third=%22quoted%2C%20Secure%22; Path=/deep; Secure',
]

/** A front door that cannot carry several cookies says so and loses none silently (S2). */
function refused(target: string): Check {
  return async (harness) => {
    const response = await harness.send({ target })
    assert.equal(response.status, 500)
    const { instance }: { instance: string } = JSON.parse(text(response))
    const lines = await harness.logs(instance)
    assert.ok(
      lines.some(({ line }) => /cookie/i.test(line)),
      'a log line that names the cookies',
    )
  }
}

/** Where the platform writes cookies anew, each is there once and in order, with its value and every attribute. */
function reencoded(target: string): Check {
  return async (harness) => {
    const written = values(await harness.send({ target }), 'set-cookie').map(cookieParts)
    assert.deepEqual(
      written.map(({ pair }) => pair),
      three.map((cookie) => cookieParts(cookie).pair),
    )
    for (const [index, cookie] of three.entries()) {
      const missing = cookieParts(cookie).attributes.filter((part) => !written[index]?.attributes.includes(part))
      assert.deepEqual(missing, [], cookie)
    }
  }
}

/** Name and decoded value; attributes in lower case, since their case says nothing (RFC 6265, section 5.2). */
function cookieParts(cookie: string): { pair: string; attributes: string[] } {
  const [pair = '', ...attributes] = cookie.split(';').map((part) => part.trim())
  return { pair: decodeURIComponent(pair), attributes: attributes.map((attribute) => attribute.toLowerCase()) }
}

function manyCookies(how: string): NonNullable<HttpCase['needs']> {
  const target = `/append-cookies/${how}`
  return { 'http.setCookieMany': refused(target), 'http.setCookieRaw': reencoded(target) }
}

function oneCookie(harness: Harness, cookie: string): Promise<RawResponse> {
  return respond(harness, {
    headers: [
      ['set-cookie', cookie],
      ['content-type', 'text/plain'],
    ],
    body: 'body',
  })
}

/** S2 and S10: Set-Cookie. */
export const cookieCases: readonly HttpCase[] = [
  {
    id: 'http/set-cookie-keeps-every-value',
    clauses: ['S2'],
    bugs: [1, 2, 4, 5, 6, 7, 14, 16, 20, 22, 65, 112],
    needs: manyCookies('buffered'),
    async run(harness) {
      const response = await harness.send({ target: '/append-cookies/buffered' })
      assert.deepEqual(values(response, 'set-cookie'), three)
      assert.deepEqual([response.status, text(response)], [200, 'buffered'])
    },
  },
  {
    id: 'http/set-cookie-keeps-every-value-of-a-stream',
    clauses: ['S2'],
    bugs: [9],
    needs: manyCookies('stream'),
    async run(harness) {
      const response = await harness.send({ target: '/append-cookies/stream' })
      assert.deepEqual(values(response, 'set-cookie'), three)
      assert.deepEqual([response.status, text(response)], [200, 'streamed'])
    },
  },
  {
    id: 'http/set-cookie-keeps-every-value-of-a-redirect',
    clauses: ['S2', 'S10'],
    bugs: [9, 122],
    needs: manyCookies('redirect'),
    async run(harness) {
      const response = await harness.send({ target: '/append-cookies/redirect' })
      assert.deepEqual(values(response, 'set-cookie'), three)
      assert.equal(response.status, 302)
      assertHeader(response, 'location', '/elsewhere')
    },
  },
  {
    id: 'http/set-cookie-keeps-every-value-of-an-empty-answer',
    clauses: ['S2', 'S10'],
    bugs: [9, 122],
    needs: manyCookies('empty'),
    async run(harness) {
      const response = await harness.send({ target: '/append-cookies/empty' })
      assert.deepEqual(values(response, 'set-cookie'), three)
      assert.equal(response.status, 204)
    },
  },
  {
    id: 'http/set-cookie-is-not-split-at-the-comma-of-expires',
    clauses: ['S2', 'S3'],
    bugs: [5, 17],
    async run(harness) {
      const cookie =
        'id=1; Expires=Wed, 21 Oct 2026 07:28:00 GMT; Max-Age=3600; Path=/; Secure; HttpOnly; SameSite=None'
      assertHeader(await oneCookie(harness, cookie), 'set-cookie', cookie)
    },
  },
  {
    id: 'http/set-cookie-value-may-look-like-attributes',
    clauses: ['S2'],
    bugs: [6, 19],
    async run(harness) {
      const cookie = 'note=a=b==,Secure,HttpOnly; path=/lower; secure; Partitioned; x-own=1'
      assertHeader(await oneCookie(harness, cookie), 'set-cookie', cookie)
    },
  },
  {
    id: 'http/set-cookie-that-deletes-keeps-its-date',
    clauses: ['S2'],
    async run(harness) {
      const cookie = 'gone=; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Path=/'
      assertHeader(await oneCookie(harness, cookie), 'set-cookie', cookie)
    },
  },
  {
    id: 'http/set-cookie-is-not-sent-twice',
    clauses: ['S2'],
    bugs: [2, 21, 112],
    async run(harness) {
      const response = await oneCookie(harness, 'only=1')
      assertHeader(response, 'set-cookie', 'only=1')
      assertHeader(response, 'content-type', 'text/plain')
      assert.equal(response.headers.filter(([name]) => /cookie/i.test(name)).length, 1)
    },
  },
  {
    id: 'http/set-cookie-of-one-redirect-is-kept',
    clauses: ['S2', 'S10'],
    bugs: [122],
    async run(harness) {
      const headers: [string, string][] = [
        ['location', 'https://example.com/?a=1,2'],
        ['set-cookie', 'session=s; HttpOnly'],
      ]
      const response = await respond(harness, { status: 303, headers })
      assert.equal(response.status, 303)
      assertHeader(response, 'location', 'https://example.com/?a=1,2')
      assertHeader(response, 'set-cookie', 'session=s; HttpOnly')
    },
  },
  {
    id: 'http/set-cookie-of-one-name-and-two-paths-are-two',
    clauses: ['S2'],
    bugs: [7],
    needs: {
      'http.setCookieMany': async (harness) => assert.equal((await twoPaths(harness)).status, 500),
      'http.setCookieRaw': async (harness) => {
        const cookies = values(await twoPaths(harness), 'set-cookie')
        assert.deepEqual(
          cookies.map((cookie) => cookie.split(';')[0]),
          ['id=1', 'id=2'],
        )
      },
    },
    async run(harness) {
      assert.deepEqual(values(await twoPaths(harness), 'set-cookie'), ['id=1; Path=/a', 'id=2; Path=/b'])
    },
  },
]

function twoPaths(harness: Harness): Promise<RawResponse> {
  return respond(harness, {
    headers: [
      ['set-cookie', 'id=1; Path=/a'],
      ['set-cookie', 'id=2; Path=/b'],
      ['content-type', 'text/plain'],
    ],
    body: 'body',
  })
}
