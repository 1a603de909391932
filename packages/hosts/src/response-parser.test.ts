import { describe, expect, it } from 'vitest'

import { createResponseParser } from './response-parser.ts'

function bytes(text: string): Buffer {
  return Buffer.from(text, 'latin1')
}

/** Parses `text` in pieces of `size` bytes, then ends the connection. */
function parse(text: string, { head = false, size = text.length }: { head?: boolean; size?: number } = {}) {
  const parser = createResponseParser({ head })
  const pieces: Uint8Array[] = []
  for (let at = 0; at < text.length; at += size) pieces.push(...parser.push(bytes(text.slice(at, at + size))))
  const completeBeforeEnd = parser.complete
  parser.end()
  const body = Buffer.concat(pieces).toString('latin1')
  return { head: parser.head, body, complete: parser.complete, completeBeforeEnd }
}

const chunked = [
  'HTTP/1.1 200 OK',
  'Transfer-Encoding: chunked',
  '',
  '5;name=value; other="q"',
  'hello',
  '1A',
  'abcdefghijklmnopqrstuvwxyz',
  '0',
  'X-Trailer: t',
  '',
  '',
].join('\r\n')

describe('createResponseParser', () => {
  it('keeps case, order and repetition of header fields, and latin-1 values', () => {
    const { head } = parse(
      'HTTP/1.1 201 Created\r\nX-B: 1\r\nSet-Cookie:  a=1, x\t \r\nx-b:\xe9\r\nSet-Cookie: b\r\n\r\n',
    )
    expect(head).toEqual({
      status: 201,
      headers: [
        ['X-B', '1'],
        ['Set-Cookie', 'a=1, x'],
        ['x-b', '\xe9'],
        ['Set-Cookie', 'b'],
      ],
    })
  })

  it.each([1, 2, 7, chunked.length])('undoes chunks with extensions and trailers, in pieces of %i bytes', (size) => {
    const result = parse(chunked, { size })
    expect(result.body).toBe('helloabcdefghijklmnopqrstuvwxyz')
    expect(result.completeBeforeEnd).toBe(true)
  })

  it('gives a body as it comes, ahead of its end', () => {
    const parser = createResponseParser({ head: false })
    parser.push(bytes('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhel'))
    expect(parser.complete).toBe(false)
    expect(Buffer.concat(parser.push(bytes('lo'))).toString()).toBe('lo')
  })

  it('reads exactly content-length bytes', () => {
    expect(parse('HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc')).toMatchObject({
      body: 'abc',
      completeBeforeEnd: true,
    })
    expect(parse('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n')).toMatchObject({ body: '', completeBeforeEnd: true })
  })

  it('reads until the connection ends when nothing tells the length', () => {
    const result = parse('HTTP/1.0 200 OK\r\n\r\nabc')
    expect(result).toMatchObject({ body: 'abc', completeBeforeEnd: false, complete: true })
  })

  it.each([204, 304])('expects no body after %i, whatever content-length says', (status) => {
    const result = parse(`HTTP/1.1 ${status} \r\nContent-Length: 9\r\n\r\n`)
    expect(result).toMatchObject({ body: '', completeBeforeEnd: true })
  })

  it('expects no body in an answer to HEAD', () => {
    const result = parse('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n', { head: true })
    expect(result).toMatchObject({ body: '', completeBeforeEnd: true })
  })

  it('skips interim answers', () => {
    const result = parse(
      'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx',
    )
    expect(result).toMatchObject({
      head: { status: 200, headers: [['Content-Length', '1']] },
      body: 'x',
      complete: true,
    })
  })

  it.each([
    ['in the head', 'HTTP/1.1 200 OK\r\nContent-'],
    ['short of content-length', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc'],
    ['without the last chunk', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n'],
    ['in a chunk', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc'],
    ['in the trailers', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n'],
  ])('is not complete when the connection ends %s', (_where, text) => {
    expect(parse(text).complete).toBe(false)
  })

  it.each([
    ['a body in an answer to HEAD', 'HTTP/1.1 200 OK\r\n\r\nbody', true],
    ['a body after 204', 'HTTP/1.1 204 No Content\r\n\r\nbody', false],
    ['more than content-length', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nab', false],
    ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n', false],
    ['a length that is no number', 'HTTP/1.1 200 OK\r\nContent-Length: +1\r\n\r\n', false],
    ['two framings', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n', false],
    ['an unknown coding', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n', false],
    ['a bare LF', 'HTTP/1.1 200 OK\nContent-Length: 0\r\n\r\n', false],
    ['a folded field', 'HTTP/1.1 200 OK\r\nX-A: 1\r\n 2\r\n\r\n', false],
    ['a space before the colon', 'HTTP/1.1 200 OK\r\nX-A : 1\r\n\r\n', false],
    ['NUL in a value', 'HTTP/1.1 200 OK\r\nX-A: \0\r\n\r\n', false],
    ['another protocol', 'SSH-2.0-OpenSSH\r\n\r\n', false],
    ['a chunk without a size', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n;x\r\n', false],
    ['a chunk that is longer than its size', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n', false],
  ])('refuses %s', (_what, text, head) => {
    expect(() => parse(text, { head })).toThrow('Malformed HTTP answer')
  })
})
