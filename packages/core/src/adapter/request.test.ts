import { expect, test } from 'vitest'
import { adaptRequest } from './request.ts'

const url = 'https://shop.example/x?y=1'

test('a Request that keeps the rules is passed on as it is', () => {
  const plain = new Request(url, { headers: { 'x-own': '1' } })
  const upload = new Request(url, { method: 'POST', body: 'hi' })
  expect(adaptRequest(plain, url, undefined)).toBe(plain)
  expect(adaptRequest(plain, url, 1)).toBe(plain)
  expect(adaptRequest(upload, url, undefined)).toBe(upload)
})

test('connection headers of a Request do not reach the handler, all else does', async () => {
  const headers = {
    'transfer-encoding': 'chunked',
    'keep-alive': 'timeout=5',
    'x-own': '1',
    'content-type': 'text/plain',
  }
  const adapted = adaptRequest(new Request(url, { method: 'POST', headers, body: 'hi' }), url, undefined)
  expect([...adapted.headers]).toEqual([
    ['content-type', 'text/plain'],
    ['x-own', '1'],
  ])
  expect([adapted.method, adapted.url, await adapted.text()]).toEqual(['POST', url, 'hi'])
})

test('a body that the platform lets a GET have is dropped', () => {
  // Fetch itself refuses to make such a Request; a platform may not.
  const lenient = new Request(url, { headers: { 'content-length': '2', 'x-own': '1' } })
  Object.defineProperty(lenient, 'body', { value: new Blob(['hi']).stream() })
  const adapted = adaptRequest(lenient, url, undefined)
  expect(adapted.body).toBe(null)
  expect([...adapted.headers]).toEqual([['x-own', '1']])
})

test('a body over the limit is refused before it is read', () => {
  const upload = new Request(url, { method: 'POST', headers: { 'content-length': '17' }, body: 'x'.repeat(17) })
  expect(() => adaptRequest(upload, url, 16)).toThrow('The body is larger than 16 bytes.')
})

test('a URL that the platform has not resolved is resolved', async () => {
  const raw = new Request(url, { method: 'POST', body: 'hi', headers: { 'x-own': '1' } })
  Object.defineProperty(raw, 'url', { value: 'https://shop.example/a/../x?y=1' })
  const adapted = adaptRequest(raw, url, undefined)
  expect([adapted.url, adapted.method, adapted.headers.get('x-own'), await adapted.text()]).toEqual([
    url,
    'POST',
    '1',
    'hi',
  ])
})
