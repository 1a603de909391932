import { describe, expect, it } from 'vitest'

import { toClient, toContainer, type Fields } from './google-headers.ts'

function value(fields: Fields, name: string): string | undefined {
  const values = fields.filter(([key]) => key.toLowerCase() === name).map(([, text]) => text)
  expect(values.length).toBeLessThan(2)
  return values[0]
}

describe('toContainer', () => {
  it('keeps the bytes, case, order and repetition of what it does not own', () => {
    const client: Fields = [
      ['HOST', 'shop.test'],
      ['X-B', '1, 2'],
      ['x-a', ''],
      ['x-B', '\xff'],
      ['Content-Length', '3'],
    ]
    expect(toContainer(client, '203.0.113.9').slice(0, client.length)).toEqual(client)
  })

  // https://cloud.google.com/functions/docs/reference/headers
  it.each([
    'Connection',
    'Keep-Alive',
    'Proxy-Authorization',
    'TE',
    'Trailer',
    'X-Google-Real-Ip',
    'x-google-anything',
  ])('removes %s', (name) => {
    expect(value(toContainer([[name, 'x']], '203.0.113.9'), name.toLowerCase())).toBeUndefined()
  })

  it("appends the client's address to what the client sent", () => {
    const client: Fields = [
      ['X-Forwarded-For', '1.1.1.1'],
      ['x-forwarded-for', '2.2.2.2, 3.3.3.3'],
    ]
    const address = value(toContainer(client, '203.0.113.9'), 'x-forwarded-for')
    expect(address?.split(/, */)).toEqual(['1.1.1.1', '2.2.2.2', '3.3.3.3', '203.0.113.9'])
    expect(value(toContainer([], '203.0.113.9'), 'x-forwarded-for')).toBe('203.0.113.9')
  })

  it('overwrites a forged protocol', () => {
    const forged: Fields = [
      ['X-Forwarded-Proto', 'http'],
      ['Forwarded', 'for=1.1.1.1;proto=http;host=evil.test'],
    ]
    const fields = toContainer(forged, '203.0.113.9')
    expect(value(fields, 'x-forwarded-proto')).toBe('https')
    expect(value(fields, 'forwarded')).toBe('for="203.0.113.9";proto=https')
  })

  it('keeps the trace id and flags, and puts its own span in place of the parent', () => {
    const parent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
    const fields = toContainer(
      [
        ['traceparent', parent],
        ['tracestate', 'a=1'],
      ],
      '203.0.113.9',
    )
    const [version, traceId, span = '', flags] = value(fields, 'traceparent')?.split('-') ?? []
    expect([version, traceId, flags]).toEqual(['00', '0af7651916cd43dd8448eb211c80319c', '01'])
    expect(span).toMatch(/^[0-9a-f]{16}$/)
    expect(span).not.toBe('b7ad6b7169203331')
    expect(value(fields, 'tracestate')).toBe('a=1')
    // The same span, in decimal.
    expect(value(fields, 'x-cloud-trace-context')).toBe(`0af7651916cd43dd8448eb211c80319c/${BigInt(`0x${span}`)};o=1`)
  })

  it('takes the trace id of the older header', () => {
    const fields = toContainer(
      [['X-Cloud-Trace-Context', '65011637f09e0a5179677a7429456db7/1027871334010811884;o=1']],
      '::1',
    )
    expect(value(fields, 'traceparent')).toMatch(/^00-65011637f09e0a5179677a7429456db7-[0-9a-f]{16}-01$/)
  })

  it.each([
    [],
    [['traceparent', '00-00000000000000000000000000000000-b7ad6b7169203331-01']],
    [['traceparent', 'nonsense']],
  ] as Fields[])('starts a trace when there is none that is valid', (...client: Fields) => {
    const parent = value(toContainer(client, '::1'), 'traceparent')
    expect(parent).toMatch(/^00-(?!0{32})[0-9a-f]{32}-[0-9a-f]{16}-00$/)
  })
})

describe('toClient', () => {
  it('keeps everything but what belongs to the hop', () => {
    const fields: Fields = [
      ['Transfer-Encoding', 'chunked'],
      ['Connection', 'close'],
      ['Keep-Alive', 'timeout=5'],
      ['X-A', '1'],
      ['x-a', '2'],
      ['Cache-Control', 'public, max-age=60'],
      ['Date', 'Thu, 01 Jan 1970 00:00:00 GMT'],
    ]
    expect(toClient(fields)).toEqual(fields.slice(3))
  })

  it.each([
    [undefined, 'private'],
    ['public, max-age=60', 'private'],
    ['no-store', 'no-store'],
    ['Private, max-age=1', 'Private, max-age=1'],
  ])('makes an answer with a cookie private (cache-control: %s)', (given, expected) => {
    const fields: Fields = [
      ['Set-Cookie', 'a=1, x'],
      ['set-cookie', 'b=2'],
    ]
    const answer = toClient(given === undefined ? fields : [...fields, ['Cache-Control', given]])
    expect(answer.slice(0, 2)).toEqual(fields)
    expect(value(answer, 'cache-control')).toBe(expected)
  })
})
