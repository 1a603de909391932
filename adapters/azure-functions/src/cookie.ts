import type { Cookie } from '@azure/functions'

/**
 * The parts of a Set-Cookie value, as RFC 6265, section 5.2 reads it: attributes in any case, the last of a kind counts.
 */
export function parseCookie(header: string): Cookie {
  const [pair = '', ...attributes] = header.split(';')
  const [name, value] = split(pair)
  const cookie: Cookie = { name, value: decode(value) }
  for (const attribute of attributes) apply(cookie, ...split(attribute))
  return cookie
}

function apply(cookie: Cookie, name: string, value: string): void {
  switch (name.toLowerCase()) {
    case 'domain':
      cookie.domain = value
      break
    case 'path':
      cookie.path = value
      break
    case 'expires':
      applyExpires(cookie, Date.parse(value))
      break
    case 'max-age':
      if (/^-?\d+$/.test(value)) cookie.maxAge = Number(value)
      break
    case 'secure':
      cookie.secure = true
      break
    case 'httponly':
      cookie.httpOnly = true
      break
    case 'samesite':
      cookie.sameSite = sameSites.get(value.toLowerCase())
      break
  }
}

/** The library drops the epoch itself, which is how a cookie is deleted (src/converters/toRpcNullable.ts). */
function applyExpires(cookie: Cookie, time: number): void {
  if (Number.isNaN(time)) return
  cookie.expires = time === 0 ? 1000 : time
}

const sameSites: ReadonlyMap<string, 'Strict' | 'Lax' | 'None'> = new Map([
  ['strict', 'Strict'],
  ['lax', 'Lax'],
  ['none', 'None'],
])

function split(text: string): [name: string, value: string] {
  const at = text.indexOf('=')
  return at < 0 ? [text.trim(), ''] : [text.slice(0, at).trim(), text.slice(at + 1).trim()]
}

/** The host encodes the value again; what is encoded already would be so twice. */
function decode(value: string): string {
  try {
    return decodeURIComponent(value)
  } catch {
    return value
  }
}
