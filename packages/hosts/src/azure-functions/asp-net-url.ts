/**
 * What App Service's front end and ASP.NET make of a request target before Azure's host sees it. The path is decoded and
 * encoded again when the URL is written, so its bytes are not the client's.
 */
export interface AspNetUrl {
  /** `HttpRequest.Path.Value`: decoded. */
  path: string
  /** `HttpRequest.Path.ToUriComponent()`: what stands in a URL. */
  encodedPath: string
  /** `HttpRequest.QueryString`: the client's bytes, with its question mark, or empty. */
  query: string
}

/** The parts of a request target, or undefined where the platform answers 400. Node itself refuses bytes outside of ASCII. */
export function parseTarget(target: string): AspNetUrl | undefined {
  const origin = originForm(target)
  if (origin === undefined) return undefined
  const at = origin.indexOf('?')
  const rawPath = at < 0 ? origin : origin.slice(0, at)
  const query = at < 0 ? '' : origin.slice(at)
  const path = removeDotSegments(decodePath(rawPath))
  if (path.includes('\0')) return undefined
  return { path, encodedPath: encodePath(path), query: query === '?' ? '' : query }
}

/** `HttpRequest.Query`, names matched without regard to case, values joined as `StringValues.ToString()` does. */
export function parseQuery(query: string): Record<string, string> {
  const values = new Map<string, { name: string; values: string[] }>()
  for (const pair of query.slice(1).split('&')) {
    if (pair === '') continue
    const at = pair.indexOf('=')
    const name = unescapeQuery(at < 0 ? pair : pair.slice(0, at))
    const value = at < 0 ? '' : unescapeQuery(pair.slice(at + 1))
    const known = values.get(name.toLowerCase())
    if (known === undefined) values.set(name.toLowerCase(), { name, values: [value] })
    else known.values.push(value)
  }
  return Object.fromEntries([...values.values()].map(({ name, values }) => [name, values.join(',')]))
}

function originForm(target: string): string | undefined {
  if (target.startsWith('/')) return target
  // `OPTIONS *` has an empty path.
  if (target === '*') return '/'
  const absolute = /^https?:\/\/[^/?#]+(?<rest>.*)$/i.exec(target)?.groups?.['rest']
  if (absolute === undefined) return undefined
  return absolute.startsWith('/') ? absolute : `/${absolute}`
}

// The front end decodes `%2F` too: https://github.com/Azure/azure-functions-host/issues/9290 and
// https://github.com/dotnet/aspnetcore/issues/40532. What is no UTF-8 stays as it is, as in Kestrel:
// https://github.com/dotnet/aspnetcore/blob/main/src/Shared/UrlDecoder/UrlDecoder.cs
function decodePath(path: string): string {
  return path.replaceAll(/(?:%[0-9a-f]{2})+/gi, decodeUtf8)
}

function decodeUtf8(escapes: string): string {
  try {
    return decodeURIComponent(escapes)
  } catch {
    return [...escapes.matchAll(/%[0-7][0-9a-f]|(?:%[89a-f][0-9a-f])+/gi)].map(([part]) => decodeRun(part)).join('')
  }
}

function decodeRun(escapes: string): string {
  try {
    return decodeURIComponent(escapes)
  } catch {
    return escapes
  }
}

function removeDotSegments(path: string): string {
  const kept: string[] = []
  const segments = path.slice(1).split('/')
  for (const [index, segment] of segments.entries()) {
    const isLast = index === segments.length - 1
    if (segment === '..') kept.pop()
    else if (segment !== '.') kept.push(segment)
    if (isLast && (segment === '.' || segment === '..')) kept.push('')
  }
  return `/${kept.join('/')}`
}

// https://github.com/dotnet/aspnetcore/blob/main/src/Http/Http.Abstractions/src/PathString.cs: an escape that stands in the
// decoded path (`%41` that was `%2541`) is kept as it is.
function encodePath(path: string): string {
  return path.replaceAll(/%[0-9a-f]{2}|[^\w.~!$&'()*+,;=:@/-]+/gi, (part) =>
    /^%[0-9a-f]{2}$/i.test(part) ? part : encodeLoose(part),
  )
}

function encodeLoose(text: string): string {
  return [...Buffer.from(text)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('')
}

function unescapeQuery(text: string): string {
  return text.replaceAll('+', ' ').replaceAll(/(?:%[0-9a-f]{2})+/gi, decodeUtf8)
}
