/**
 * Does a platform that routes by Host bring this request to the app? The names of the machine itself are a developer's
 * browser, which no platform has in front of it.
 * @param host a valid Host header.
 */
export function isKnownHost(host: string, names: string[]): boolean {
  const { hostname } = new URL(`https://${host}`)
  return [...names, 'localhost', '127.0.0.1', '[::1]'].includes(hostname)
}
