import { strict as assert } from 'node:assert'

import type { HttpCase } from '../types.ts'
import { assertRefused, seen, targetSeen } from './assert.ts'

/** R2: where the scheme and the host of `request.url` come from. */
export const requestUrlCases: readonly HttpCase[] = [
  {
    id: 'http/url-is-absolute',
    clauses: ['R2'],
    async run(harness) {
      const { url } = await seen(harness, { target: '/echo/a?b=1' })
      assert.equal(url, `${harness.origin}/echo/a?b=1`)
    },
  },
  {
    id: 'http/url-ignores-a-forged-forwarded-host',
    clauses: ['R2'],
    bugs: [59, 60],
    async run(harness) {
      const { url } = await seen(harness, {
        target: '/echo/a',
        headers: [
          ['X-Forwarded-Host', 'evil.example'],
          ['X-Original-Host', 'evil.example'],
          ['X-Host', 'evil.example'],
          ['Forwarded', 'host=evil.example;proto=http'],
        ],
      })
      assert.equal(url, `${harness.origin}/echo/a`)
    },
  },
  {
    id: 'http/url-ignores-a-forged-forwarded-scheme',
    clauses: ['R2'],
    bugs: [51],
    async run(harness) {
      for (const scheme of ['http', 'https', 'gopher', 'javascript']) {
        const { url } = await seen(harness, { target: '/echo/a', headers: [['X-Forwarded-Proto', scheme]] })
        assert.equal(url, `${harness.origin}/echo/a`, `X-Forwarded-Proto: ${scheme}`)
      }
    },
  },
  {
    id: 'http/url-survives-a-list-of-forwarded-schemes',
    clauses: ['R2'],
    bugs: [52],
    async run(harness) {
      const { url } = await seen(harness, { target: '/echo/a', headers: [['X-Forwarded-Proto', 'https,http']] })
      assert.equal(url, `${harness.origin}/echo/a`)
    },
  },
  {
    id: 'http/url-survives-an-ipv6-forwarded-host',
    clauses: ['R2'],
    bugs: [62],
    async run(harness) {
      const { url } = await seen(harness, {
        target: '/echo/a',
        headers: [
          ['X-Forwarded-Host', '[2001:db8::1]:8443'],
          ['X-Forwarded-Port', '8443, 1'],
        ],
      })
      assert.equal(url, `${harness.origin}/echo/a`)
    },
  },
  {
    id: 'http/url-ignores-headers-that-name-another-path',
    clauses: ['R2', 'R3'],
    bugs: [57],
    async run(harness) {
      const { url } = await seen(harness, {
        target: '/echo/a',
        headers: [
          ['X-Original-URL', '/admin'],
          ['X-Rewrite-URL', '/admin'],
          ['X-MS-Original-URL', 'https://evil.example/admin'],
        ],
      })
      assert.equal(url, `${harness.origin}/echo/a`)
    },
  },
  {
    id: 'http/url-does-not-take-the-host-from-the-client',
    clauses: ['R2'],
    needs: {
      'http.trustedHost': async (harness) => {
        const { url } = await seen(harness, { target: '/echo/a', headers: [['Host', 'other.example:8080']] })
        assert.match(url, /^https?:\/\/other\.example:8080\/echo\/a$/)
      },
    },
    async run(harness) {
      const response = await harness.send({ target: '/echo/a', headers: [['Host', 'other.example:8080']] })
      if (response.status !== 200) return assertRefused(response)
      const { url }: { url: string } = JSON.parse(Buffer.from(response.body).toString())
      assert.equal(url, `${harness.origin}/echo/a`)
    },
  },
  {
    id: 'http/url-survives-an-invalid-host',
    clauses: ['R2'],
    bugs: [45],
    async run(harness) {
      for (const host of ['localhost:3001/abc?', 'a b', 'user@evil.example', 'x:99999', '[::1', '%', '<>']) {
        const response = await harness.send({ target: '/echo/a', headers: [['Host', host]] })
        if (response.status !== 200) {
          assertRefused(response)
          continue
        }
        const { url }: { url: string } = JSON.parse(Buffer.from(response.body).toString())
        assert.equal(new URL(url).pathname, '/echo/a', `Host: ${host}`)
        assert.ok(
          [new URL(harness.origin).host, 'host.invalid'].includes(new URL(url).host),
          `${url} for Host: ${host}`,
        )
      }
    },
  },
  {
    id: 'http/url-survives-a-missing-host',
    clauses: ['R2'],
    async run(harness) {
      const response = await harness.send(Buffer.from('GET /echo/a HTTP/1.0\r\n\r\n'))
      if (response.status !== 200) return assertRefused(response)
      const { url }: { url: string } = JSON.parse(Buffer.from(response.body).toString())
      assert.equal(new URL(url).pathname, '/echo/a')
      assert.ok([new URL(harness.origin).host, 'host.invalid'].includes(new URL(url).host), url)
    },
  },
  {
    id: 'http/absolute-target-does-not-name-the-host',
    clauses: ['R2', 'R3'],
    async run(harness) {
      const request = { target: 'http://evil.example/echo/a?b=1' }
      assert.equal(targetSeen(harness, await seen(harness, request)), '/echo/a?b=1')
    },
  },
]
