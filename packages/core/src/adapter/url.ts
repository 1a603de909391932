/** Stands for a host that is missing or cannot be one (R2); `.invalid` never resolves (RFC 2606). */
const sentinelHost = 'host.invalid'

/**
 * Puts a request's URL together from what the platform gives; never throws, and the result always parses.
 *
 * The target is appended, not resolved against a base, so that `//evil.example/x` stays a path. Absolute form loses
 * its authority, `*` becomes a path of its own.
 *
 * @param host with its port; a missing or invalid one is replaced by a fixed sentinel.
 * @param target path and query as the client sent them.
 */
export function absoluteUrl(scheme: string, host: string | undefined, target: string): string {
  const origin = `${scheme === 'http' ? 'http' : 'https'}://${validHost(host) ?? sentinelHost}`
  return origin + originForm(target)
}

/** Scheme and host that a target fixes for `request.url`. */
export interface Origin {
  scheme: string
  host: string
}

/** @throws TypeError when it is no origin. */
export function parseOrigin(origin: string): Origin {
  const url = URL.parse(origin)
  if (url?.protocol !== 'https:' && url?.protocol !== 'http:') {
    throw new TypeError(`'${origin}' is not an origin. Write a scheme and a host: 'https://api.example.com'.`)
  }
  return { scheme: url.protocol.slice(0, -1), host: url.host }
}

/** The host in the form in which a URL has it, or undefined when it is none. */
function validHost(host: string | undefined): string | undefined {
  if (host === undefined || !/^(?:\[[0-9a-f:.]+\]|[a-z0-9._~%-]+)(?::\d{1,5})?$/i.test(host)) return undefined
  return URL.parse(`https://${host}`) ? host : undefined
}

/** Percent-encodes what cannot stand in a path, and only that: for gateways that hand over a decoded path (R3). */
export function encodePath(decoded: string): string {
  const encoded = encodeURI(decoded.toWellFormed()).replace(/[?#]/g, (mark) => (mark === '?' ? '%3F' : '%23'))
  // encodeURI follows RFC 2396; the URL standard lets these stand: https://url.spec.whatwg.org/#path-percent-encode-set
  return encoded.replace(/%5B|%5D|%7C/g, decodeURIComponent)
}

/** Encodes decoded query pairs so that URLSearchParams gives the same pairs back (R4). */
export function encodeQuery(pairs: Iterable<readonly [name: string, value: string]>): string {
  const parts: string[] = []
  for (const [name, value] of pairs) {
    const key = encodeURIComponent(name.toWellFormed())
    parts.push(value === '' && key !== '' ? key : `${key}=${encodeURIComponent(value.toWellFormed())}`)
  }
  return parts.join('&')
}

function originForm(target: string): string {
  const absolute = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*(.*)$/is.exec(target)
  const rest = absolute ? (absolute[1] ?? '') : target
  const path = rest.startsWith('/') ? rest : `/${rest}`
  const end = path.includes('?') ? path.indexOf('?') : path.length
  // A server reads a target as latin-1: a byte over 0x7F is encoded as that byte. A fragment never travels, so `#` is
  // data, and a backslash would become a slash, but only in the path.
  return path.replace(/[\u0080-\u00ff#\\]/g, (char, at: number) =>
    char === '\\' && at > end ? char : `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}
