/**
 * A token as Google's services put into `Authorization` for a service account:
 * https://cloud.google.com/pubsub/docs/authenticate-push-subscriptions#jwt_format. It is well-formed but not signed, since
 * whoever checks signatures would ask Google for the keys.
 */
export function identityToken(email: string, audience: string, now: number): string {
  const seconds = Math.floor(now / 1000)
  const claims = {
    aud: audience,
    azp: subject,
    email,
    email_verified: true,
    exp: seconds + 3600,
    iat: seconds,
    iss: 'https://accounts.google.com',
    sub: subject,
  }
  return `${part({ alg: 'none', typ: 'JWT' })}.${part(claims)}.`
}

/** The unique id of the service account. */
const subject = '113774264463038321964'

function part(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}
