import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { albMultiValue, functionUrl, httpApi, restApi } from './index.ts'
import { albEvent, answer, captureLog, payload1, payload2, payload2With, see } from './testing/lambda.ts'

const segment = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 12 })
  .filter((text) => !/^\.{1,2}$|[/\\]/.test(text))
const pairsOf = (text: fc.Arbitrary<string>): fc.Arbitrary<[string, string[]][]> =>
  fc.uniqueArray(fc.tuple(text, fc.array(text, { minLength: 1, maxLength: 3 })), {
    selector: ([name]) => name,
    maxLength: 4,
  })
const wellFormed = fc.string({ unit: 'binary', maxLength: 12 }).map((text) => text.toWellFormed())

describe('whatever a client sends', () => {
  test('R3: an HTTP API’s decoded path is read back from the URL', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(segment, { minLength: 1, maxLength: 4 }), async (segments) => {
        const { request } = await see(httpApi, payload2({ rawPath: `/${segments.join('/')}` }))
        const read = new URL(request.url).pathname.slice(1).split('/').map(decodeURIComponent)
        expect(read).toEqual(segments)
      }),
    )
  })

  test('R3: an encoded path is the same at a function URL and a load balancer', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(segment.map(encodeURIComponent), { minLength: 1 }), async (segments) => {
        const path = `/${segments.join('/')}`
        const url = await see(functionUrl, payload2({ rawPath: path }))
        const alb = await see(albMultiValue, albEvent({ path, multiValueHeaders: {} }))
        expect([new URL(url.request.url).pathname, new URL(alb.request.url).pathname]).toEqual([path, path])
      }),
    )
  })

  test('R4: a REST API’s decoded pairs are the pairs of the URL', async () => {
    await fc.assert(
      fc.asyncProperty(pairsOf(wellFormed), async (pairs) => {
        const event = payload1({ multiValueQueryStringParameters: Object.fromEntries(pairs) })
        const { request } = await see(restApi, event)
        const read = Object.groupBy([...new URL(request.url).searchParams], ([name]) => name)
        const values = Object.entries(read).map(([name, list]) => [name, list?.map(([, value]) => value)])
        expect(new Map(values as [string, string[]][])).toEqual(new Map(pairs))
      }),
    )
  })

  test('R4: a load balancer’s undecoded pairs are decoded once', async () => {
    const form = wellFormed.map((text) => new URLSearchParams([[text, '']]).toString().slice(0, -1))
    await fc.assert(
      fc.asyncProperty(pairsOf(form), async (pairs) => {
        const multiValueQueryStringParameters = Object.fromEntries(pairs)
        const event = albEvent({ multiValueHeaders: {}, multiValueQueryStringParameters })
        const { request } = await see(albMultiValue, event)
        const sent = pairs.flatMap(([name, values]) => values.map((value) => `${name}=${value}`)).join('&')
        const sorted = (query: string): string[][] => [...new URLSearchParams(query)].toSorted(byText)
        expect(sorted(new URL(request.url).search)).toEqual(sorted(sent))
      }),
    )
  })

  test('R7: a body arrives as its bytes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1 }), async (bytes) => {
        const body = { body: Buffer.from(bytes).toString('base64'), isBase64Encoded: true }
        expect((await see(httpApi, payload2With('POST', body))).body).toEqual(bytes)
        expect((await see(restApi, payload1({ httpMethod: 'POST', ...body }))).body).toEqual(bytes)
      }),
    )
  })

  test('nothing in an event makes the handler reject', async () => {
    using _log = captureLog()
    const text = fc.string({ unit: 'binary', maxLength: 20 })
    await fc.assert(
      fc.asyncProperty(text, text, fc.dictionary(text, text), async (path, query, headers) => {
        const v2 = payload2({ rawPath: path, rawQueryString: query, headers }, { domainName: query })
        expect(await answer(functionUrl, v2, () => new Response())).toHaveProperty('statusCode')
        expect(await answer(httpApi, v2, () => new Response())).toHaveProperty('statusCode')
        const v1 = payload1({ path, headers, queryStringParameters: headers })
        expect(await answer(restApi, v1, () => new Response())).toHaveProperty('statusCode')
      }),
    )
  })
})

test('S4: a body is sent as its bytes, whatever they are', async () => {
  const text = fc.string({ unit: 'binary', maxLength: 30 }).map((value) => new TextEncoder().encode(value))
  await fc.assert(
    fc.asyncProperty(fc.oneof(fc.uint8Array(), text), async (bytes) => {
      const result = await answer(httpApi, payload2(), () => new Response(new Uint8Array(bytes)))
      const wire: { body: string; isBase64Encoded: boolean } = JSON.parse(JSON.stringify(result))
      const sent = Buffer.from(wire.body, wire.isBase64Encoded ? 'base64' : 'utf8')
      expect(new Uint8Array(sent)).toEqual(new Uint8Array(bytes))
    }),
  )
})

function byText(a: string[], b: string[]): number {
  const [first, second] = [JSON.stringify(a), JSON.stringify(b)]
  return first < second ? -1 : Number(first > second)
}
