import type { RpcHttpCookie } from './protocol.ts'

/**
 * A cookie as the host renders it: name and value percent-encoded, attributes in lower case and in this order, `path=/` where
 * none is given. https://github.com/dotnet/aspnetcore/blob/main/src/Http/Headers/src/SetCookieHeaderValue.cs and
 * https://learn.microsoft.com/dotnet/api/microsoft.aspnetcore.http.cookieoptions.path
 */
export function renderCookie(cookie: RpcHttpCookie): string {
  const { name, value, expires, maxAge, domain, path, secure, sameSite, httpOnly } = cookie
  const attributes = [`${escapeData(name)}=${escapeData(value)}`]
  if (expires !== undefined) attributes.push(`expires=${new Date(seconds(expires.value.seconds) * 1000).toUTCString()}`)
  if (maxAge !== undefined) attributes.push(`max-age=${Math.trunc(maxAge.value)}`)
  if (domain !== undefined) attributes.push(`domain=${domain.value}`)
  attributes.push(`path=${path?.value ?? '/'}`)
  if (secure?.value === true) attributes.push('secure')
  // `none` is protobuf's default and means that the app gave nothing.
  if (sameSite !== undefined && sameSite !== 'none') {
    attributes.push(`samesite=${sameSite === 'explicitNone' ? 'none' : sameSite}`)
  }
  if (httpOnly?.value === true) attributes.push('httponly')
  return attributes.join('; ')
}

function seconds(value: number | { low: number; high: number }): number {
  return typeof value === 'number' ? value : value.high * 2 ** 32 + (value.low >>> 0)
}

// `Uri.EscapeDataString` leaves only the unreserved characters of RFC 3986, encodeURIComponent five more.
function escapeData(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}
