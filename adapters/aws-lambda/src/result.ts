import type { Answer } from '@isobar/core/adapter'

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** The body as JSON can carry it: text when it is valid UTF-8 without a content-encoding, base64 otherwise (S4). */
export function encodeBody({ headers, body }: Answer<Uint8Array>): { body: string; isBase64Encoded: boolean } {
  if (body === null) return { body: '', isBase64Encoded: false }
  const text = headers.some(([name]) => name === 'content-encoding') ? undefined : decode(body)
  if (text !== undefined && !control.test(text)) return { body: text, isBase64Encoded: false }
  return { body: Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('base64'), isBase64Encoded: true }
}

/**
 * JSON writes these with six characters each, so bytes that only happen to be UTF-8 (a bitmap, zeros) would reach the
 * limit of an answer with a sixth of it; as base64 they take four thirds.
 */
// oxlint-disable-next-line no-control-regex -- control characters are what it is about
const control = /[\u0000-\u0008\u000b\u000e-\u001a\u001c-\u001f]/

function decode(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes)
  } catch {
    return undefined
  }
}

/** Every header under its name, Set-Cookie with all its values (S2). */
export function multiValueHeaders({ headers, cookies }: Answer<Uint8Array>): Record<string, string[]> {
  const entries = headers.map(([name, value]): [string, string[]] => [name, [value]])
  if (cookies.length > 0) entries.push(['set-cookie', cookies])
  return Object.fromEntries(entries)
}
