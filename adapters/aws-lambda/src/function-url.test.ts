import { expect, test } from 'vitest'
import { functionUrl } from './index.ts'
import { answer, payload2, see } from './testing/lambda.ts'

test.each(['/a%2Fb/c%25', '//evil.example/x', '/a/../b%20'])('R3: the path %s keeps its bytes', async (rawPath) => {
  const { request } = await see(functionUrl, payload2({ rawPath }))
  const expected = rawPath === '/a/../b%20' ? '/b%20' : rawPath
  expect(request.url).toBe(`https://abc123.execute-api.eu-west-1.amazonaws.com${expected}`)
})

test('S2: cookies have their own member', async () => {
  const result = await answer(functionUrl, payload2(), () => {
    const headers = new Headers([
      ['set-cookie', 'a=1'],
      ['set-cookie', 'b=2'],
    ])
    return new Response(null, { status: 302, headers })
  })
  expect(result).toEqual({ statusCode: 302, headers: {}, cookies: ['a=1', 'b=2'], body: '', isBase64Encoded: false })
})
