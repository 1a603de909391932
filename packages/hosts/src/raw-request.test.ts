import { describe, expect, it } from 'vitest'

import { encodeRequest, isHead } from './raw-request.ts'
import type { RawRequest } from './types.ts'

function encode(request: RawRequest): string {
  return Buffer.from(encodeRequest(request, 'shop.example.test')).toString('latin1')
}

describe('encodeRequest', () => {
  it('adds Host in front and connection at the end', () => {
    expect(encode({})).toBe('GET / HTTP/1.1\r\nhost: shop.example.test\r\nconnection: close\r\n\r\n')
  })

  it('keeps the case, order and repetition of headers, and bytes above ASCII', () => {
    const text = encode({
      method: 'PURGE',
      target: '//a/%2f?\xe9',
      headers: [
        ['X-B', '1'],
        ['HOST', 'other.test'],
        ['x-b', '\xff'],
        ['Connection', 'keep-alive'],
      ],
    })
    expect(text).toBe(
      'PURGE //a/%2f?\xe9 HTTP/1.1\r\nX-B: 1\r\nHOST: other.test\r\nx-b: \xff\r\nConnection: keep-alive\r\n\r\n',
    )
  })

  it('counts the bytes of a body, which is UTF-8 when it is text', () => {
    expect(encode({ method: 'POST', body: '\u20ac' })).toContain(
      'content-length: 3\r\nconnection: close\r\n\r\n\xe2\x82\xac',
    )
    expect(encode({ method: 'POST', body: '' })).toContain('content-length: 0\r\n')
  })

  it.each(['Content-Length', 'Transfer-Encoding'])('adds no content-length beside %s', (name) => {
    expect(encode({ headers: [[name, 'x']], body: 'abc' })).not.toContain('content-length: 3')
  })

  it('leaves ready-made bytes alone', () => {
    const bytes = new Uint8Array([1, 2, 3])
    expect(encodeRequest(bytes, 'shop.example.test')).toBe(bytes)
  })

  it('refuses a character that is not one byte', () => {
    expect(() => encode({ headers: [['x', '\u20ac']] })).toThrow('latin-1')
  })
})

describe('isHead', () => {
  it.each([
    ['HEAD / HTTP/1.1', true],
    ['HEADER / HTTP/1.1', false],
    ['GET /HEAD HTTP/1.1', false],
  ])('%s: %s', (text, expected) => {
    expect(isHead(Buffer.from(text))).toBe(expected)
  })
})
