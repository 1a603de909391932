import { absoluteUrl } from '@isobar/core/adapter'

/**
 * The request's URL with the bytes that the client sent (R3). The host decodes the path and encodes it again, which makes a
 * slash of `%2F` and `%2F` of `%252F`; the front end leaves the client's target in `x-waws-unencoded-url`:
 * https://github.com/dotnet/aspnetcore/issues/44461#issuecomment-1279296476
 *
 * That header counts only where it is another spelling of the same URL, so that a client could have sent it as the target
 * too: where no front end overwrites the header, nothing is gained by forging it.
 */
export function clientUrl(url: string, unencoded: string | null): string {
  if (unencoded === null) return url
  const { protocol, host, pathname, search } = new URL(url)
  const sent = absoluteUrl(protocol.slice(0, -1), host, unencoded)
  const parsed = new URL(sent)
  return parsed.search === search && plainPath(parsed.pathname) === plainPath(pathname) ? sent : url
}

/** What is left of a path when every layer of escapes is undone and every dot segment resolved. */
function plainPath(path: string): string {
  let plain = path
  for (let before = ''; before !== plain;) {
    before = plain
    plain = decode(plain)
  }
  return new URL(`https://x${plain.replace(/[?#]/g, encodeURIComponent)}`).pathname
}

/** One layer; an escape that is malformed, or no UTF-8, stays. */
function decode(path: string): string {
  return path.replace(/(?:%[0-9a-f]{2})+/gi, (escapes) => {
    try {
      return decodeURIComponent(escapes)
    } catch {
      return escapes
    }
  })
}
